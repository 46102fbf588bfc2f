"""What a plugin does wrong is told in a sentence that names it."""

import sys

import numpy as np
import pytest

from framework import DecisionRuleSpec, PluginError
from framework.plugins.guards import decided

P = np.full((4, 2), 0.5)
COSTS = np.array([[0.0, 1.0], [5.0, 0.0]])


def rule(function):
    return DecisionRuleSpec("own", function)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda p, costs: 1 / 0, "failed for 4 cases: ZeroDivisionError: division by zero"),
        (
            lambda p, costs: p[:, 1],
            r"expected 4 decisions as whole numbers, .* of float64 of shape",
        ),
        (lambda p, costs: np.zeros(3, int), r"of int64 of shape \(3,\)"),
        (
            lambda p, costs: np.array([0, 1, 2, 0]),
            "expected decisions from 0 to 1, received 0 to 2",
        ),
        (lambda p, costs: np.array([0, -1, 0, 0]), "received -1 to 0"),
        (lambda p, costs: 9, r"of int64 of shape \(\)"),
        (lambda p, costs: None, r"of object of shape \(\)"),
        (lambda p, costs: [[0], [1, 0]], "failed for 4 cases: ValueError"),
        (lambda p, costs: sys.exit(0), "failed for 4 cases: SystemExit: 0"),
    ],
)
def test_a_rule_that_does_not_answer_with_decisions_is_told(answer, said):
    with pytest.raises(PluginError, match=f'the decision rule "own".*{said}'):
        decided(rule(answer), P, COSTS, {})


@pytest.mark.parametrize("argument", [0, 1])
def test_what_a_rule_is_given_cannot_be_written_to(argument):
    def overwriting(*given):
        given[argument][:] = 0
        return np.zeros(4, int)

    p, costs = P.copy(), COSTS.copy()
    with pytest.raises(PluginError, match=r"read-only; .* not to be changed: copy it first"):
        decided(rule(overwriting), p, costs, {})
    np.testing.assert_array_equal(p, P)
    p[0] = 1  # whose they are can go on


def test_decisions_are_a_copy():
    own = np.zeros(4, int)
    found = decided(rule(lambda p, costs: own), P, COSTS, {})
    own[:] = 1
    assert not found.any()


def test_yes_and_no_are_decisions_of_two_classes():
    found = decided(rule(lambda p, costs: p[:, 1] > 0.4), P, COSTS, {})
    np.testing.assert_array_equal(found, [1, 1, 1, 1])
    assert found.dtype == np.int64
