"""Whose process this is, and what it may use. Imports next to nothing: the command line says it at once."""

import os

# Set by the command ``fw``, and by nothing else: Keras may then be loaded without what no command
# uses (see ``framework.core.backend``). In a process of the user's nothing is hidden from it.
is_commands_own = False


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
