"""What AWS is asked, what it says, and who may ask it."""
