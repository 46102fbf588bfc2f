"""What trained models bring on the test part, and what a run says of that."""
