"""The figures of the published notebooks and blog, cell by cell."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import DataError
from framework.core.evaluation.evaluation import auc, class_measures, confusion_matrix, evaluate
from tests.core.costs.test_cost_matrix import LABELS, MEDICAL


def cases(counts):
    """Truths and decisions with this confusion matrix."""
    cells = [(i, j) for i in range(2) for j in range(2) for _ in range(counts[i][j])]
    return np.array(cells).T


@pytest.mark.parametrize(
    ("counts", "dollars_per_case"),
    [
        ([[86, 2], [5, 50]], -21_164.86),
        ([[83, 5], [3, 52]], -18_160.83),
        ([[67, 21], [1, 54]], -15_273.85),
        ([[66, 22], [1, 54]], -15_282.86),
        ([[85, 3], [4, 51]], -19_658.34),
    ],
)
def test_the_published_confusion_matrices_give_the_published_dollars(counts, dollars_per_case):
    evaluation = evaluate(*cases(counts), MEDICAL)
    assert evaluation.confusion_matrix.tolist() == counts
    assert evaluation.dollars_per_case == pytest.approx(dollars_per_case, abs=0.005)
    assert evaluation.dollars_total == pytest.approx(143 * dollars_per_case, abs=1)


def test_cells_add_up_to_the_total():
    evaluation = evaluate(*cases([[86, 2], [5, 50]]), MEDICAL)
    np.testing.assert_allclose(
        evaluation.cell_dollars, [[0, -2575.34], [-1_260_000, -1_764_000]], atol=0.01
    )


@pytest.mark.parametrize("cents", [7, 10, 123_456_789])
def test_dollars_of_many_cases_are_those_of_exact_integers(cents):
    """A running sum of 2 * 10^6 times .07 is off by 5e-11, and by fifty times that for 10^8."""
    n = 2_000_000
    matrix = CostMatrix.of([[0, {"column": "amount"}], [5, 0]], ["no", "yes"])
    columns = {"amount": np.full(n, cents / 100)}
    found = evaluate(np.zeros(n, np.uint8), np.ones(n, np.uint8), matrix, columns=columns)
    assert found.cell_dollars[0, 1] == pytest.approx(-n * cents / 100, rel=3e-12)


def test_dollars_of_parts_add_up_to_those_of_the_whole():
    rng = np.random.default_rng(3)
    cents = rng.integers(0, 10**9, (5, 5)) * (1 - np.eye(5, dtype=np.int64))
    matrix = CostMatrix("cents", tuple("abcde"), cents / 100)
    y, decisions = rng.integers(0, 5, (2, 300_000))
    exact = -int(cents[y, decisions].sum())
    for ends in ([300_000], [100_000, 200_000, 300_000], [1, 299_999, 300_000]):
        parts = [slice(*pair) for pair in zip([0, *ends], ends, strict=False)]
        dollars = sum(evaluate(y[part], decisions[part], matrix).dollars_total for part in parts)
        assert dollars * 100 == pytest.approx(exact, rel=1e-12)


def test_indices_in_bytes_are_counted_like_others():
    """42 * 43 + 42 is no byte."""
    of_bytes = np.full(3, 42, np.uint8)
    assert confusion_matrix(of_bytes, of_bytes, (43, 43))[42, 42] == 3


def test_recall_and_precision_of_the_published_medical_model():
    measures = class_measures(np.array([[67, 21], [1, 54]]), CostMatrix.equal(LABELS))
    assert measures["malignant"].recall == pytest.approx(0.98, abs=0.005)
    assert measures["benign"].precision == pytest.approx(0.99, abs=0.006)
    assert measures["malignant"].support == 55


def test_measures_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    y, decisions = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    counts = confusion_matrix(y, decisions, (4, 4))
    np.testing.assert_array_equal(counts, metrics.confusion_matrix(y, decisions))
    expected = metrics.precision_recall_fscore_support(y, decisions)
    for k, measures in enumerate(class_measures(counts, CostMatrix.equal(tuple("abcd"))).values()):
        assert measures.precision == pytest.approx(expected[0][k])
        assert measures.recall == pytest.approx(expected[1][k])
        assert measures.f1 == pytest.approx(expected[2][k])


def test_a_referral_is_no_mistake():
    """Of 10 healthy 6 are right, 1 wrong, 3 referred; of 5 ill 2, 0, 3: 8 right of 9 decided."""
    counts = np.array([[6, 1, 3], [0, 2, 3]])
    matrix = replace(MEDICAL, refer=[0.1, 0.1])
    truths, decisions = np.array(
        [(i, j) for i in range(2) for j in range(3) for _ in range(counts[i, j])]
    ).T
    found = evaluate(truths, decisions, matrix)
    assert (found.accuracy, found.referred) == (8 / 9, 6)
    healthy, ill = found.per_class.values()
    assert (healthy.recall, healthy.support, healthy.referred) == (6 / 7, 10, 3)
    assert (ill.precision, ill.recall, ill.f1) == (2 / 3, 1.0, 4 / 5)
    everything = evaluate(truths, np.full(15, 2), matrix)
    assert (everything.accuracy, everything.referred) == (None, 15)
    assert everything.per_class["malignant"].recall is None


def test_undefined_measures_are_none_not_zero():
    measures = class_measures(np.array([[5, 0], [0, 0]]), CostMatrix.equal(LABELS))
    assert measures["malignant"].precision is None
    assert measures["malignant"].recall is None


def test_auc_of_a_perfect_and_a_reversed_ranking():
    y = np.array([0, 0, 1, 1])
    scores = np.array([0.1, 0.2, 0.8, 0.9])
    assert auc(y, np.column_stack([1 - scores, scores])) == 1
    assert auc(y, np.column_stack([scores, 1 - scores])) == 0


def test_auc_of_many_classes_is_the_one_vs_rest_mean_and_none_when_a_class_is_absent():
    rng = np.random.default_rng(1)
    y, p = rng.integers(0, 3, 90), rng.dirichlet(np.ones(3), 90)
    assert auc(y, p) == pytest.approx(metrics.roc_auc_score(y, p, multi_class="ovr"))
    assert auc(np.zeros(5, dtype=int), p[:5]) is None


def test_no_cases_is_an_error():
    with pytest.raises(DataError, match="no cases to evaluate"):
        evaluate(np.array([], dtype=int), np.array([], dtype=int), MEDICAL)
