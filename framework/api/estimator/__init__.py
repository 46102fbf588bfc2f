"""A classifier in scikit-learn's way that decides by what mistakes cost."""
