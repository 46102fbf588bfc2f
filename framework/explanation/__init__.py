"""What the models of a run look at: ``explain``, in dollars, on the test part."""
