"""The page of a run, and its tables in a terminal."""
