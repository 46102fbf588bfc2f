"""Fitting networks, many at once in one compiled graph; checkpoints, hosts."""
