"""Costs that nobody knows exactly: models and decisions under all that are plausible."""
