"""A promise that a run is asked to keep: certified on validation cases, for the model that is served.

The probabilities of these cases are of models that were not trained on them, calibrated by the other
folds. The same cases have chosen which model is served, and the final one is trained on more of them; so
what came on the test part is told beside the certificate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.case_costs import expected_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import CostMatrixError
from framework.core.evaluation.certifying import certify_cases
from framework.core.evaluation.promise import Certificate, Promise
from framework.experiment.choosing.selection import choose_strategy
from framework.experiment.choosing.validation import REPORTING, Validation
from framework.experiment.fitting.strategy import ChosenStrategy, Strategy
from framework.plugins.specs import DecisionRuleSpec

RULE = "promise"


@dataclass(frozen=True, eq=False)
class PromisedModel:
    """The ``certificate`` of the served ``model``, and what it was found on, in words."""

    model: str
    certificate: Certificate
    method: str

    def to_json(self) -> dict[str, Any]:
        return {"model": self.model, "validated_on": self.method, **self.certificate.to_json()}


def check_prices_referrals(matrix: CostMatrix) -> None:
    """Raise CostMatrixError where a promise cannot be kept for want of a referral's price."""
    if matrix.refer is None:
        raise CostMatrixError(
            f'cost matrix "{matrix.name}": it does not say what a referral costs; a promise needs that: give '
            'it "refer"'
        )


def certified(
    promise: Promise,
    name: str,
    choice: ChosenStrategy,
    validation: Validation,
    rule: DecisionRuleSpec,
) -> tuple[PromisedModel, ChosenStrategy]:
    """Whether the model ``name`` can keep ``promise``; and its choice, deciding so by ``rule`` if it can."""
    calibrated = _calibrated(choice.strategy)
    p = _cross_fitted(calibrated, validation)
    expected = expected_costs(p, validation.known)
    found = certify_cases(expected, validation.cases, promise)
    promised = PromisedModel(name, found, validation.method)
    if not found.kept:
        return promised, choice
    parameters = {"refer_above": found.threshold}
    way = replace(calibrated, rule=rule, parameters=parameters, threshold=None)
    return promised, replace(choose_strategy(way, validation), trials=choice.trials)


def _calibrated(strategy: Strategy) -> Strategy:
    """Deciding by the probabilities that it states."""
    if strategy.calibration == "none" and not strategy.pooled:
        return replace(strategy, calibration=REPORTING)
    return strategy


def _cross_fitted(strategy: Strategy, validation: Validation) -> FloatArray:
    """Probabilities (n, N) of the first seed, calibrated by what was fitted on the other folds."""
    told = validation.of(strategy)
    p = np.empty(told.shape[1:])
    for fold, here, _ in validation.fits():
        p[here] = validation.combination(strategy, 0, fold)(told[:, here])
    return p
