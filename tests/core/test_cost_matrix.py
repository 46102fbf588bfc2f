import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework import CostMatrix
from framework.errors import CostMatrixError

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
    return CostMatrix("m", tuple(f"k{i}" for i in range(n)), costs)


def test_cell_dollars_are_the_value_of_a_case_negative_for_a_loss():
    np.testing.assert_allclose(MEDICAL.cell_dollars, [[0, -1287.67], [-252_000, -35_280]])


def test_regret_takes_the_best_decision_of_each_row_off():
    np.testing.assert_allclose(MEDICAL.regret, [[0, 0.0128767], [2.52 - 0.3528, 0]])


def test_training_costs_are_the_loss_weights_when_given_else_the_regret():
    assert MEDICAL.loss_weights.tolist() == [[0, 1], [200, 0]]
    bare = CostMatrix("bare", LABELS, MEDICAL.costs)
    assert bare.loss_weights.tolist() == bare.regret.tolist()


@given(matrices(), st.floats(0.01, 1000))
def test_normalized_weights_do_not_depend_on_the_currency(matrix, factor):
    counts = np.arange(1, matrix.n_classes + 1)
    scaled = CostMatrix("scaled", matrix.labels, matrix.costs * factor)
    if not matrix.regret.any():
        with pytest.raises(CostMatrixError, match="no mistake has a training cost"):
            matrix.normalized_loss_weights(counts)
        return
    np.testing.assert_allclose(
        matrix.normalized_loss_weights(counts),
        scaled.normalized_loss_weights(counts),
        rtol=1e-6,
        atol=1e-6,
    )


def test_equal_costs_are_already_normalized():
    equal = CostMatrix.equal(("a", "b", "c"))
    weights = equal.normalized_loss_weights(np.array([5, 1, 2]))
    np.testing.assert_allclose(weights, 1 - np.eye(3))


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
