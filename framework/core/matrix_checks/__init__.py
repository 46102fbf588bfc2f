"""What is unreasonable about a cost matrix."""
