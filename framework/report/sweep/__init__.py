"""The page of a sweep, and its tables in a terminal."""
