"""The container's entry point: ``python -m framework.container train`` or ``serve``."""
