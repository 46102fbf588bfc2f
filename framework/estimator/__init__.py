"""Any classifier in scikit-learn's way, deciding and judged by what mistakes cost."""
