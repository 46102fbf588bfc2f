"""What a person reads: pages, charts, and tables in the terminal."""
