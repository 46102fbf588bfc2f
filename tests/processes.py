"""Processes that tests start."""

import sys

# TensorFlow is loaded as by a command: without what Keras can do without, two seconds sooner.
_AS_A_COMMAND = "from framework.core import process\nprocess.is_commands_own = True\n"


def python(code, *words):
    """The command of a process of its own that runs ``code``."""
    return [sys.executable, "-c", _AS_A_COMMAND + code, *map(str, words)]
