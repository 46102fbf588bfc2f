"""How a network is trained, one that is to be, and one that was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.cost_matrix import CostMatrix
from framework.plugins.specs import LossSpec
from framework.training.jobs import Weights
from framework.training.scaling import Scaling


@dataclass(frozen=True)
class Recipe:
    """How a network is trained, but for the seed and the cases.

    ``model`` None is the run's own architecture, ``matrix`` None stands for equal costs.
    ``cost_weight`` multiplies the training costs (the lambda of ``cross_entropy_plus_cost``),
    ``l2`` the squared kernels. ``normalize``: see ``CostMatrix.loss_table``. Recipes of another
    ``draw`` start from other weights: what is averaged should differ (Lakshminarayanan, Pritzel,
    Blundell, "Simple and Scalable Predictive Uncertainty Estimation", NIPS 2017).
    """

    loss: LossSpec
    matrix: CostMatrix | None
    cost_weight: float = 1.0
    l2: float = 0.0
    warm_up: float = 0.0
    normalize: bool = True
    model: str | None = None
    draw: int = 0

    def __str__(self) -> str:
        weight = f" x {self.cost_weight:g}" if self.cost_weight != 1 else ""
        details = [self.model or "", f"l2 {self.l2:g}" if self.l2 else ""]
        inside = ", ".join(detail for detail in details if detail)
        return f"{self.loss.name}{weight}" + (f" ({inside})" if inside else "")


@dataclass(frozen=True, eq=False)
class NetworkSpec:
    """One network to be trained: a recipe, a seed, the cases; ``name`` is for progress alone."""

    recipe: Recipe
    seed: int
    rows: np.ndarray
    name: str


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A trained network: weights of an architecture (see Recipe), and the scaling before it.

    ``still_falling``: see ``framework.training.early_stopping.still_falling``.
    """

    model: str | None
    weights: Weights
    scaling: Scaling
    losses: tuple[float, ...]
    seconds: float
    still_falling: float | None = None
