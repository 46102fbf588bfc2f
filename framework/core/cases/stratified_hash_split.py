"""Parts of a table of any size, by a hash of each case, of which as many cases of rare classes are kept as of
common ones.

What judges and what validates has to fit into memory. Drawn whatever their class, 200,000 test cases hold
two of a class that is one in 100,000, though the table may have thousands. So more is held out than is kept,
and what is kept is drawn class by class: a sample stratified by class (Cochran, "Sampling Techniques", 1977,
chapter 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.cases.hash_split import LIMITS, VALIDATED, HashSplit, Limits

HALVINGS = 32  # of a part's largest share, to which it may fall


@dataclass(frozen=True)
class StratifiedSplit(HashSplit):
    """Shares of a table's cases that are tested and validated on, and of these what is kept.

    ``test`` and ``validation`` are shares of all cases, whatever their class; ``kept_test`` and
    ``kept_validation`` (N,) the shares of the cases of each class that come into memory, no larger;
    ``sample`` the share of the training cases that does.

    A case's place decides all of it, so that of a group the cases of one class are kept together.
    """

    kept_test: tuple[float, ...]
    kept_validation: tuple[float, ...]
    sample: float

    @classmethod
    def of(
        cls,
        counts: IntArray,
        test_fraction: float,
        is_bounded: bool = True,
        limits: Limits = LIMITS,
        is_all: bool = True,
    ) -> StratifiedSplit:
        """Of ``counts`` (N,) cases of each class; more of them never have larger shares.

        As many are held out as each class needs for what is kept of it, up to ``test_fraction``, and up to a
        fifth of the rest; unless ``is_bounded``, ``test_fraction`` of them are tested on, whatever is kept.
        Unless that ``is_all``, a class without a case may still come.
        """
        validated = VALIDATED * (1 - test_fraction)
        kept_test = kept_shares(counts, test_fraction, limits.tested)
        kept_validation = kept_shares(counts, validated, limits.validated)
        needed = counts > 0 if is_all else np.ones(len(counts), dtype=bool)
        test = held_out(kept_test[needed], test_fraction) if is_bounded else test_fraction
        validation = held_out(kept_validation[needed], validated)
        rest = max(int(counts.sum()), 1) * (1 - test - validation)
        return cls(
            test,
            validation,
            tuple(kept_test.tolist()),
            tuple(kept_validation.tolist()),
            min(1.0, limits.sampled / rest),
        )

    def alike(self, counts: IntArray, limits: Limits = LIMITS) -> StratifiedSplit:
        """Smaller parts that are kept whole, as figures need that know of no weights: of each of the classes
        of ``counts`` (N,) the same share. Of a large table that is half of the ``limits`` at least.
        """
        there = counts > 0
        test, validation = (
            float(np.array(kept)[there].min()) for kept in (self.kept_test, self.kept_validation)
        )
        rest = int(counts.sum()) * (1 - test - validation)
        sample = min(1.0, limits.sampled / rest)
        n = len(counts)
        return StratifiedSplit(test, validation, (test,) * n, (validation,) * n, sample)

    def is_kept(self, places: FloatArray, draws: FloatArray, y: IntArray) -> BoolArray:
        """What comes into memory, by ``places`` (n,), ``draws`` (n,) and classes ``y`` (n,)."""
        return self._is_held(places, y) | (self.is_training(places) & (draws < self.sample))

    def may_be_kept(self, places: FloatArray, draws: FloatArray, y: IntArray) -> BoolArray:
        """What may be kept in the end, whatever else comes: of smaller parts more is left to train on."""
        found: BoolArray = self._is_held(places, y) | (draws < self.sample)
        return found

    def _is_held(self, places: FloatArray, y: IntArray) -> BoolArray:
        test, validation = np.array(self.kept_test), np.array(self.kept_validation)
        found: BoolArray = (places < test[y]) | (places >= 1 - validation[y])
        return found


def kept_shares(counts: IntArray, most: float, limit: int) -> FloatArray:
    """The share (N,) of each class's cases that is kept of a part, ``limit`` in all: at most ``most``.

    Half of the ``limit`` is dealt by the classes' ``counts`` (N,), half alike, and what a class has too few
    cases for goes to the others. So none has less than half of what it would have in a draw of all cases,
    which widens the interval of a mean by the root of 2 at the most; nor less than half of an equal share.

    Examples
    --------
    >>> counts = np.array([99_000_000, 1_000_000, 1_000])
    >>> (counts * kept_shares(counts, 0.25, 200_000)).round().tolist()
    [148875.0, 50875.0, 250.0]
    """
    n = int(counts.sum())
    if n * most <= limit:
        return np.full(len(counts), most)
    alike = limit / 2 / n
    room = counts.astype(np.float64) * (most - alike)
    level = _level(room, limit / 2)
    each = np.divide(level, counts, out=np.full(len(counts), np.inf), where=counts > 0)
    found: FloatArray = np.minimum(most, alike + each)
    return found


def held_out(kept: FloatArray, most: float) -> float:
    """The share of all cases that a part holds out: ``most``, or the least of its halves that is no smaller
    than what is ``kept`` (N,) of any class.

    Halves, because cases are counted for each of them as they are read, once, when none knows how many there
    will be.
    """
    shares = most * 0.5 ** np.arange(HALVINGS)
    return float(shares[shares >= min(float(kept.max()), most)].min())


def _level(room: FloatArray, total: float) -> float:
    """The level to which cups of so much ``room`` (N,) are filled that hold ``total`` together."""
    ordered = np.sort(room)
    full = np.concatenate([[0.0], np.cumsum(ordered)])[:-1]
    levels = (total - full) / np.arange(len(ordered), 0, -1)
    fits = levels <= ordered
    return float(levels[fits.argmax()] if fits.any() else ordered[-1])


@dataclass(eq=False)
class HeldOutCounts:
    """How many cases of each class are in a part, for every share that it may come to have.

    ``most`` is the largest; with ``from_above`` a part has the highest places, else the lowest.
    """

    n_classes: int
    most: float
    from_above: bool
    cells: IntArray  # (HALVINGS, N): each case where the smallest share is that has it

    @classmethod
    def none_yet(cls, n_classes: int, most: float, from_above: bool = False) -> HeldOutCounts:
        return cls(n_classes, most, from_above, np.zeros((HALVINGS, n_classes), np.int64))

    def add(self, places: FloatArray, y: IntArray) -> None:
        """Cases of the classes ``y`` (n,)."""
        shares = self.most * 0.5 ** np.arange(HALVINGS)
        if self.from_above:
            inside = places >= 1 - self.most
            halved = np.searchsorted(1 - shares, places[inside], side="right") - 1
        else:
            inside = places < self.most
            halved = HALVINGS - 1 - np.searchsorted(shares[::-1], places[inside], side="right")
        of_cells = halved * self.n_classes + y[inside]
        self.cells += np.bincount(of_cells, minlength=self.cells.size).reshape(self.cells.shape)

    def at(self, share: float) -> IntArray:
        """Cases of each class (N,) in a part of that ``share``, which is ``most`` or one of its halves."""
        halved = round(np.log2(self.most / share))
        found: IntArray = self.cells[halved:].sum(axis=0)
        return found

    def of_all_hosts(self, cells: Sequence[Sequence[Sequence[int]]]) -> HeldOutCounts:
        """The sum of what all hosts have counted, each its ``cells`` as lists."""
        return replace(self, cells=np.sum(cells, axis=0))
