"""What is done with models besides one run: many at once, looked into, watched."""
