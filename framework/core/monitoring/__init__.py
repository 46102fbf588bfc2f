"""The dollars that really came, week by week."""
