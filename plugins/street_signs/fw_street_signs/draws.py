"""The random numbers of a chunk of images, one row per image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PER_IMAGE = 80  # the scene asks for 74

FloatArray = NDArray[np.float32]


class Draws:
    """Hands out one random number per image at a time, as an array (n,) of float32.

    The rows are drawn whole, so that an image's numbers do not depend on its neighbours.
    """

    def __init__(self, generator: np.random.Generator, n: int) -> None:
        table = generator.random((n, PER_IMAGE), dtype=np.float32)
        self._columns = iter(np.ascontiguousarray(table.T))
        self.n = n

    def uniform(self, low: float, high: float) -> FloatArray:
        """Evenly between ``low`` and ``high``."""
        return np.float32(low) + np.float32(high - low) * next(self._columns)

    def bell(self, centre: float, spread: float) -> FloatArray:
        """Mostly near ``centre``, never further than ``spread`` (two numbers averaged)."""
        return np.float32(centre) + np.float32(spread) * (
            next(self._columns) + next(self._columns) - np.float32(1)
        )

    def chance(self, probability: float) -> FloatArray:
        """1 with this probability, else 0."""
        return (next(self._columns) < probability).astype(np.float32)
