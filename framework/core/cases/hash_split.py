"""Which part a case is in by a hash of its number, or of its group: the same whoever reads it, and when.

A table that is larger than memory cannot be shuffled. A hash is as good as a draw: a case's place between
0 and 1 decides, and depends on nothing but its own number (or its group's name) and the seed.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import BoolArray, FloatArray

VALIDATED = 0.2  # of what is not tested
Keys = NDArray[np.uint64]
_PLACES, _SAMPLE = 0, 1  # what is drawn
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Limits:
    """How many cases, about, come into memory of a table of any size.

    ``tested`` and ``validated`` cases, and ``sampled`` ones of those that are trained on, by which all but
    networks learn. Shares of larger tables are lowered to these. Each test case takes some 50 microseconds
    for every row of the comparison, and 200,000 tell a mean to a five-hundredth of its spread.
    """

    tested: int = 200_000
    validated: int = 100_000
    sampled: int = 200_000


LIMITS = Limits()


@dataclass(frozen=True)
class HashSplit:
    """Shares of the cases: those of the lowest places are tested on, of the highest validated on."""

    test: float
    validation: float

    def is_test(self, places: FloatArray) -> BoolArray:
        """By ``places`` (n,) from 0 to below 1."""
        found: BoolArray = places < self.test
        return found

    def is_validation(self, places: FloatArray) -> BoolArray:
        found: BoolArray = places >= 1 - self.validation
        return found

    def is_training(self, places: FloatArray) -> BoolArray:
        found: BoolArray = ~(self.is_test(places) | self.is_validation(places))
        return found


@dataclass(frozen=True)
class PartShares(HashSplit):
    """Shares of the cases that are tested and validated on, and of the others that are sampled.

    Examples
    --------
    >>> PartShares.of(100_000_000, 0.25)
    PartShares(test=0.002, validation=0.001, sample=0.002006...)
    """

    sample: float

    @classmethod
    def of(
        cls, n: int, test_fraction: float, is_bounded: bool = True, limits: Limits = LIMITS
    ) -> PartShares:
        """Of ``n`` cases; more of them never have larger shares.

        Unless ``is_bounded``, the test part is ``test_fraction`` whatever that comes to.
        """
        n = max(n, 1)
        test = min(test_fraction, limits.tested / n) if is_bounded else test_fraction
        validation = min(VALIDATED * (1 - test_fraction), limits.validated / n)
        rest = n * (1 - test - validation)
        return cls(test, validation, min(1.0, limits.sampled / rest))

    def is_kept(self, places: FloatArray, draws: FloatArray) -> BoolArray:
        """What comes into memory: all but the training cases that are not sampled."""
        found: BoolArray = ~self.is_training(places) | (draws < self.sample)
        return found


def places_of(keys: Keys, seed: int) -> FloatArray:
    """The place (n,) from 0 to below 1 of each key (n,), by which it is in a part."""
    return _uniform(keys, seed, _PLACES)


def draws_of(keys: Keys, seed: int) -> FloatArray:
    """Likewise, and independent of ``places_of``: by which a training case is in the sample."""
    return _uniform(keys, seed, _SAMPLE)


def numbered(start: int, n: int) -> Keys:
    """The keys (n,) of cases by their numbers, from ``start`` on."""
    return np.arange(start, start + n, dtype=np.uint64)


def named(names: Sequence[str]) -> Keys:
    """The keys (n,) of groups by their names; that two may share one puts them on one side, no more."""
    found = [zlib.crc32(name.encode("utf-8", "surrogatepass")) for name in names]
    return np.array(found, dtype=np.uint64)


def _uniform(keys: Keys, seed: int, what: int) -> FloatArray:
    """splitmix64 of each key, its upper 53 bits as a number from 0 to below 1.

    Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
    """
    start = _mixed(np.array([2 * seed + what], np.uint64))[0]
    mixed = _mixed(keys + start)
    found: FloatArray = (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return found


def _mixed(z: Keys) -> Keys:
    z = z * _GOLDEN + _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Keys = z ^ (z >> np.uint64(31))
    return result
