import numpy as np
import pytest

from framework import CostMatrixError, capacity, decide, evaluate
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_columns import ColumnCost

COSTS = {"ok": {"fraud": 10, "refer": 5}, "fraud": {"ok": 500, "refer": 5}}


def cases(n=1000, seed=0):
    """Probabilities of "fraud", and truths drawn from them."""
    rng = np.random.default_rng(seed)
    p = rng.beta(0.2, 6, n)
    return p, np.where(rng.random(n) < p, "fraud", "ok")


def test_without_a_limit_that_binds_decisions_are_the_cheapest_ones():
    p, _ = cases()
    both = np.column_stack([p, 1 - p])
    plan = capacity(both, "refer<=100%", cost_matrix=COSTS, labels=["fraud", "ok"])
    expected = decide(both, cost_matrix=COSTS, labels=["fraud", "ok"])
    assert plan.decisions.tolist() == expected.tolist()


def test_within_a_limit_the_dollars_that_come_are_those_expected():
    p, y = cases(20_000)
    plan = capacity(
        np.column_stack([p, 1 - p]), "refer<=2%", cost_matrix=COSTS, labels=["fraud", "ok"]
    )
    assert (plan.decisions == "refer").sum() == 400
    found = evaluate(y, plan.decisions, cost_matrix=COSTS)
    low, high = found.interval.ends
    assert low <= plan.to_json()["expected_dollars_per_case"] <= high


def test_prices_found_on_a_batch_decide_further_cases():
    p, _ = cases(4000)
    plan = capacity(1 - p[:2000], "refer<=2%", cost_matrix=COSTS, labels=["fraud", "ok"])
    later = plan.decide(1 - p[2000:])
    assert 15 <= (later == "refer").sum() <= 70
    assert plan.prices["refer<=2%"] > 0
    assert "one more would save" in repr(plan)


def test_costs_of_the_case_count_for_each_case():
    matrix = CostMatrix(
        "m",
        ("bad", "good"),
        [[0, 100], [10, 0]],
        column_costs=[ColumnCost("bad", "good", "amount", 1.0)],
    )
    amounts = np.array([10.0, 9000.0, 500.0])
    plan = capacity(
        np.tile([0.5, 0.5], (3, 1)),
        "bad<=1",
        cost_matrix=matrix,
        labels=["bad", "good"],
        columns={"amount": amounts},
    )
    assert plan.decisions.tolist() == ["good", "bad", "good"]


def test_costs_known_only_afterwards_are_refused():
    matrix = CostMatrix(
        "m",
        ("bad", "good"),
        [[0, 100], [10, 0]],
        column_costs=[ColumnCost("bad", "good", "amount", 1.0, known="afterwards")],
    )
    with pytest.raises(CostMatrixError, match="known only afterwards"):
        capacity([[0.5, 0.5]], "bad<=1", cost_matrix=matrix, labels=["bad", "good"])
