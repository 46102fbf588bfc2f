"""Whose stdout is: that of a command belongs to its result, whatever plugins print."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_kept: list[TextIO] = []


def results() -> TextIO:
    """Where a command's result is written."""
    return _kept[-1] if _kept else sys.stdout


@contextmanager
def kept_for_results() -> Iterator[None]:
    """Send to stderr what anyone but the command writes to stdout meanwhile.

    By ``print``, by C code or by a program that it starts: where ``sys.stdout`` is the process's own,
    its descriptor is lent to stderr, and ``results`` has another one.
    """
    before, stderr = sys.stdout, sys.stderr
    lent = _lend_descriptor(before)
    stream = before
    if lent is not None:
        stream = os.fdopen(os.dup(lent), "w", encoding=before.encoding, errors=before.errors)
    _kept.append(stream)
    sys.stdout = stderr
    try:
        yield
    finally:
        sys.stdout = before
        _kept.pop()
        if lent is not None:
            _flush_c_buffers()
            os.dup2(lent, 1)
            os.close(lent)
            stream.close()


def _lend_descriptor(stdout: TextIO) -> int | None:
    """Make descriptor 1 another one of stderr; where it led to, or None where that is not ours."""
    try:
        if stdout.fileno() != 1:
            return None
        stdout.flush()
        lent = os.dup(1)
    except (OSError, AttributeError, ValueError):  # a notebook's, a test's, none at all
        return None
    try:
        os.dup2(2, 1)
    except OSError:  # there is no stderr
        os.close(lent)
        return None
    return lent


def _flush_c_buffers() -> None:
    """What C code has printed and not written yet would land in the result."""
    import ctypes

    with suppress(OSError, AttributeError, TypeError):  # no C library of that kind
        ctypes.CDLL(None).fflush(None)
