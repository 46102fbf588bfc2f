import numpy as np
import pandas as pd
import polars as pl
import pytest

from framework import CostMatrix, CostMatrixError
from tests.conftest import FIVE

COSTS = [[0, 1], [5, 0]]


def test_an_array_and_nested_lists_are_labelled_in_the_order_given():
    for given in (COSTS, np.array(COSTS), tuple(map(tuple, COSTS))):
        matrix = CostMatrix.of(given, labels=["no", "yes"])
        assert matrix.labels == ("no", "yes")
        assert matrix.costs.tolist() == COSTS


@pytest.mark.parametrize("labels", [[0, 1], [0.0, 1.0], np.array([0, 1]), ["0", "1"]])
def test_labels_that_are_numbers_are_written_as_people_do(labels):
    assert CostMatrix.of(COSTS, labels).labels == ("0", "1")


def test_a_matrix_with_labels_is_brought_into_the_order_asked_for():
    assert CostMatrix.of(FIVE) is FIVE
    assert CostMatrix.of(FIVE, ["yes", "no"]).costs.tolist() == [[0, 5], [1, 0]]
    with pytest.raises(CostMatrixError, match='missing in the matrix: "maybe"'):
        CostMatrix.of(FIVE, ["yes", "maybe"])


def test_a_frame_of_pandas_goes_by_its_index_and_columns():
    frame = pd.DataFrame([[1, 0], [0, 5]], index=["no", "yes"], columns=["yes", "no"])
    matrix = CostMatrix.of(frame)
    assert matrix.labels == ("no", "yes")
    assert matrix.costs.tolist() == COSTS


@pytest.mark.parametrize("library", [pd, pl])
def test_without_an_index_the_first_column_holds_the_truths(library):
    frame = library.DataFrame({"true": ["yes", "no"], "no": [5, 0], "yes": [0, 1]})
    assert CostMatrix.of(frame, ["no", "yes"]).costs.tolist() == COSTS


def test_a_frame_may_price_a_referral():
    frame = pd.DataFrame({"no": [0, 5], "yes": [1, 0], "refer": [2, 3]}, index=["no", "yes"])
    matrix = CostMatrix.of(frame)
    assert matrix.decision_labels == ("no", "yes", "refer")
    assert matrix.refer.tolist() == [2, 3]


def test_mappings_go_by_their_labels_and_right_decisions_may_be_left_out():
    matrix = CostMatrix.of({"yes": {"no": 5}, "no": {"yes": 1}}, ["no", "yes"])
    assert matrix.costs.tolist() == COSTS
    priced = CostMatrix.of({1: {1: -2, 0: 5, "refer": 3}, 0: {1: 1, "refer": 1}}, [0, 1])
    assert priced.costs.tolist() == [[0, 1], [5, -2]]
    assert priced.refer.tolist() == [1, 3]


def test_a_cell_of_a_mapping_may_depend_on_the_case():
    matrix = CostMatrix.of({"no": {"yes": 1}, "yes": {"no": {"column": "amount", "factor": 0.75}}})
    assert matrix.columns == ("amount",)
    assert matrix.dollar_costs({"amount": np.array([100.0])}).tolist() == [[[0, 1], [75, 0]]]


def test_the_object_of_the_file_format_and_a_file_are_taken(tmp_path):
    data = {"name": "m", "labels": ["a", "b"], "values": [[0, -1], [-5, 0]]}
    assert CostMatrix.of(data).costs.tolist() == COSTS
    path = tmp_path / "mine.csv"
    path.write_text(",a,b\na,0,1\nb,5,0\n")
    assert CostMatrix.of(path).costs.tolist() == CostMatrix.of(str(path)).costs.tolist() == COSTS


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (COSTS, "does not say whose costs they are"),
        (3, "received 3"),
        ([1, 2], r"received \[1, 2\]"),
        ({"a": {"b": 1}, "b": {}}, r'row "b" \(truth\), column "a"'),
        ({"a": {"c": 1}, "b": {"a": 1}}, 'the decision "c" is no truth'),
        ({"a": 1, "b": 2}, r'row "a" \(truth\): expected {decision: cost}, received 1'),
        (pd.DataFrame({"a": [0, 1], "b": [1, 0]}, index=["a", "a"]), "no truth|each label once"),
        (pd.DataFrame({"a": [0, None], "b": [1, 0]}, index=["a", "b"]), "finite number"),
    ],
)
def test_what_is_no_matrix_is_told_in_a_sentence(given, told):
    with pytest.raises(CostMatrixError, match=told):
        CostMatrix.of(given)


def test_numbers_for_more_or_fewer_classes_are_refused():
    with pytest.raises(CostMatrixError, match=r'2 rows .* 3 classes \("a", "b", "c"\)'):
        CostMatrix.of(COSTS, ["a", "b", "c"])


ACTS = {
    "benign": {"discharge": 0, "biopsy": 1300},
    "malignant": {"biopsy": 35_000, "discharge": 252_000},
}


def test_decisions_of_a_mapping_are_actions_where_that_is_said():
    matrix = CostMatrix.of(ACTS, actions=["biopsy", "discharge"])
    assert matrix.labels == ("benign", "malignant")
    assert matrix.actions == ("biopsy", "discharge")
    assert matrix.costs.tolist() == [[1300, 0], [35_000, 252_000]]
    with pytest.raises(CostMatrixError, match=r"name them: CostMatrix.of\(..., actions=\[...\]\)"):
        CostMatrix.of(ACTS)


def test_a_mapping_of_actions_may_price_a_referral():
    priced = {truth: {**row, "refer": 90} for truth, row in ACTS.items()}
    for actions in (["discharge", "biopsy"], ["discharge", "biopsy", "refer"]):
        matrix = CostMatrix.of(priced, actions=actions)
        assert matrix.actions == ("discharge", "biopsy")
        assert matrix.refer.tolist() == [90, 90]


def test_a_mapping_with_another_action_or_without_one_is_refused():
    with pytest.raises(CostMatrixError, match=r'column "biopsy" .action.: no such action is named'):
        CostMatrix.of(ACTS, actions=["discharge", "wait"])
    with pytest.raises(CostMatrixError, match=r'column "wait" .action.: there is no cost'):
        CostMatrix.of(ACTS, actions=["discharge", "wait", "biopsy"])


def test_columns_of_a_frame_are_actions_where_that_is_said():
    frame = pd.DataFrame(ACTS).T
    told = frame.reset_index(names="truth")  # as a file is read
    for given in (frame, told, pl.from_pandas(told)):
        matrix = CostMatrix.of(given, actions=["discharge", "biopsy"])
        assert matrix.labels == ("benign", "malignant")
        assert matrix.costs.tolist() == [[0, 1300], [252_000, 35_000]]


def test_columns_of_an_array_are_actions_where_they_are_named():
    rows = [[0, 90, 1300], [252_000, 95, 35_000]]
    acts = ["discharge", "refer", "biopsy"]
    matrix = CostMatrix.of(np.array(rows), ["benign", "malignant"], actions=acts)
    assert matrix.actions == ("discharge", "biopsy")
    assert matrix.costs.tolist() == [[0, 1300], [252_000, 35_000]]
    assert matrix.refer.tolist() == [90, 95]
    with pytest.raises(CostMatrixError, match="expected 2 numbers, received 3"):
        CostMatrix.of(rows, ["benign", "malignant"])
