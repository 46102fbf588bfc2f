"""What a person reads: text tables for the terminal."""
