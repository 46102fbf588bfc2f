"""Cost-sensitive learning: an N x N cost matrix as a Keras loss and as a judge in dollars.

What is public is here; docs/python.md lists it. Nothing is imported before it is asked for.
"""

from framework.core.lazy import lazily

__all__, __getattr__, __dir__ = lazily(__name__, __file__)
