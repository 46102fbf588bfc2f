"""The doors of the framework in Python: figures, then the page that shows them."""
