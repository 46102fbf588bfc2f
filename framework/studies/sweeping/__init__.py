"""Many models for many costs, trained at once, and which of them to use where."""
