"""How a model is trained, one that is to be, and one that was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.scaling import Scaling
from framework.core.weights import Weights
from framework.experiment.fitting.fitted_members import FittedMember
from framework.plugins.specs import LossSpec


@dataclass(frozen=True)
class Recipe:
    """How a network is trained, but for the seed and the cases.

    The architecture is the run's own; ``matrix`` None stands for equal costs.
    ``cost_weight`` multiplies the training costs (the lambda of ``cross_entropy_plus_cost``),
    ``l2`` the squared kernels. ``normalize``: see ``CostMatrix.loss_table``. In the end, so many
    ``members`` are trained that differ in their initial weights and batches alone, and their geometric
    mean is taken (deep ensembles: Lakshminarayanan, Pritzel, Blundell, "Simple and Scalable Predictive
    Uncertainty Estimation", NIPS 2017, which takes the arithmetic one).
    """

    loss: LossSpec
    matrix: CostMatrix | None
    cost_weight: float = 1.0
    l2: float = 0.0
    warm_up: float = 0.0
    normalize: bool = True
    members: int = field(default=1, compare=False)

    def __str__(self) -> str:
        weight = f" x {self.cost_weight:g}" if self.cost_weight != 1 else ""
        return f"{self.loss.name}{weight}" + (f" (l2 {self.l2:g})" if self.l2 else "")


@dataclass(frozen=True)
class EstimatorRecipe:
    """How a classifier of scikit-learn's kind is fitted, but for the seed and the cases.

    ``parameters`` are those of the ``EstimatorSpec`` called ``model``. With a ``matrix``, cases are
    weighted by the mean cost of their mistakes, as by ``weighted_cross_entropy``.
    """

    model: str
    parameters: tuple[tuple[str, Any], ...] = ()
    matrix: CostMatrix | None = None

    def __str__(self) -> str:
        details = [f"{name} {value}" for name, value in self.parameters]
        details += ["weighted by costs"] if self.matrix is not None else []
        return self.model + (f" ({', '.join(details)})" if details else "")


AnyRecipe = Recipe | EstimatorRecipe


RecipeT = TypeVar("RecipeT", bound=AnyRecipe, covariant=True)


@dataclass(frozen=True, eq=False)
class MemberSpec(Generic[RecipeT]):
    """One model to be trained: a recipe, a seed, the cases; ``name`` is for progress alone."""

    recipe: RecipeT
    seed: int
    rows: np.ndarray
    name: str


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A trained network: weights of the run's architecture, and the scaling before it.

    ``still_falling``: see ``framework.training.early_stopping.still_falling``.
    """

    weights: Weights
    scaling: Scaling
    losses: tuple[float, ...]
    seconds: float
    still_falling: float | None = None


TrainedMember = TrainedNetwork | FittedMember
