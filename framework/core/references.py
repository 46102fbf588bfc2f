"""What a model is compared with besides other models: a constant decision, and an oracle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.costs import case_costs

# A model that decides the same for this share of the cases of a class hardly looks at them.
NEARLY_ALL = 0.95


@dataclass(frozen=True)
class Bounds:
    """Dollars per case (negative = a loss) without any model, and with a perfect one."""

    constant_decision: int
    constant: float
    oracle: float

    def savings(self, dollars_per_case: float) -> float | None:
        """Share of the way from the constant decision to the oracle; None when there is no way."""
        way = self.oracle - self.constant
        return (dollars_per_case - self.constant) / way if way > 0 else None


def bounds(
    y_train: np.ndarray, costs_train: np.ndarray, y_test: np.ndarray, costs_test: np.ndarray
) -> Bounds:
    """Judged on the test part; the constant decision is the cheapest on the training part.

    ``costs`` are in dollars, positive = bad, (N, M) or (n, N, M).
    """
    n_decisions = costs_train.shape[-1]
    totals = [
        case_costs(y_train, np.full(len(y_train), decision), costs_train).sum()
        for decision in range(n_decisions)
    ]
    constant = int(np.argmin(totals))
    every = np.stack(
        [
            case_costs(y_test, np.full(len(y_test), decision), costs_test)
            for decision in range(n_decisions)
        ]
    )
    return Bounds(constant, -float(every[constant].mean()), -float(every.min(axis=0).mean()))


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
