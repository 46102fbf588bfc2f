"""Whether a loss learns what it says: its best outputs, found numerically, against the decision.

from framework import check_loss

def test_my_loss():
    check_loss(my_spec)
"""

from __future__ import annotations

from itertools import product

import numpy as np

from framework.core.case_costs import expected_costs
from framework.core.errors import PluginError
from framework.plugins.specs import LossSpec

RATIOS = (5.0, 50.0, 200.0, 5000.0)
# How close to the threshold a two-class loss is tried.
BELOW_AND_ABOVE = (0.8, 1.25)
MATRICES = 20
# Of three classes: what the best decision must be ahead by, as a share of its cost.
CLEAR = 0.1
# A search in logits: points along an axis, how far the first reaches, how often it narrows.
POINTS, REACH, ROUNDS = 33, 16.0, 4


def check_loss(spec: LossSpec) -> None:
    """Hold ``spec`` to what it ``estimates``; without a claim there is nothing to hold it to.

    For two classes, a missed positive 5, 50, 200 and 5,000 times as dear as a false alarm, just
    below and above the threshold ``1 / (1 + ratio)`` (Elkan 2001, equation 2); for three classes,
    random costs and random probabilities. In each, the outputs with the least mean loss must,
    after the claimed way to decide, give the decision of least expected cost.

    Raises
    ------
    PluginError
        Naming the costs and probabilities for which they do not.
    """
    if spec.estimates is None:
        return
    for posterior, costs in _problems():
        outputs = best_outputs(spec, posterior, costs)
        decision = int(expected_costs(_recovered(spec, outputs, costs), costs).argmin())
        if spec.estimates == "decision":
            decision = int(outputs.argmax())
        right = int(expected_costs(posterior, costs).argmin())
        if decision != right:
            raise PluginError(
                f'loss "{spec.name}" says that it estimates {spec.estimates}; with costs '
                f"{costs.round(4).tolist()} and class probabilities {posterior.round(5).tolist()} "
                f"it is least at {outputs.round(5).tolist()}, which decides for {decision}; the "
                f"decision of least expected cost is {right}. Claim what it does estimate, or None"
            )


def best_outputs(spec: LossSpec, posterior: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """Outputs (N,) of the least mean loss where the classes have the probabilities ``posterior``.

    On a grid of logits, which narrows round its best point; for two or three classes.
    """
    from framework.core.backend import tf

    n = len(posterior)
    centre, reach = np.zeros(n - 1), REACH
    for _ in range(ROUNDS):
        axis = np.linspace(-reach, reach, POINTS)
        free = centre + np.array(list(product(axis, repeat=n - 1)))
        logits = np.concatenate([np.zeros((len(free), 1)), free], axis=1)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        outputs = powers / powers.sum(axis=1, keepdims=True)
        y_pred = tf.constant(outputs, tf.float32)
        risk = np.zeros(len(outputs))
        for k in range(n):
            rows = tf.constant(np.tile(costs[k], (len(outputs), 1)), tf.float32)
            values = spec.function(np.full(len(outputs), k), y_pred, rows)
            risk += posterior[k] * np.asarray(values, dtype=np.float64)
        best = int(risk.argmin())
        centre, reach = free[best], 4 * reach / (POINTS - 1)
    found: np.ndarray = outputs[best]
    return found


def _problems() -> list[tuple[np.ndarray, np.ndarray]]:
    """Class probabilities (N,) and costs (N, N)."""
    problems = []
    for ratio, factor in product(RATIOS, BELOW_AND_ABOVE):
        positive = factor / (1 + ratio)
        costs = np.array([[0.0, 1.0], [ratio, 0.0]])
        problems.append((np.array([1 - positive, positive]), costs))
    rng = np.random.default_rng(0)
    while len(problems) < len(RATIOS) * len(BELOW_AND_ABOVE) + MATRICES:
        posterior = rng.dirichlet(np.ones(3))
        costs = rng.uniform(0, 10, (3, 3)) * (1 - np.eye(3))
        least, second, _ = np.sort(posterior @ costs)
        if second > (1 + CLEAR) * least:
            problems.append((posterior, costs))
    return problems


def _recovered(spec: LossSpec, outputs: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """Class probabilities (N,) from the best outputs, as calibration is to find them."""
    found = outputs
    if spec.estimates == "weighted probabilities":
        found = outputs / costs.sum(axis=1)
    elif spec.estimates == "tilted probabilities":
        # p_j (mu + r_j) = q_j with r = q C is linear in q, up to the factor mu.
        found = np.linalg.solve(np.eye(len(outputs)) - outputs[:, None] * costs.T, outputs)
    total: np.ndarray = found / found.sum()
    return total
