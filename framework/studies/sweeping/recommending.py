"""Which of a sweep's models to use: the steadiest one that validation does not speak against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray
from framework.core.uncertainty.multiple_comparisons import clearly_ahead
from framework.studies.sweeping.break_even import cheapest
from framework.studies.sweeping.models import CONSTANT, EQUAL, MOVED, TRAINED, SweepModel

# Decisions of least expected cost vary the least from sample to sample.
STEADIEST_FIRST = (MOVED, TRAINED, EQUAL)


def recommended(
    models: Sequence[SweepModel],
    value: float | None,
    dollars: FloatArray,
    dearest: float,
    groups: NDArray[np.int64] | None,
) -> int:
    """Of K models with validation ``dollars`` (n, K) at costs that stand at ``value``.

    The best of so many models on a few hundred cases is partly the luckiest. With the allowance of
    ``--strategy auto`` (``selection.clearly_ahead``) a steadier model is kept unless the best one is
    clearly ahead of it: first the decision moved to the costs that judge, then the model trained
    with them. A constant decision is recommended where it lost less than that.

    ``value`` is None where the costs have no place on the axis: the cheapest of a family is then
    its steadiest.
    """
    means = dollars.mean(axis=0)
    best = cheapest(means)
    close = [
        k
        for k in range(len(models))
        if k == best
        or not clearly_ahead(dollars[:, best], dollars[:, k], len(models), dearest, groups)
    ]
    constant = [k for k in close if models[k].family == CONSTANT]
    others = [k for k in close if models[k].family != CONSTANT]
    if not others:
        return constant[cheapest(means[constant])]

    def unsteadiness(k: int) -> tuple[int, float, float]:
        at = models[k].at
        far = 0.0 if at is None or value is None or value <= 0 else abs(float(np.log(at / value)))
        return STEADIEST_FIRST.index(models[k].family), far, -float(means[k])

    chosen = [*constant, min(others, key=unsteadiness)]
    return chosen[cheapest(means[chosen])]
