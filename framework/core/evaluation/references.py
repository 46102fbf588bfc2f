"""What a model is compared with besides other models: a constant decision, and an oracle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.case_costs import costs_of_truths
from framework.core.evaluation.judged_cases import JudgedCases

# A model that decides the same for this share of the cases of a class hardly looks at them.
NEARLY_ALL = 0.95


@dataclass(frozen=True)
class Bounds:
    """Dollars per case (negative = a loss) without any model, and with a perfect one."""

    constant_decision: int
    constant: float
    oracle: float

    @classmethod
    def of(cls, train: JudgedCases, test: JudgedCases) -> Bounds:
        """Judged on the test part; the constant decision is the cheapest on the training part."""
        weights = None if train.target is None else train.weights[train.y]
        constant = cheapest_constant(train.y, train.costs, weights)
        return cls(
            constant,
            test.mean(constant_dollars(test.y, test.costs, constant)),
            test.mean(oracle_dollars(test.y, test.costs)),
        )

    def savings(self, dollars_per_case: float) -> float | None:
        """See ``savings``."""
        return savings(dollars_per_case, self.constant, self.oracle)


def cheapest_constant(
    y_true: np.ndarray, costs: FloatArray, counts: np.ndarray | None = None
) -> int:
    """The decision that, made for every case, costs least; of equals the first.

    ``counts`` (n,) are the cases that each row of ``y_true`` stands for.
    """
    of_cases = costs_of_truths(y_true, costs)
    totals = [of_all.sum() for of_all in of_cases.T] if counts is None else counts @ of_cases
    return int(np.argmin(totals))


def constant_dollars(y_true: np.ndarray, costs: FloatArray, decision: int) -> FloatArray:
    """What each case brings (n,) where all are decided alike; negative = a loss."""
    dollars: FloatArray = 0.0 - costs_of_truths(y_true, costs)[:, decision]
    return dollars


def oracle_dollars(y_true: np.ndarray, costs: FloatArray) -> FloatArray:
    """What each case brings (n,) with the best decision for its truth; negative = a loss."""
    dollars: FloatArray = 0.0 - costs_of_truths(y_true, costs).min(axis=1)
    return dollars


def savings(dollars: float, constant: float, oracle: float) -> float | None:
    """Share of the way from the best constant decision (0) to the oracle (1) that is gone.

    None when there is no way. All in dollars per case, negative = a loss; below 0 where a model
    loses more than the constant decision.
    """
    return share_of_way(dollars, constant, oracle) if oracle > constant else None


def share_of_way(at: Any, start: Any, end: Any) -> Any:
    """How far ``at`` is on the way from ``start`` to ``end``: numbers, arrays or tensors."""
    return (at - start) / (end - start)


def collapsed(confusion_matrix: np.ndarray, dollars_per_case: float, bounds: Bounds) -> int | None:
    """The decision a model makes for nearly all cases of every class, if that loses more.

    Its share is the mean over the classes that occur, each counting alike: of many negatives and
    few positives a cautious threshold calls most cases negative too, and yet tells the positives
    apart. None where no decision has nearly all, or the model is at least as cheap as the best
    constant decision.
    """
    cases = confusion_matrix.sum(axis=1)
    of_classes = confusion_matrix[cases > 0] / cases[cases > 0, None]
    shares = of_classes.mean(axis=0)
    if shares.max() >= NEARLY_ALL and dollars_per_case < bounds.constant:
        return int(shares.argmax())
    return None
