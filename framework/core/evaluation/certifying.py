"""The policy of the fewest referrals that keeps a promise.

Every case is decided at the least expected cost, or referred where that is dearer than a referral by
more than a threshold. The lowest threshold, 0, is the cheapest policy of all; the higher it is, the
fewer cases are referred, and the more is lost. Thresholds are tested upwards one after another, each
at the full confidence, until one fails (fixed sequence; Bauer 1991, as in Learn then Test:
Angelopoulos, Bates, Candes, Jordan, Lei 2021, arXiv 2110.01052): with the confidence that was asked
for, none that passed breaks the promise. The thresholds are fixed in dollars before the cases are seen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.case_costs import case_costs
from framework.core.errors import ConfigError, DataError
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.promise import Certificate, Method, Promise, Step
from framework.core.uncertainty.intervals import FEWEST, support_of_truths
from framework.core.uncertainty.risk_bound import betting_limit, limit_below

# Thresholds: from a hundred thousandth of the dearest mistake on, each a twentieth above the one before.
FINEST, STEPS = 1e-5, 240


def thresholds(costs: FloatArray) -> list[float | None]:
    """Dollars above a referral's cost from which on it is referred, from 0 up to None: never."""
    dearest = float(np.abs(costs).max()) or 1.0
    return [0.0, *(dearest * np.geomspace(FINEST, 1.0, STEPS)).tolist(), None]


def with_referrals(expected: FloatArray, refer_above: float | None) -> tuple[IntArray, BoolArray]:
    """Decisions (n,) by expected costs (n, M), the last of them that of a referral; and who is referred."""
    decided = expected[:, :-1].argmin(axis=1)
    dearer = expected[np.arange(len(expected)), decided] - expected[:, -1]
    referred = np.zeros(len(expected), dtype=bool) if refer_above is None else dearer > refer_above
    return np.where(referred, expected.shape[1] - 1, decided), referred


def referring(expected: FloatArray, certificate: Certificate) -> IntArray:
    """The decisions (n,) by expected costs (n, M) that keep to the certificate of a kept promise."""
    if certificate.refers_all:
        return np.full(len(expected), expected.shape[1] - 1)
    return with_referrals(expected, certificate.refer_above)[0]


def certify_cases(
    expected: FloatArray, cases: JudgedCases, promise: Promise, method: Method = "gaffke"
) -> Certificate:
    """The policy of the fewest referrals that keeps ``promise``, if any does.

    Parameters
    ----------
    expected : array (n, M)
        Expected costs in dollars, positive = bad, of every decision; the last is the referral.
    cases : JudgedCases
        Cases that no model was fitted, calibrated or chosen on, ``costs`` (N, M) with the referral's.
    promise : Promise
    method : "gaffke" or "betting"
        See ``framework.core.uncertainty.risk_bound``; betting not with groups or a prevalence.

    Raises
    ------
    DataError
        Of fewer than ten cases or groups.
    ConfigError
        For betting with groups or a prevalence.
    """
    if method == "betting" and (cases.groups is not None or cases.target is not None):
        raise ConfigError(
            'method "betting" is for independent cases at their own shares; leave it out with groups or a '
            "prevalence"
        )
    limit_of = _limit_of(cases, promise.confidence, method)
    weights = cases.weights[cases.y] / len(cases.y)
    steps: list[Step] = []
    for refer_above in thresholds(cases.costs):
        decisions, referred = with_referrals(expected, refer_above)
        lost = case_costs(cases.y, decisions, cases.costs)
        if (
            steps
            and steps[-1].referred == weights @ referred
            and steps[-1].lost == cases.mean(lost)
        ):
            limit = steps[-1].limit  # the same decisions
        else:
            limit = limit_of(lost)
        steps.append(Step(refer_above, float(weights @ referred), cases.mean(lost), limit))
        if limit > promise.most:
            break
    passed = [step for step in steps if step.limit <= promise.most]
    all_referred = float(cases.costs[..., -1].max())
    refers_all = not passed and all_referred <= promise.most
    return Certificate(
        promise,
        cases.observations,
        bool(passed) or refers_all,
        passed[-1].refer_above if passed else steps[0].refer_above,
        refers_all,
        tuple(steps),
        min(steps[0].limit, all_referred),
        method,
    )


def _limit_of(cases: JudgedCases, level: float, method: Method) -> Callable[[FloatArray], float]:
    """The limit of the mean of losses (n,), which is below it with probability ``level``."""
    lows, highs = support_of_truths(cases.costs)
    n = cases.observations
    if n < FEWEST:
        raise DataError(
            f"a promise needs {FEWEST} cases, or groups of them, at least; received {n}"
        )

    def limit(lost: FloatArray) -> float:
        if method == "betting":
            return -betting_limit(0.0 - lost, (float(lows.min()), float(highs.max())), level)
        return -limit_below(cases.sampled(0.0 - lost, lows, highs), level)

    return limit
