"""Where runs are written: claimed by one writer, listed."""
