"""The page of a comparison, and its tables in a terminal."""
