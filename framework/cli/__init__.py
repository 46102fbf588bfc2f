"""The command ``fw``: what is asked for, read; figures and pages, joined."""
