"""Keras on TensorFlow, imported here and nowhere else, so that it is set up before its first use.

Importing this module takes seconds: import it inside the function that needs it, or from a
module that is itself imported late (losses, training, artifact).
"""

import gc
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from framework.core import process
from framework.core.errors import ConfigError

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # no start-up chatter on stderr
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

# What TensorFlow's C++ side says while it is loaded, before that level is read.
_CHATTER = re.compile(rb"(WARNING: All log messages before|[IW]\d{4} ).*\n?")


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Hold back what is written to stderr meanwhile; then let through all but the chatter."""
    try:
        stderr = os.dup(2)
    except OSError:  # there is none
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            for line in held:
                if not _CHATTER.fullmatch(line):
                    os.write(2, line)


# What Keras and TensorFlow load, where it is installed, for plots, wrappers and frames that no
# command here asks them for.
_OPTIONAL = ("IPython", "matplotlib", "pandas", "scipy", "sklearn")


@contextmanager
def _alone() -> Iterator[None]:
    """In a command's own process, Keras is loaded without what it can do without: two seconds less.

    In a process of the user's nothing is hidden from it.
    """
    hidden = [name for name in _OPTIONAL if name not in sys.modules]
    if not process.is_commands_own:
        hidden = []
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # importing it fails
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Next to nothing of what is loaded is garbage, and looking for it takes a fifth of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if process.is_commands_own:
            gc.freeze()  # it stays until the command ends: no later look at it either
        if collects:
            gc.enable()


with _without_chatter(), _alone(), _uncollected():
    import keras
    import tensorflow as tf

if keras.backend.backend() != "tensorflow":
    raise ConfigError(
        f'Keras runs on the backend "{keras.backend.backend()}"; expected "tensorflow". '
        "Unset KERAS_BACKEND, or set it to tensorflow"
    )

# Every network is a graph of its own, and dropout draws a mask per member in a loop: right, cheap,
# and not worth a line on stderr.
_EXPECTED = re.compile(
    "triggered tf.function retracing|Using a while_loop for converting Stateless"
)
logging.getLogger("tensorflow").addFilter(
    lambda record: _EXPECTED.search(record.getMessage()) is None
)

__all__ = ["keras", "tf"]
