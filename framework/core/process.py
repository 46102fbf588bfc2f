"""Whose process this is, and what it may use. Imports next to nothing: the command line says it at once."""

import os
import sys

# Set by the command ``fw`` and the container's entry point, and by nothing else: Keras may then be loaded
# without what neither uses (see ``framework.core.backend``). In a process of the user's nothing is hidden.
is_commands_own = False


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def give_back_memory() -> None:
    """To the system, what the allocator of the C library keeps of memory that is not used any more.

    It does so by itself only at the end of its heap. Takes milliseconds; does nothing where it is not glibc.
    """
    if sys.platform == "linux":
        import ctypes

        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
