"""What the models of a run look at, in dollars on its test part."""
