"""Decision curves: what a model of two classes is worth at every threshold that costs may imply.

Whoever calls a case positive from the probability t on says by it that a false alarm weighs ``t / (1 - t)``
times a miss. Net benefit is what is gained by that weighing, in found positives per case, over calling none
positive (Vickers, Elkin, "Decision Curve Analysis: A Novel Method for Evaluating Prediction Models",
Medical Decision Making 26, 2006):

    ``NB(t) = TP / n - FP / n * t / (1 - t)``

which at a prevalence pi is ``pi TPR - (1 - pi) FPR t / (1 - t)``. Times what a miss costs it is dollars.
"""

from __future__ import annotations

import numpy as np

from framework.core.arrays import BoolArray, FloatArray
from framework.core.case_costs import depend_on_case
from framework.core.decisions.cheapest_regions import regions


def net_benefit(
    positive: BoolArray, scores: FloatArray, thresholds: FloatArray, prevalence: float
) -> FloatArray:
    """Net benefit (k,) of calling positive from each of ``thresholds`` (k,) on; they are below 1.

    Parameters
    ----------
    positive : array (n,)
        Truths: some positive ones, and some others.
    scores : array (n,)
        Probabilities of the positive class.
    prevalence : float
        The share of positives that it is about: of these cases, ``positive.mean()``.

    Examples
    --------
    Of four cases one of two positives is found for one false alarm, which weighs a quarter:

    >>> positive, scores = np.array([True, True, False, False]), np.array([0.9, 0.1, 0.3, 0.1])
    >>> net_benefit(positive, scores, np.array([0.2]), positive.mean()).tolist()
    [0.1875]
    """
    found, alarms = (
        1 - np.searchsorted(np.sort(scores[of_class]), thresholds, side="left") / of_class.sum()
        for of_class in (positive, ~positive)
    )
    benefit: FloatArray = prevalence * found - (1 - prevalence) * alarms * odds(thresholds)
    return benefit


def treat_all(prevalence: float, thresholds: FloatArray) -> FloatArray:
    """Net benefit (k,) of calling all cases positive; that of calling none is 0."""
    benefit: FloatArray = prevalence - (1 - prevalence) * odds(thresholds)
    return benefit


def odds(thresholds: FloatArray) -> FloatArray:
    """What a false alarm weighs beside a miss."""
    weights: FloatArray = thresholds / (1 - thresholds)
    return weights


def implied_threshold(costs: FloatArray) -> float | None:
    """From which probability of the second class on costs (2, M) make it the cheaper of the two to call.

    None where one of them is always cheaper, where mistakes pay, or where costs depend on the case
    (n, 2, M). A referral, if any, is not used.
    """
    if depend_on_case(costs):
        return None
    found = regions(costs[:, :2])
    return found[1].low if [region.decision for region in found] == [0, 1] else None


def cost_of_a_miss(costs: FloatArray) -> float:
    """Dollars that a positive called negative costs more than one called positive, by ``costs`` (2, M)."""
    return float(costs[1, 0] - costs[1, 1])
