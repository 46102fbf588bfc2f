"""What is trained, and what of it is used: planned, validated, selected."""
