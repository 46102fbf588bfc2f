"""Cases from files, data frames and text, by the names of their columns."""
