"""Cases decided anew for every plausible cost matrix, by many at once.

Expected costs are linear in the numbers that nobody knows: ``E[i, j] + sum_f (x_f - at_f) G_f[i, j]``. So a
decision is looked at again only where a number touches its column, and what the decisions come to is a sum
of counts, found for a block of draws by one product of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import costs_of_truths, expected_costs
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts

BLOCK = 2**17  # numbers of a block of draws x cases: they fit into a processor's cache


@dataclass(frozen=True, eq=False)
class Linear:
    """Dollars per case of decisions that stay, by the numbers x (F,): ``constant + slopes @ (x - at)``.

    Columns: what the probabilities expect, and what came.
    """

    constant: FloatArray
    slopes: FloatArray
    at: FloatArray

    def __call__(self, draws: FloatArray) -> FloatArray:
        """Of ``draws`` (D, F): (D, 2)."""
        return np.asarray(self.constant + (draws - self.at) @ self.slopes)


@dataclass(frozen=True, eq=False)
class Redeciding:
    """n cases, their probabilities and truths, under costs with F uncertain numbers.

    Parameters
    ----------
    p : array (n, N)
        Probabilities.
    y : array (n,)
        Truths.
    weights : array (n,)
        What each case counts; they sum to 1.
    known, costs : array (N, M) or (n, N, M)
        Dollars, positive = bad, as far as known when a case is decided, and as they judge; with the
        numbers at ``numbers.used``.
    numbers : UncertainCosts
    """

    p: FloatArray
    y: IntArray
    weights: FloatArray
    known: FloatArray
    costs: FloatArray
    numbers: UncertainCosts

    def expected(self, at: FloatArray) -> FloatArray:
        """Expected costs (n, M) with the numbers at these values."""
        return expected_costs(self.p, self.numbers.moved(self.known, at))

    def cheapest(self, at: FloatArray) -> IntArray:
        """The decision of least expected cost (n,) with the numbers at these values."""
        return np.asarray(self.expected(at).argmin(axis=1))

    def fixed(self, decisions: IntArray) -> Linear:
        """What ``decisions`` (n,) that stay cost."""
        at, every = self.numbers.used, np.arange(len(self.y))
        of_case = self.numbers.cells[:, :, decisions]  # (F, N, n)
        said = np.einsum("fkn,nk,n->f", of_case, self.p, self.weights, optimize=True)
        came = of_case[:, self.y, every] @ self.weights
        constant = [
            self.weights @ self.expected(at)[every, decisions],
            self.weights @ costs_of_truths(self.y, self.costs)[every, decisions],
        ]
        return Linear(np.array(constant), np.stack([said, came], axis=1), at)

    def anew(self, draws: FloatArray, which: Sequence[int] | None = None) -> FloatArray:
        """What the decisions cost that are the cheapest for each of ``draws`` (D, F): (D, 2).

        As of ``Linear``. ``which`` numbers vary alone (default: all): the others are at their means, and
        ``draws`` are (D, len(which)).
        """
        chosen = np.arange(len(self.numbers)) if which is None else np.asarray(which, dtype=int)
        at = self.numbers.means
        delta = draws - at[chosen]
        columns = self._columns(chosen, at)
        found, columns = _settled(delta, columns)
        return found + _sums(delta, columns) if len(columns[0].expected) else found

    def _columns(self, chosen: IntArray, at: FloatArray) -> list[_Column]:
        """Those that ``chosen`` numbers touch; of the others the cheapest of each case, as one."""
        expected = self.expected(at)
        truths = costs_of_truths(self.y, self.numbers.moved(self.costs, at))
        cells = self.numbers.cells[chosen]  # (F, N, M)
        touched = cells.any(axis=(0, 1))
        w, found = self.weights, []
        if not touched.all():
            rest = np.flatnonzero(~touched)
            best = rest[expected[:, rest].argmin(axis=1)]
            every = np.arange(len(self.y))
            base, came = expected[every, best], truths[every, best]
            sums = np.stack([w * base, w * came], axis=1)
            found.append(_Column(np.array([], dtype=int), base, np.zeros((0, len(w))), sums))
        for j in np.flatnonzero(touched):
            own = np.flatnonzero(cells[:, :, j].any(axis=1))
            slopes = np.ascontiguousarray((self.p @ cells[own, :, j].T).T)  # (F_j, n)
            came = cells[own][:, self.y, j]
            told = [w * expected[:, j], w * truths[:, j], *(w * slopes), *(w * came)]
            found.append(_Column(own, expected[:, j], slopes, np.stack(told, axis=1)))
        return found


@dataclass(frozen=True, eq=False)
class _Column:
    """A decision: the numbers that it goes by, expected costs (n,) and slopes (F_j, n); and for sums over
    its cases (n, 2 + 2 F_j): weighted constants, then slopes, of what is expected and of what came."""

    numbers: IntArray
    expected: FloatArray
    slopes: FloatArray
    sums: FloatArray

    def costs(self, delta: FloatArray, out: FloatArray) -> FloatArray:
        """Expected costs (D, n), written into ``out``."""
        np.matmul(delta[:, self.numbers], self.slopes, out=out)
        out += self.expected
        return out

    def of(self, cases: NDArray[Any]) -> _Column:
        return _Column(self.numbers, self.expected[cases], self.slopes[:, cases], self.sums[cases])

    def summed(self, sums: FloatArray, delta: FloatArray) -> FloatArray:
        """Dollars (D, 2) of ``sums`` (D, 2 + 2 F_j) over the cases that are decided so."""
        k, of_column = len(self.numbers), delta[:, self.numbers]
        expected = (sums[:, 2 : 2 + k] * of_column).sum(axis=1)
        came = (sums[:, 2 + k :] * of_column).sum(axis=1)
        return np.asarray(sums[:, :2] + np.stack([expected, came], axis=1))


def _settled(delta: FloatArray, columns: list[_Column]) -> tuple[FloatArray, list[_Column]]:
    """Dollars (D, 2) of the cases that no draw decides otherwise, and the columns of the other cases."""
    low, high = (
        delta.min(axis=0),
        delta.max(axis=0),
    )  # slopes, being probabilities, are not negative
    least = np.stack([low[one.numbers] @ one.slopes + one.expected for one in columns])
    most = np.stack([high[one.numbers] @ one.slopes + one.expected for one in columns])
    best = most.argmin(axis=0)
    every = np.arange(len(best))
    largest = most[best, every]
    least[best, every] = np.inf
    settled = largest < least.min(axis=0)
    total = np.zeros((len(delta), 2))
    for j, column in enumerate(columns):
        sums = column.sums[settled & (best == j)].sum(axis=0)
        total += column.summed(np.broadcast_to(sums, (len(delta), len(sums))), delta)
    return total, [column.of(~settled) for column in columns]


def _sums(delta: FloatArray, columns: list[_Column]) -> FloatArray:
    """Dollars (D, 2) of the cases that are the columns', for draws (D, F)."""
    n, total = len(columns[0].expected), np.zeros((len(delta), 2))
    size = min(len(delta), max(1, BLOCK // n))
    # The same memory for every block: to be given new pages each time would take longer than all else.
    of_columns = np.empty((len(columns), size, n))
    least, ones = np.empty((2, size, n))
    taken, left = np.empty((2, size, n), dtype=bool)
    for start in range(0, len(delta), size):
        block = delta[start : start + size]
        k = len(block)
        costs = [
            column.costs(block, out[:k]) for column, out in zip(columns, of_columns, strict=True)
        ]
        least[:k] = costs[0]
        for other in costs[1:]:
            np.minimum(least[:k], other, out=least[:k])
        left[:k] = True
        for column, of_column in zip(columns, costs, strict=True):
            np.less_equal(of_column, least[:k], out=taken[:k])
            taken[:k] &= left[:k]
            left[:k] ^= taken[:k]
            ones[:k] = taken[:k]
            total[start : start + size] += column.summed(ones[:k] @ column.sums, block)
    return total
