"""Scaling of raw features: fitted on the training part, applied in float64 before any network.

It is arithmetic of our own because layers are float32: of a Unix time, 1.6e9 and something, float32
keeps no second; and Keras's Normalization takes every deviation below 1e-7 for 1e-7.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.errors import DataError

# A deviation that is smaller than this share of the mean is rounding: the feature is constant.
CONSTANT = 1e-12
CHUNK = 2**20  # values of one part of a large table
AT_ONCE = 2**16  # values scaled at once: the float64 ones stay in a processor's cache
LARGE = 2**23  # values of which means are taken in parts


@dataclass(frozen=True, eq=False)
class Scaling:
    """``(x - offset) * scale`` in float64, then float32; UNSCALED leaves features as they are.

    ``offset`` and ``scale`` are float64, one per feature of a table (d,) or channel of a picture.
    """

    offset: FloatArray
    scale: FloatArray

    @classmethod
    def fit(
        cls,
        X: np.ndarray,
        feature_names: Sequence[str] = (),
        rows: np.ndarray | None = None,
    ) -> Scaling:
        """What standardises the training part, the ``rows`` (default: all) of ``X`` (n, ...).

        UNSCALED for pictures of bytes.

        A constant feature is centred and keeps its scale instead of being divided by zero, or by
        what rounding made of zero.

        Raises
        ------
        DataError
            Naming the feature whose deviation, or what divides by it, is beyond float64.
        """
        if holds_bytes(X):
            return UNSCALED
        parts = _Parts(X, rows)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # refused below
            offset = parts.mean(lambda part: part)
            deviation = _deviation(parts, offset)
            constant = deviation <= CONSTANT * np.abs(offset)
            scale = 1 / np.where(constant, 1.0, deviation)
        for k in np.flatnonzero(~(np.isfinite(scale) & np.isfinite(deviation))).tolist():
            what = f'feature "{feature_names[k]}"' if feature_names else f"channel {k} (from 0)"
            values = X[..., k] if rows is None else X[rows][..., k]
            raise DataError(
                f"{what} cannot be scaled: its values go from {values.min():.3g} to "
                f"{values.max():.3g}; expected a deviation between 1e-307 and 1e307, received "
                f"{deviation[k]:.3g}. Give it in another unit"
            )
        return cls(offset, scale)

    def __call__(self, X: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """The ``rows`` (default: all) of ``X`` (n, ...) as networks take them: float32, or bytes still."""
        if self is UNSCALED:
            return X if rows is None else X[rows]
        n = len(X) if rows is None else len(rows)
        scaled = np.empty((n, *X.shape[1:]), np.float32)
        each = max(1, AT_ONCE // max(1, X[:1].size))
        with np.errstate(over="ignore"):  # infinite then; whoever predicts tells
            for start in range(0, n, each):
                chunk = slice(start, start + each)
                taken = X[chunk] if rows is None else X[rows[chunk]]
                scaled[chunk] = (taken - self.offset) * self.scale
        return scaled


UNSCALED = Scaling(np.zeros(()), np.ones(()))


class _Parts:
    """Cases of ``X`` (n, ...), so many at a time that what is computed of them needs little memory.

    A table of fewer values than LARGE is one part. Sums go on from part to part.
    """

    def __init__(self, X: np.ndarray, rows: np.ndarray | None) -> None:
        self.X, self.rows = X, rows
        self.n = len(X) if rows is None else len(rows)
        self.axes = tuple(range(X.ndim - 1))
        case = max(1, X[:1].size)
        self.each = max(1, self.n if self.n * case <= LARGE else CHUNK // case)

    def __iter__(self) -> Iterator[np.ndarray]:
        for start in range(0, max(1, self.n), self.each):
            part = slice(start, start + self.each)
            yield self.X[part] if self.rows is None else self.X[self.rows[part]]

    def mean(self, of: Callable[[np.ndarray], np.ndarray]) -> FloatArray:
        if self.each >= self.n:
            (whole,) = self
            return np.asarray(of(whole).mean(axis=self.axes, dtype=np.float64))
        total = sum(of(part).sum(axis=self.axes, dtype=np.float64) for part in self)
        return np.asarray(total / (self.n * math.prod(self.X.shape[1:-1])))

    def largest(self, of: Callable[[np.ndarray], np.ndarray]) -> FloatArray:
        return np.asarray(np.max([of(part).max(axis=self.axes) for part in self], axis=0))


def _deviation(parts: _Parts, offset: FloatArray) -> FloatArray:
    """The standard deviation, of values in a unit of their own: squares of 1e-200 would be nothing.

    The unit is a power of two, so that elsewhere no digit of it changes.
    """
    _, exponent = np.frexp(parts.largest(lambda part: np.abs(part - offset)))

    def squares(part: np.ndarray) -> np.ndarray:
        away = part - offset
        np.ldexp(away, -exponent, out=away)
        return np.square(away, out=away)

    return np.ldexp(np.sqrt(parts.mean(squares)), exponent)


def holds_bytes(X: np.ndarray) -> bool:
    """Whether ``X`` (n, ...) are pictures of bytes, which stay bytes until they are in a batch."""
    return X.ndim > 2 and X.dtype == np.uint8
