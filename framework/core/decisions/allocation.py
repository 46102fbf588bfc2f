"""The cheapest decisions of a batch where some can be taken only so often.

``min sum_i E[i, d_i]`` over decisions d, so that ``uses @ counts(d) <= amounts``: an assignment problem
with a few coupling rows. Its Lagrangian decides every case by itself, at prices of what is scarce:
``d_i = argmin_j E[i, j] + sum_l price_l uses[l, j]``. The best prices are found by cutting planes
(Kelley, "The cutting-plane method for solving convex programs", 1960), each a small linear
programme; they give a bound that no decisions can be below. Only cases that are near a tie at these
prices are then left to an integer programme, which keeps the limits exactly (Fisher, "The Lagrangian
relaxation method for solving integer programming problems", Management Science, 1981).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from framework.core.arrays import FloatArray, IntArray

ROUNDS = 500  # cutting planes at most; some thirty are needed for five limits
CLOSE = 1e-7  # of the bound's best prices, relative to the bound, and
TINY = 1e-13  # ... to what is at stake in all
STEP = 0.5  # of the way from the best prices to those of the planes (Ben-Ameur, Neto 2007)
DEAREST = 1e4  # ranges of the expected costs; no price is above that
SPARE = 1e-4  # of a case
NEAR = 200  # kinds of cases near a tie that the integer programme gets at first
NEAR_BOUND = 1e-5  # of a total, relative to the bound
MIP_GAP = 1e-7  # of the integer programme, relative to what its cases cost
NODES = 2000  # of its search, at most
KEPT = 1e-7  # of a limit, relative


@dataclass(frozen=True, eq=False)
class Rows:
    """``uses @ counts <= amounts``: uses (L, M), amounts (L,), of a least both negative."""

    uses: FloatArray
    amounts: FloatArray

    def slack(self, counts: FloatArray) -> FloatArray:
        """What is left of every row (L,)."""
        left: FloatArray = self.amounts - self.uses @ counts
        return left

    def keep(self, counts: FloatArray) -> bool:
        return bool((self.slack(counts) >= -KEPT * np.maximum(1, np.abs(self.amounts))).all())


@dataclass(frozen=True, eq=False)
class Kinds:
    """Cases with the same expected costs are one kind: ``expected`` (K, M), ``size`` (K,), whole."""

    expected: FloatArray
    size: IntArray

    @classmethod
    def of(cls, expected: FloatArray) -> tuple[Kinds, IntArray]:
        """Of cases (n, M), and which kind each of them is (n,)."""
        plain = np.ascontiguousarray(expected + 0.0)  # no -0.0, which would be another kind
        rows = plain.view(np.dtype((np.void, plain.itemsize * plain.shape[1])))[:, 0]
        _, first, of_case, size = np.unique(
            rows, return_index=True, return_inverse=True, return_counts=True
        )
        return cls(plain[first], size), of_case

    @cached_property
    def scale(self) -> float:
        """The dollars that decisions on a case can be apart, 1 where none are."""
        return float(np.ptp(self.expected, axis=1).max()) or 1.0

    @property
    def n_decisions(self) -> int:
        return self.expected.shape[1]

    def priced(self, prices: FloatArray, rows: Rows) -> FloatArray:
        """Expected costs (K, M) with what each decision uses, at its price."""
        with_prices: FloatArray = self.expected + prices @ rows.uses
        return with_prices

    def counts(self, decisions: IntArray) -> FloatArray:
        """How many cases (M,) there are of each decision, (K,) by kind."""
        return np.bincount(decisions, self.size, self.n_decisions).astype(np.float64)

    def some(self, which: IntArray) -> Kinds:
        return Kinds(self.expected[which], self.size[which])


def can_be_kept(n: int, rows: Rows) -> bool:
    """Whether there are shares of ``n`` cases that keep all ``rows``, whatever they cost."""
    from scipy.optimize import linprog

    m = rows.uses.shape[1]
    solved = linprog(np.zeros(m), A_ub=rows.uses, b_ub=rows.amounts, A_eq=np.ones((1, m)), b_eq=[n])
    return bool(solved.status == 0)


def shadow_prices(kinds: Kinds, rows: Rows) -> tuple[FloatArray, float]:
    """What one more of each row would save (L,), in dollars, and the least total that can be.

    The prices that make the bound ``sum_i min_j priced - prices @ amounts`` the largest.
    """
    from scipy.optimize import linprog

    n_rows = len(rows.amounts)
    at_stake = kinds.scale * float(kinds.size.sum())
    # A little more of everything: of prices that do alike, the lowest.
    rows = Rows(rows.uses, rows.amounts + SPARE)
    slopes: list[FloatArray] = []
    heights: list[float] = []
    prices, best, bound = np.zeros(n_rows), np.zeros(n_rows), -np.inf
    unit = at_stake  # about what the bound may still rise by
    for _ in range(ROUNDS):
        decided = kinds.priced(prices, rows).argmin(axis=1)
        slope = -rows.slack(kinds.counts(decided))
        paid = float(kinds.size @ kinds.expected[np.arange(len(decided)), decided])
        if paid + slope @ prices > bound:
            best, bound = prices, paid + float(slope @ prices)
        slopes.append(slope)
        heights.append(paid)
        # The largest t with bound + unit * t <= height + slope @ prices for every plane.
        planes = linprog(
            np.append(np.zeros(n_rows), -1.0),
            A_ub=np.column_stack([-np.array(slopes) * (kinds.scale / unit), np.ones(len(slopes))]),
            b_ub=(np.array(heights) - bound) / unit,
            bounds=[(0, DEAREST / _least_use(rows))] * n_rows + [(None, None)],
        )
        if planes.x is None:
            break  # the planes are as near to each other as numbers can be
        unit *= max(-float(planes.fun), 1e-3)
        if unit <= CLOSE * abs(bound) + TINY * at_stake:
            break
        prices = best + STEP * (kinds.scale * planes.x[:-1] - best)
    return best, bound


def allocate(kinds: Kinds, rows: Rows, prices: FloatArray, bound: float) -> IntArray | None:
    """How many cases of each kind get which decision (K, M), whole; None where that cannot be.

    Kinds are decided by ``prices`` but for those nearest to a tie; more and more of these are left
    open until the total is as near to ``bound`` as whole cases allow.
    """
    priced = kinds.priced(prices, rows)
    decided = priced.argmin(axis=1)
    gaps = np.partition(priced, 1, axis=1)
    nearest = np.argsort(gaps[:, 1] - gaps[:, 0], kind="stable")
    whole = np.zeros(kinds.expected.shape, dtype=np.int64)
    whole[np.arange(len(decided)), decided] = kinds.size
    best, least, n_open = None, np.inf, NEAR
    while True:
        left_open = nearest[:n_open]
        fixed = whole.copy()
        fixed[left_open] = 0
        rest = Rows(rows.uses, rows.slack(fixed.sum(axis=0)))
        found = _in_whole_numbers(kinds.some(left_open), rest)
        before = least
        if found is not None:
            fixed[left_open] = found
            total = float((fixed * kinds.expected).sum())
            if total < least:
                best, least = fixed, total
        enough = least - bound <= NEAR_BOUND * abs(bound) or least == before < np.inf
        if enough or n_open >= len(nearest):
            return best
        n_open *= 4


def _in_whole_numbers(kinds: Kinds, rows: Rows) -> IntArray | None:
    """The integer programme; None where no whole numbers keep the rows."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix, kron

    k, m = kinds.expected.shape
    least = kinds.expected.min(axis=1, keepdims=True)
    above = (kinds.expected - least).ravel()  # what a decision costs above a kind's cheapest
    once = csr_matrix(kron(csr_matrix(np.eye(k)), np.ones((1, m))))
    limits = csr_matrix(np.tile(rows.uses, k))
    solved = milp(
        above / kinds.scale,
        integrality=np.ones(k * m),
        bounds=Bounds(0, np.repeat(kinds.size, m)),
        constraints=[
            LinearConstraint(once, kinds.size, kinds.size),
            LinearConstraint(limits, -np.inf, rows.amounts),
        ],
        options={"mip_rel_gap": MIP_GAP, "node_limit": NODES},
    )
    if solved.x is None:
        return None
    found = np.rint(solved.x).astype(np.int64).reshape(k, m)
    kept = (found.sum(axis=1) == kinds.size).all() and rows.keep(found.sum(axis=0))
    return found if kept else None


def _least_use(rows: Rows) -> float:
    used = np.abs(rows.uses[rows.uses != 0])
    return float(used.min()) if len(used) else 1.0
