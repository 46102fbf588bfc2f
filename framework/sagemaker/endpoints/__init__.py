"""Endpoints that serve: made, scaled, updated, and what they decided."""
