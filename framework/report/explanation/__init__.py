"""The pages of what models look at."""
