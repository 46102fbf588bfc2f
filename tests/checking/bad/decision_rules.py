"""Decision rules, each of which fails the check that it is named after."""

import os

import numpy as np

from framework import DecisionRuleSpec, hookimpl


def good(probabilities, costs):
    expected = [p @ (costs if costs.ndim == 2 else costs[k]) for k, p in enumerate(probabilities)]
    return np.argmin(expected, axis=1)


def off_by_one(probabilities, costs):
    return good(probabilities, costs) + 1


def flat_costs(probabilities, costs):
    """Takes costs of every case for those of the first."""
    return good(probabilities, costs if costs.ndim == 2 else costs[0] + np.eye(*costs.shape[1:]))


def riskiest_tenth(probabilities, costs):
    return (probabilities[:, 0] > np.quantile(probabilities[:, 0], 0.9)).astype(int)


def overwriting(probabilities, costs):
    probabilities /= 2
    return good(probabilities, costs)


def random(probabilities, costs):
    return np.random.default_rng().integers(0, 2, len(probabilities))


def of_this_process(probabilities, costs):
    # Of many cases in many bands: two processes never decide alike, as they may by a single limit.
    bands = np.random.default_rng(os.getpid()).uniform(1e3, 1e4)
    return np.floor(probabilities[:, 0] * bands).astype(int) % 2


@hookimpl
def fw_register_decision_rules():
    return [
        DecisionRuleSpec("good_rule", good),
        DecisionRuleSpec("indices_in_range", off_by_one),
        DecisionRuleSpec("indices_in_range_referring", good, refers=False),
        DecisionRuleSpec("costs_of_every_case", flat_costs),
        DecisionRuleSpec("order_of_cases", riskiest_tenth),
        DecisionRuleSpec("inputs_left_alone", overwriting),
        DecisionRuleSpec("deterministic", random),
        DecisionRuleSpec("works_in_a_subprocess", of_this_process),
    ]
