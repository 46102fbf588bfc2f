"""Deciders beside each other, in a terminal."""
