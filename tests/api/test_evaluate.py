import re

import numpy as np
import pandas as pd
import pytest

from framework import CostMatrix, CostMatrixError, DataError, Evaluation, decide, evaluate
from framework.core.words import MINUS
from tests.conftest import FIVE, THREE

RNG = np.random.default_rng(0)
Y = np.where(RNG.random(200) < 0.3, "yes", "no")
P = np.clip(np.where(Y == "yes", 0.6, 0.2) + RNG.normal(0, 0.15, 200), 0.01, 0.99)
BOTH = np.column_stack([1 - P, P])


def test_an_evaluation_is_a_short_table_in_a_terminal():
    found = evaluate(Y, BOTH, cost_matrix=FIVE)
    assert isinstance(found, Evaluation)
    text = repr(found)
    assert len(text.splitlines()) < 25
    assert len(text) < 3000
    for told in ("these decisions", "always yes", "a perfect oracle", "95% interval", "Accuracy"):
        assert told in text
    assert f"{MINUS}${-found.dollars_per_case:.2f}" in text
    assert "Against always deciding “yes”, these decisions save" in text


def test_an_evaluation_is_a_table_in_a_notebook():
    found = evaluate(Y, BOTH, cost_matrix=FIVE)
    page = found._repr_html_()
    assert page.count("<table") == 5
    assert "<html" not in page
    assert f"{MINUS}${-found.dollars_per_case:.2f}" in page
    assert not re.search(r"https?://", page)


def test_amounts_are_in_the_currency_of_the_matrix():
    euros = CostMatrix("m", ("no", "yes"), [[0, 1], [5, 0]], unit="EUR")
    text = repr(evaluate(Y, BOTH, cost_matrix=euros))
    assert "EUR per case" in text
    assert "$" not in text


def test_labels_are_escaped_in_a_notebook():
    odd = CostMatrix("m", ("<b>", "yes"), [[0, 1], [5, 0]])
    page = evaluate(["<b>", "yes"] * 10, ["yes"] * 20, cost_matrix=odd)._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_many_classes_are_told_by_their_dearest_mistakes():
    labels = [f"c{k:02}" for k in range(40)]
    costs = CostMatrix.equal(tuple(labels))
    decided = np.roll(labels, 1)
    found = evaluate(labels * 3, list(decided) * 3, cost_matrix=costs)
    assert len(repr(found).splitlines()) < 25
    assert "Confusion matrix" not in found._repr_html_()


def test_no_mistake_and_no_interval_are_told():
    found = evaluate(["no", "yes"], ["no", "yes"], cost_matrix=FIVE)
    assert "too few" in repr(found)
    assert "Accuracy 100.0%" in repr(found)


def test_decides_in_the_labels_own_type():
    assert (
        decide(BOTH[:3], cost_matrix=FIVE).tolist()
        == np.where(P[:3] >= 1 / 6, "yes", "no").tolist()
    )
    assert decide([[0.9, 0.1], [0.1, 0.9]], cost_matrix=[[0, 1], [5, 0]]).tolist() == [0, 1]
    bare = decide([[0.9, 0.1], [0.1, 0.9]], cost_matrix=[[0, 1], [5, 0]], labels=[3, 7])
    assert bare.tolist() == [3, 7]
    assert bare.dtype.kind == "i"


def test_decides_to_refer_where_that_is_cheapest():
    costs = {0: {1: 10, "refer": 1}, 1: {0: 10, "refer": 1}}
    decided = decide([[0.95, 0.05], [0.5, 0.5]], cost_matrix=costs, labels=[0, 1])
    assert decided.tolist() == [0, "refer"]


def test_decides_by_columns_of_a_frame_or_a_mapping():
    costs = {"no": {"yes": 10}, "yes": {"no": {"column": "amount"}}}
    p, amount = [[0.9, 0.1], [0.9, 0.1]], [10, 1000]
    for columns in ({"amount": amount}, pd.DataFrame({"amount": amount})):
        assert decide(p, cost_matrix=costs, columns=columns).tolist() == ["no", "yes"]
    with pytest.raises(CostMatrixError, match='"amount"'):
        decide(p, cost_matrix=costs)
    with pytest.raises(DataError, match=r'"amount": expected 2 values, received \(1,\)'):
        decide(p, cost_matrix=costs, columns={"amount": [1]})


def test_what_is_known_only_afterwards_cannot_decide():
    cell = {"column": "loss", "known": "afterwards"}
    with pytest.raises(CostMatrixError, match='"loss" is known only afterwards'):
        decide(BOTH, cost_matrix={"no": {"yes": 1}, "yes": {"no": cell}})


def test_decide_and_evaluate_agree():
    p = RNG.dirichlet([1, 1, 1], 50)
    y = np.array(["a", "b", "c"])[p.argmax(axis=1)]
    decided = decide(p, cost_matrix=THREE)
    one, other = (evaluate(y, answers, cost_matrix=THREE) for answers in (p, decided))
    assert one.dollars_per_case == other.dollars_per_case


ACTS = CostMatrix("acts", ("no", "yes"), [[0, 1, 4], [20, 9, 5]], actions=("leave", "ask", "act"))


def test_decides_for_actions_and_shows_no_accuracy():
    assert decide([0.01, 0.2, 0.9], cost_matrix=ACTS).tolist() == ["leave", "ask", "act"]
    found = evaluate(["no", "no", "yes"], [0.01, 0.2, 0.9], cost_matrix=ACTS)
    assert found.dollars_per_case == -2
    assert "ccuracy" not in repr(found)
    page = found._repr_html_()
    assert "precision" not in page
    assert "Cases of each class" in page
