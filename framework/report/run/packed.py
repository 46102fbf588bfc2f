"""Probabilities as text, short enough for a page that holds those of every test case.

A number between 0 and 1 is kept as the upper bits of its 32-bit float (IEEE 754), so that small
probabilities are as exact as large ones: with 3 bytes to 4 parts in a million, with 2 to one in a
thousand. The sign and the uppermost bit of the exponent are 0 and left out.
"""

from __future__ import annotations

import base64

import numpy as np

from framework.core.arrays import FloatArray


def packed(values: FloatArray, width: int) -> str:
    """``values`` in [0, 1], row by row, as base64 of ``width`` bytes each (2 or 3), the upper first.

    Examples
    --------
    >>> packed(np.array([1.0, 0.5, 0.0]), 2)
    '/gD8AAAA'
    """
    dropped = _dropped(width)
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    kept = (bits + (1 << (dropped - 1))) >> dropped
    bytes_of_each = kept.astype(">u4").reshape(-1, 1).view(np.uint8)
    return base64.b64encode(bytes_of_each[:, 4 - width :].tobytes()).decode("ascii")


def unpacked(text: str, width: int) -> FloatArray:
    """What ``packed`` has kept of the values, (n,).

    Examples
    --------
    >>> unpacked("/gD8AAAA", 2).tolist()
    [1.0, 0.5, 0.0]
    """
    kept = np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(-1, width)
    bits = np.zeros((len(kept), 4), dtype=np.uint8)
    bits[:, 4 - width :] = kept
    upper = bits.view(">u4").ravel().astype(np.uint32) << _dropped(width)
    return upper.astype(np.uint32).view(np.float32).astype(np.float64)


def _dropped(width: int) -> int:
    """How many of a float's lower bits do not fit."""
    return 30 - 8 * width
