from dataclasses import replace

import numpy as np
import pytest

from framework import CostMatrix
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.matrix_checks.cost_matrix_cases import case_warnings, savings_of_columns_alone

LABELS = ("good", "bad")
Y = np.array([0] * 7 + [1] * 3)


def loans(**changes):
    """Refusing a good loan costs 10, granting a bad one what it loses."""
    lost = ColumnCost("bad", "good", changes.pop("column", "loss"), 1.0, **changes)
    return CostMatrix("loans", LABELS, [[0, 10], [0, 0]], column_costs=[lost])


def test_a_loss_that_only_lost_loans_have_gives_the_truth_away():
    # Without a model: 0.3 x 0 against 0.7 x 10 for the good ones, 0.3 x 500 against 7 for the bad.
    columns = {"loss": np.where(Y == 1, 500.0, 0.0)}
    assert savings_of_columns_alone(loans(), Y, columns) == pytest.approx(1)
    (text,) = case_warnings(loans(), Y, columns)
    assert text.startswith('cost matrix "loans": the cost columns ("loss") alone fix the decision')
    assert '"known": "afterwards"' in text


def test_known_afterwards_it_decides_nothing():
    columns = {"loss": np.where(Y == 1, 500.0, 0.0)}
    later = loans(known="afterwards")
    assert savings_of_columns_alone(later, Y, columns) is None
    assert case_warnings(later, Y, columns) == ()


def test_an_amount_that_all_loans_have_gives_nothing_away():
    amounts = np.array([100, 900, 300, 500, 200, 700, 400, 600, 800, 150.0])
    assert savings_of_columns_alone(
        loans(column="amount"), Y, {"amount": amounts}
    ) == pytest.approx(0)
    assert case_warnings(loans(column="amount"), Y, {"amount": amounts}) == ()


def test_a_feature_that_is_known_afterwards_is_a_leak():
    later = loans(known="afterwards")
    (text,) = case_warnings(later, Y, {"loss": np.ones(10)}, ("age", "loss"))
    assert '"loss" is known only afterwards, and yet a feature that models see' in text


def test_cases_whose_mistake_pays_are_counted():
    # Two of the three bad loans brought money.
    columns = {"loss": np.array([5.0] * 7 + [-4, -1, 30])}
    texts = case_warnings(loans(), Y, columns)
    assert any(
        '"bad" taken for "good" costs less than the right decision in 2 of 3 training' in text
        for text in texts
    )
    allowed = replace(loans(), allow=("mistakes_that_pay",))
    assert not any("costs less" in text for text in case_warnings(allowed, Y, columns))


def test_a_matrix_of_constants_has_nothing_to_say():
    assert case_warnings(CostMatrix("m", LABELS, [[0, 1], [5, 0]]), Y, {}) == ()
