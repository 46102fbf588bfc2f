"""What a run is told: every setting described once, checked, and resolved."""
