"""How sure a mean is, and what of it chance explains."""
