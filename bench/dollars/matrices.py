"""What mistakes cost in each data set: one matrix written by hand, in dollars, and twelve random ones."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework import CostMatrix, DatasetSpec
from framework.experiment.loading.stated_costs import stated_matrix
from framework.plugins.matrix_lookup import find_matrix

RANDOM = 12
DEAREST = 100.0  # times the cheapest mistake of a random matrix


@dataclass(frozen=True, eq=False)
class Matrices:
    """``bench`` is the data set's own or stated one; ``random`` (12, N, N) have a zero diagonal.

    Random ones are scaled so that the best constant decision costs 1 dollar a case: then their mean
    is a share of what doing without a model costs, and no matrix counts more than another.
    """

    bench: CostMatrix
    random: np.ndarray

    @property
    def all(self) -> np.ndarray:
        """Costs in dollars (13, N, N), positive = bad, the bench matrix first."""
        return np.concatenate([self.bench.dollar_costs()[None], self.random])


def ordinal(labels: Sequence[str], too_low: float, too_high: float) -> CostMatrix:
    """So many dollars for each step between the truth and a decision below or above it."""
    steps = np.arange(len(labels))[None] - np.arange(len(labels))[:, None]
    return CostMatrix("ordinal", tuple(labels), np.where(steps > 0, too_high, too_low) * abs(steps))


# As fw run --cost takes them: "truth->decision=dollars", the last that fits counts.
STATED: dict[str, tuple[str, ...]] = {
    "adult": ("<=50K->>50K=10", ">50K-><=50K=50"),  # an offer unread, one not made
    "horse_colic": ("1->2=10000", "2->1=2000"),  # surgery that was needed, or was not
    "breast_cancer_ljubljana": ("recurrence-events->*=5000", "no-recurrence-events->*=1000"),
    "ecoli": ("*->*=100", "im*->im*=20", "om*->om*=20", "*->imL=300", "*->imS=300"),
    "oil_spill": ("1->0=10000", "0->1=500"),  # a spill unseen, a flight in vain
    "haberman": ("2->1=5000", "1->2=1000"),
    "ionosphere": ("b->g=40", "g->b=10"),
    "sonar": ("M->R=1000", "R->M=100"),  # a mine taken for a rock
    "wine": ("*->*=10", "class_2->*=50", "class_0->class_2=5"),
}
ORDINAL: dict[str, tuple[float, float]] = {  # dollars a step too low, too high
    "abalone": (1.0, 4.0),  # what is harvested too young is lost
    "winequality_red": (3.0, 5.0),
    "digits": (1.0, 1.0),
}
OWN = {  # shipped with the data set's plugin
    "german_credit": "official.json",
    "breast_cancer": "medical.json",
    "gtsrb": "road_safety.json",
}


def of_dataset(name: str, spec: DatasetSpec, y: np.ndarray) -> Matrices:
    """All matrices of a data set, for its ``labels`` and classes ``y`` (n,)."""
    if name in OWN:
        bench = find_matrix(OWN[name], [spec]).matrix.aligned(spec.labels)
    elif name in ORDINAL:
        bench = ordinal(spec.labels, *ORDINAL[name])
    else:
        bench = stated_matrix(STATED[name], spec.labels)
    shares = np.bincount(y, minlength=len(spec.labels)) / len(y)
    return Matrices(bench, np.stack([random_costs(name, k, shares) for k in range(RANDOM)]))


def random_costs(name: str, number: int, shares: Any) -> np.ndarray:
    """Costs (N, N) with a zero diagonal, all others log-uniform over two decades; always the same.

    ``shares`` (N,) of the classes scale them: the best constant decision costs 1 dollar a case.
    """
    n = len(shares)
    rng = np.random.default_rng([zlib.crc32(name.encode()), number])
    costs = np.exp(rng.uniform(0, np.log(DEAREST), (n, n))) * (1 - np.eye(n))
    return costs / (np.asarray(shares) @ costs).min()
