"""Classes of which there are too few cases to learn from, or to judge by: a sentence each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.case_costs import by_case
from framework.core.costs.prevalence import Mix, untested
from framework.core.shown import listed
from framework.core.words import share

# A class in fewer test cases than this says little of what its mistakes cost.
FEW = 5
# Mistakes of at least this share of the dearest one's cost count as dear.
DEAR = 0.5
# A class of a smaller share of the training cases than this is rarer than accuracy can tell.
RARE = 1 / 1000


def scarce_in_training(counts: IntArray, labels: Sequence[str]) -> list[str]:
    """Classes with a single training case of ``counts`` (N,), and those of less than one in a thousand."""
    n = int(counts.sum())
    single = _names(labels, counts == 1)
    rare = (counts > 1) & (counts < RARE * n)
    found = []
    if single:
        found.append(
            f"only 1 training case of {listed(single)}: in validation it can be learned from or judged, "
            "never both, so nothing was chosen by it"
        )
    if rare.any():
        of = int(counts[rare].sum())
        found.append(
            f"{listed(_names(labels, rare))}: {of:,} of {n:,} training cases "
            f"({share(of / n)}), so that accuracy tells nothing of it; go by the dollars and their "
            "interval, which knows what a mistake can cost that was not seen"
        )
    return found


def scarce_in_test(
    y: IntArray,
    costs: FloatArray,
    labels: Sequence[str],
    currency: str = "USD",
    mix: Mix | None = None,
) -> list[str]:
    """Classes of which there is no test case, or hardly one, and what that leaves untold.

    ``costs`` are (N, M) or (n, N, M), in ``currency``. Nothing is said of a class that the training part
    of ``mix`` has none of: a decision, by leave of the matrix, that no case has as its truth.
    """
    dearest = np.ptp(by_case(costs), axis=2).max(axis=0)
    counts = np.bincount(y, minlength=len(labels))
    known = np.ones(len(labels), dtype=bool) if mix is None else mix.training > 0
    dear = (dearest >= DEAR * dearest.max()) & (counts < FEW) & known
    found = []
    for k in map(int, np.flatnonzero(dear)):
        what = f"what its mistakes cost (up to {_in_full(dearest[k])} {currency} each)"
        if counts[k] == 0:
            found.append(f'no test case of "{labels[k]}": {what} was never tested')
        else:
            cases = "1 test case" if counts[k] == 1 else f"{counts[k]} test cases"
            found.append(f'only {cases} of "{labels[k]}": {what} was hardly tested')
    for count, begin, end in ((0, "no test case", "never"), (1, "only 1 test case", "hardly")):
        names = _names(labels, (counts == count) & ~dear & known)
        if names:
            found.append(f"{begin} of {listed(names)}: how that is decided was {end} tested")
    left_out = None if mix is None else untested(mix.judged, labels, counts)
    return [*found, *([] if left_out is None else [left_out])]


def _names(labels: Sequence[str], chosen: BoolArray) -> list[str]:
    return [label for label, is_one in zip(labels, chosen, strict=True) if is_one]


def _in_full(cost: float) -> str:
    return f"{cost:,.2f}" if cost >= 0.1 else f"{cost:.4g}"
