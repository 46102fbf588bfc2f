"""What decisions cost each slice of the cases."""
