"""The page of a monitor, and its tables in a terminal."""
