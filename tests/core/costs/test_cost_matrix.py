from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework import CostMatrix
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.errors import CostMatrixError

LABELS = ("benign", "malignant")
MEDICAL = CostMatrix(
    "medical",
    LABELS,
    [[0, 0.0128767], [2.52, 0.3528]],
    unit="QALY",
    dollars_per_unit=100_000,
    training_costs=[[0, 1], [200, 0]],
)


@st.composite
def matrices(draw):
    n = draw(st.integers(2, 6))
    cells = st.floats(-1e6, 1e6).map(lambda x: round(x, 6))
    costs = draw(st.lists(st.lists(cells, min_size=n, max_size=n), min_size=n, max_size=n))
    labels = tuple(f"k{i}" for i in range(n))
    return CostMatrix("m", labels, costs, allow=("mistakes_that_pay",))


def test_cell_dollars_are_the_value_of_a_case_negative_for_a_loss():
    np.testing.assert_allclose(MEDICAL.cell_dollars, [[0, -1287.67], [-252_000, -35_280]])


def test_regret_takes_the_best_decision_of_each_row_off():
    np.testing.assert_allclose(MEDICAL.regret, [[0, 0.0128767], [2.52 - 0.3528, 0]])


def test_training_costs_are_the_loss_weights_when_given_else_the_regret():
    assert MEDICAL.loss_weights.tolist() == [[0, 1], [200, 0]]
    bare = CostMatrix("bare", LABELS, MEDICAL.costs)
    assert bare.loss_weights.tolist() == bare.regret.tolist()


@given(matrices(), st.floats(0.01, 1000))
def test_what_a_loss_is_given_does_not_depend_on_the_currency(matrix, factor):
    y = np.arange(matrix.n_classes)
    scaled = replace(matrix, name="scaled", costs=matrix.costs * factor)
    if not matrix.regret.any():
        with pytest.raises(CostMatrixError, match="no mistake has a training cost"):
            matrix.loss_table(y)
        return
    np.testing.assert_allclose(matrix.loss_table(y), scaled.loss_table(y), rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(matrix.loss_table(y, normalize=False), matrix.regret)


def test_equal_costs_are_already_normalized():
    equal = CostMatrix.equal(("a", "b", "c"))
    np.testing.assert_allclose(equal.loss_table(np.array([0, 0, 1, 2])), 1 - np.eye(3))


class TestCostsOfTheCase:
    """A loan: refusing a good one costs 100, granting a bad one 0.75 of the amount."""

    matrix = CostMatrix(
        "loan",
        ("good", "bad"),
        [[0, 100], [10, 0]],
        column_costs=[ColumnCost("bad", "good", "amount", 0.75)],
        refer=20,
    )
    amounts = {"amount": np.array([1000, 2000])}

    def test_dollar_costs_are_per_case_with_referral_last(self):
        assert self.matrix.decision_labels == ("good", "bad", "refer")
        costs = self.matrix.dollar_costs(self.amounts)
        assert costs[0].tolist() == [[0, 100, 20], [760, 0, 20]]
        assert costs[1].tolist() == [[0, 100, 20], [1510, 0, 20]]

    def test_a_loss_is_given_the_regret_of_each_case(self):
        table = self.matrix.loss_table(np.array([0, 1]), self.amounts, normalize=False)
        assert table.tolist() == [[0, 100], [1510, 0]]
        normalized = self.matrix.loss_table(np.array([0, 1]), self.amounts)
        assert normalized.sum(axis=1).mean() == pytest.approx(1)

    def test_a_missing_column_is_named(self):
        with pytest.raises(CostMatrixError, match='depend on the column "amount"'):
            self.matrix.dollar_costs({})

    def test_aligning_moves_cells_and_referral(self):
        matrix = replace(self.matrix, refer=[20, 30])
        turned = matrix.aligned(("bad", "good")).dollar_costs(self.amounts)
        assert turned[1].tolist() == [[0, 1510, 30], [100, 0, 20]]

    def test_written_and_read_again(self, tmp_path):
        self.matrix.to_file(tmp_path / "m.json")
        again = CostMatrix.from_file(tmp_path / "m.json")
        assert again.to_dict() == self.matrix.to_dict()
        assert again.costs.tolist() == self.matrix.costs.tolist()

    def test_values_turn_the_sign_of_a_column_too(self):
        data = {"name": "m", "labels": ["good", "bad"]}
        cell = {"column": "amount", "factor": -0.75, "plus": -10}
        matrix = CostMatrix.from_dict({**data, "values": [[0, -100], [cell, 0]]})
        assert matrix.dollar_costs(self.amounts)[1].tolist() == [[0, 100], [1510, 0]]

    @pytest.mark.parametrize(
        ("keys", "message"),
        [
            ({"costs": [[0, {"col": "x"}], [1, 0]]}, "expected a number, or an object of"),
            (
                {"costs": [[0, {"column": "x", "factor": "2"}], [1, 0]]},
                '"factor": expected a finite number',
            ),
            (
                {"costs": [[0, {"column": "x", "factor": float("nan")}], [1, 0]]},
                'row "good" (truth), column "bad" (prediction), "factor": expected a finite number',
            ),
            (
                {"costs": [[0, {"column": "x", "factor": True}], [1, 0]]},
                '"factor": expected a fini',
            ),
            ({"costs": [[0, {"column": "x", "plus": True}], [1, 0]]}, "expected a finite number"),
            (
                {"costs": [[0, {"column": "x", "known": "later"}], [1, 0]]},
                '"known": expected "before"',
            ),
            ({"costs": [[0, {"column": 3}], [1, 0]]}, '"column": expected the name of one'),
            ({"costs": [[0, {"column": "x", "plus": "2"}], [1, 0]]}, "expected a finite number"),
            ({"costs": [[0, 1], [1, 0]], "refer": [1]}, '"refer": expected a number, or 2 numbers'),
            ({"costs": [[0, 1], [1, 0]], "refer": [1, "x"]}, '"refer", truth "bad": expected'),
        ],
    )
    def test_a_malformed_cell_is_named(self, keys, message):
        with pytest.raises(CostMatrixError) as error:
            CostMatrix.from_dict({"name": "m", "labels": ["good", "bad"], **keys})
        assert message in str(error.value)


@given(matrices(), st.randoms())
def test_aligning_permutes_rows_and_columns_together(matrix, random):
    labels = list(matrix.labels)
    random.shuffle(labels)
    aligned = matrix.aligned(tuple(labels))
    for true in labels:
        for predicted in labels:
            assert (
                aligned.costs[labels.index(true), labels.index(predicted)]
                == matrix.costs[matrix.labels.index(true), matrix.labels.index(predicted)]
            )
    assert aligned.aligned(matrix.labels).costs.tolist() == matrix.costs.tolist()


def test_aligning_moves_training_costs_along():
    turned = MEDICAL.aligned(("malignant", "benign"))
    assert turned.training_costs.tolist() == [[0, 200], [1, 0]]


def test_labels_that_do_not_match_are_listed_on_both_sides():
    with pytest.raises(CostMatrixError) as error:
        MEDICAL.aligned(("benign", "cancer"))
    assert 'missing in the matrix: "cancer"' in str(error.value)
    assert 'unknown to the dataset: "malignant"' in str(error.value)


@given(matrices())
def test_regret_is_never_negative_and_free_for_the_best_decision(matrix):
    assert (matrix.regret >= 0).all()
    assert (matrix.regret.min(axis=1) == 0).all()


def test_cells_cannot_be_changed_after_the_checks():
    with pytest.raises(ValueError, match="read-only"):
        MEDICAL.costs[0, 0] = 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"costs": [[0, 1]]},
            '"costs": expected 2 rows of 2 numbers (one per label), received 1 rows',
        ),
        ({"costs": [[0, 1], [1]]}, '"costs", row "malignant": expected 2 numbers, received 1'),
        (
            {"costs": [[0, float("nan")], [1, 0]]},
            '"costs", row "benign" (truth), column "malignant" (prediction): '
            "expected a finite number, received nan",
        ),
        (
            {"costs": [[0, "5"], [1, 0]]},
            "column \"malignant\" (prediction): expected a finite number, received '5'",
        ),
        ({"costs": [[0, True], [1, 0]]}, "expected a finite number, received True"),
        (
            {"training_costs": [[0, 1], [-3, 0]]},
            '"training_costs", row "malignant" (truth), column "benign" (prediction): '
            "expected a number of at least 0, received -3",
        ),
        ({"costs": [[0, 10**400], [1, 0]]}, "expected a finite number, received 1000"),
        ({"labels": ("a",), "costs": [[0]]}, "expected at least 2 names"),
        ({"labels": ("a", "a")}, '"a" given more than once'),
        ({"labels": ("a", 3)}, '"labels": expected non-empty names, received 3'),
        ({"dollars_per_unit": 0}, '"dollars_per_unit": expected a positive number, received 0'),
        ({"dollars_per_unit": "1"}, '"dollars_per_unit": expected a positive number'),
    ],
)
def test_an_unacceptable_cell_is_named(changes, message):
    arguments = {"name": "m", "labels": LABELS, "costs": [[0, 1], [5, 0]], **changes}
    with pytest.raises(CostMatrixError) as error:
        CostMatrix(**arguments)
    assert message in str(error.value)


class TestMistakesThatPay:
    """With a false alarm that brings 1,300, the model that alarms always would be the best."""

    PAYS = (
        '"costs", row "benign" (truth), column "malignant" (prediction): this mistake costs -1300'
    )

    def test_they_are_refused_and_the_cell_is_named(self):
        with pytest.raises(CostMatrixError) as error:
            CostMatrix("m", LABELS, [[0, -1300], [252_000, 35_000]])
        assert self.PAYS in str(error.value)
        assert '"allow": ["mistakes_that_pay"]' in str(error.value)

    @pytest.mark.parametrize(
        "keys",
        [
            {"costs": [[0, -1300], [252_000, 35_000]]},
            {"values": [[0, 1300], [-252_000, -35_000]]},
            {
                "default": 1,
                "rules": [{"true": "benign", "predicted": "malignant", "cost": -1300}],
            },
        ],
    )
    def test_however_a_file_says_them(self, keys):
        data = {"name": "m", "labels": list(LABELS), **keys}
        with pytest.raises(CostMatrixError) as error:
            CostMatrix.from_dict(data)
        assert self.PAYS in str(error.value)
        allowed = CostMatrix.from_dict({**data, "allow": ["mistakes_that_pay"]})
        assert allowed.costs[0, 1] == -1300
        assert CostMatrix.from_dict(allowed.to_dict()).allow == ("mistakes_that_pay",)

    def test_training_costs_may_not_pay_for_them_either(self):
        with pytest.raises(CostMatrixError, match='"training_costs", row "malignant"'):
            CostMatrix("m", LABELS, [[0, 1], [5, 0]], training_costs=[[0, 1], [2, 9]])

    def test_a_right_decision_that_brings_money_does_not_count_as_one(self):
        assert CostMatrix("m", LABELS, [[-5, 1], [9, 3]]).costs[0, 0] == -5

    def test_a_cell_of_the_case_is_not_judged_by_its_constant(self):
        loan = ColumnCost("malignant", "benign", "amount", 0.75)
        assert CostMatrix("m", LABELS, [[0, 1], [-10, 0]], column_costs=[loan]).columns == (
            "amount",
        )

    def test_rounding_does_not_count_as_one(self):
        assert 0.1 + 0.2 > 0.3
        assert CostMatrix("m", LABELS, [[0.1 + 0.2, 0.3], [1, 0]]).costs[0, 1] == 0.3

    def test_another_word_is_refused_with_those_that_are_known(self):
        with pytest.raises(CostMatrixError) as error:
            CostMatrix("m", LABELS, [[0, 1], [5, 0]], allow=("anything",))
        assert "mistakes_that_pay" in str(error.value)
        assert "unseen_classes" in str(error.value)


class TestColumnsKnownAfterwards:
    """A loan whose loss is known when it is lost: it judges, and cannot decide."""

    matrix = CostMatrix(
        "loan",
        ("good", "bad"),
        [[0, 100], [10, 0]],
        column_costs=[ColumnCost("bad", "good", "loss", 2.0, known="afterwards")],
        refer=20,
    )
    y, columns = np.array([0, 1, 1]), {"loss": np.array([0.0, 300.0, 500.0])}

    def test_they_judge_every_case_at_what_it_cost(self):
        assert self.matrix.columns == self.matrix.columns_known_afterwards == ("loss",)
        assert self.matrix.dollar_costs(self.columns)[1].tolist() == [[0, 100, 20], [610, 0, 20]]

    def test_decisions_go_by_the_mean_of_the_training_cases_of_that_truth(self):
        # 10 + 2 x (300 + 500) / 2; the good loan's 0 takes no part.
        decides = self.matrix.for_decisions(self.y, self.columns)
        assert decides.columns == ()
        assert decides.dollar_costs().tolist() == [[0, 100, 20], [810, 0, 20]]

    def test_a_truth_without_training_cases_goes_by_the_mean_of_all(self):
        decides = self.matrix.for_decisions(np.zeros(3, dtype=int), self.columns)
        assert decides.costs[1, 0] == pytest.approx(10 + 2 * 800 / 3)

    def test_columns_known_before_stay(self):
        both = replace(
            self.matrix,
            column_costs=[*self.matrix.column_costs, ColumnCost("good", "bad", "amount", 0.1)],
        )
        assert both.for_decisions(self.y, self.columns).columns == ("amount",)

    def test_without_such_columns_the_matrix_decides_itself(self):
        assert MEDICAL.for_decisions(self.y, {}) is MEDICAL

    def test_a_file_says_so(self, tmp_path):
        self.matrix.to_file(tmp_path / "m.json")
        assert '"known": "afterwards"' in (tmp_path / "m.json").read_text()
        again = CostMatrix.from_file(tmp_path / "m.json")
        assert again.columns_known_afterwards == ("loss",)


def test_two_columns_in_one_cell_are_refused():
    cells = [ColumnCost("benign", "malignant", name, 1.0) for name in ("x", "y")]
    with pytest.raises(CostMatrixError, match="two columns in one cell"):
        CostMatrix("m", LABELS, [[0, 1], [5, 0]], column_costs=cells)


@pytest.mark.parametrize(
    ("unit", "dollars", "currency"),
    [
        ("USD", 1, "USD"),
        ("EUR", 1, "EUR"),
        ("EUR", 1.08, "USD"),
        ("\u20ac", 1, "\u20ac"),
        ("QALY", 100_000, "USD"),
        ("DM", 0.6, "USD"),
    ],
)
def test_a_currency_without_an_exchange_rate_stays_that_currency(unit, dollars, currency):
    matrix = CostMatrix("m", LABELS, [[0, 1], [5, 0]], unit=unit, dollars_per_unit=dollars)
    assert matrix.currency == currency


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"costs": [[0, 1e31], [1, 0]]}, "expected a number of at most 1e+30, received 1e+31"),
        (
            {"costs": [[0, 1e29], [1, 0]], "dollars_per_unit": 100},
            "cells worth at most 1e+30 dollars",
        ),
        ({"refer": [1e29, 0], "dollars_per_unit": 100}, "cells worth at most 1e+30 dollars"),
        ({"dollars_per_unit": 1e-31}, "expected a positive number, received 1e-31; one from 1e-30"),
        (
            {"dollars_per_unit": 1e300},
            "expected a positive number, received 1e+300; one from 1e-30",
        ),
        ({"costs": [[0, 10**5000], [1, 0]]}, "received a number of thousands of digits"),
        ({"labels": ("a", "\ud800")}, "'\\ud800' holds half of a surrogate pair"),
    ],
)
def test_costs_beyond_what_is_reckoned_with_are_refused(changes, message):
    with pytest.raises(CostMatrixError) as error:
        CostMatrix(**{"name": "m", "labels": LABELS, "costs": [[0, 1], [5, 0]], **changes})
    assert message in str(error.value)


def test_costs_that_a_column_makes_too_large_are_told_with_their_case():
    cell = ColumnCost(LABELS[0], LABELS[1], "amount", 1e20)
    matrix = CostMatrix("m", LABELS, [[0, 1], [5, 0]], column_costs=[cell])
    with pytest.raises(
        CostMatrixError, match=r'case 1 .* by "amount" of 1e\+300, is beyond 1e\+30'
    ):
        matrix.dollar_costs({"amount": np.array([1.0, 1e300])})


def test_many_labels_are_compared_in_a_time_that_grows_with_their_number():
    """Of 100,000 labels; a search of each among all others would take minutes."""
    labels = [f"label {k}" for k in range(100_000)]
    told = {"name": "m", "labels": labels, "default": 1, "rules": []}
    with pytest.raises(
        CostMatrixError, match=r"at most 4,000,000 cells, received 100,000 x 100,000"
    ):
        CostMatrix.from_dict(told)
    with pytest.raises(CostMatrixError, match='"label 7" given more than once'):
        CostMatrix("m", (*labels, "label 7"), [[0]])
    rules = [{"true": "*", "predicted": "*", "cost": 1}] * 200_000
    with pytest.raises(CostMatrixError, match="200,000 rules for 100 names are more than"):
        CostMatrix.from_dict({**told, "labels": labels[:100], "rules": rules})
