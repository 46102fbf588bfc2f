import json

import numpy as np
import pytest

from framework import CostMatrix
from framework.core.errors import CostMatrixError

GOOD = {"name": "m", "labels": ["a", "b"], "costs": [[0, 1], [5, 0]]}


def written(tmp_path, data, name="m.json"):
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def test_values_are_costs_with_the_sign_turned(tmp_path):
    data = {"name": "m", "labels": ["a", "b"], "values": [[0, -1], [-5, 2]]}
    assert CostMatrix.from_file(written(tmp_path, data)).costs.tolist() == [[0, 1], [5, -2]]


def test_the_unit_defaults_to_dollars(tmp_path):
    matrix = CostMatrix.from_file(written(tmp_path, GOOD))
    assert (matrix.unit, matrix.dollars_per_unit) == ("USD", 1)


def test_a_matrix_is_the_same_after_writing_and_reading(tmp_path):
    full = {
        **GOOD,
        "unit": "QALY",
        "dollars_per_unit": 1e5,
        "training_costs": [[0, 1], [7, 0]],
        "source": "s",
        "description": "d",
    }
    first = CostMatrix.from_file(written(tmp_path, full))
    first.to_file(tmp_path / "again.json")
    again = CostMatrix.from_file(tmp_path / "again.json")
    assert again.to_dict() == first.to_dict() == {**full, "costs": [[0.0, 1.0], [5.0, 0.0]]}


def test_a_csv_table_holds_costs_in_dollars_with_rows_in_any_order(tmp_path):
    path = written(tmp_path, "truth,a,b\nb,5,0\n a ,0,1.5\n", "mine.csv")
    matrix = CostMatrix.from_file(path)
    assert matrix.name == "mine"
    assert matrix.labels == ("a", "b")
    assert matrix.costs.tolist() == [[0, 1.5], [5, 0]]
    assert matrix.unit == "USD"


@pytest.mark.parametrize(
    "corner", ["", "truth\\decision", "Truth / Decision", "actual\\predicted", "truth"]
)
def test_the_corner_of_a_csv_table_may_say_that_rows_are_truths(tmp_path, corner):
    matrix = CostMatrix.from_file(written(tmp_path, f"{corner},a,b\na,0,1\nb,5,0\n", "m.csv"))
    assert matrix.costs.tolist() == [[0, 1], [5, 0]]


@pytest.mark.parametrize("corner", ["decision\\truth", "decision/truth", "predicted \\ actual"])
def test_or_that_rows_are_decisions(tmp_path, corner):
    # Deciding "a" where "b" is true costs 5, whatever the order of the rows.
    path = written(tmp_path, f"{corner},a,b\nb,1,0\na,0,5\n", "m.csv")
    assert CostMatrix.from_file(path).costs.tolist() == [[0, 1], [5, 0]]


def test_rows_of_decisions_are_turned_in_json_with_all_tables():
    data = {"name": "m", "labels": ["a", "b"], "rows": "decision"}
    cell = {"column": "x", "factor": 2}
    matrix = CostMatrix.from_dict(
        {**data, "values": [[0, -5], [cell, 0]], "training_costs": [[0, 7], [3, 0]]}
    )
    # Deciding "b" where "a" is true pays 2 x; "a" where "b" is true costs 5.
    assert matrix.costs.tolist() == [[0, 0], [5, 0]]
    (of_case,) = matrix.column_costs
    assert (of_case.true, of_case.predicted, of_case.factor) == ("a", "b", -2)
    assert matrix.training_costs.tolist() == [[0, 3], [7, 0]]
    same = CostMatrix.from_dict({**data, "rows": "truth", "costs": [[0, 1], [5, 0]]})
    assert same.costs.tolist() == [[0, 1], [5, 0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        (",a,b\na,0,1\n", "expected the same labels, each once, on both sides"),
        (",a,b\na,0,1\na,0,1\n", "expected the same labels, each once, on both sides"),
        (",a,b\na,0,x\nb,1,0\n", 'row "a" (truth), column "b" (prediction): expected a finite'),
        (",a,b\na,0,nan\nb,1,0\n", 'row "a" (truth), column "b" (prediction): expected a finite'),
        (
            ",a,b\na,0,1_000\nb,1,0\n",
            "expected a finite number, as 1300 or 1.3e3, received '1_000'",
        ),
        (",a,b\na,0,true\nb,1,0\n", "received 'true'"),
        (",a,b\na,0,inf\nb,1,0\n", "received 'inf'"),
        (
            ",a,b\na,0,-9\nb,1,0\n",
            'row "a" (truth), column "b" (prediction): this mistake costs -9',
        ),
        (
            "costs,a,b\na,0,1\nb,1,0\n",
            "its corner cell says 'costs'; expected nothing, truth\\decision",
        ),
        ("truth\\truth,a,b\na,0,1\nb,1,0\n", "its corner cell says 'truth\\\\truth'"),
        (",a,b\na,0,1,9\nb,1,0\n", 'row "a": expected 2 numbers, received 3'),
    ],
)
def test_a_malformed_csv_is_told_with_file_and_cell(tmp_path, text, message):
    path = written(tmp_path, text, "m.csv")
    with pytest.raises(CostMatrixError) as error:
        CostMatrix.from_file(path)
    assert str(path) in str(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1, 2], "expected a JSON object, received list"),
        ("{", "not valid JSON at line 1, column 2"),
        ('{"name": "m", "name": "n"}', 'has the key "name" more than once'),
        ({**GOOD, "cost": 1}, 'unknown key "cost"; did you mean "costs"?'),
        ({**GOOD, "zzz": 1}, 'unknown key "zzz"; known keys: name, labels'),
        ({"labels": ["a", "b"]}, 'the key "name" is missing'),
        ({**GOOD, "name": " "}, '"name": expected a non-empty string'),
        ({**GOOD, "unit": 3}, '"unit": expected a string, received 3'),
        ({**GOOD, "labels": "ab"}, "\"labels\": expected a list of names, received 'ab'"),
        ({**GOOD, "labels": [True, False]}, '"labels": expected a list of names, received [True'),
        ({**GOOD, "rows": "predicted"}, '"rows": expected "truth" (a row for each truth'),
        ({**GOOD, "allow": "all"}, '"allow": expected a list of'),
        ({**GOOD, "dollars_per_unit": True}, '"dollars_per_unit": expected a positive number'),
        ({**GOOD, "values": [[0, 0], [0, 0]]}, "received costs and values"),
        ({"name": "m", "labels": ["a", "b"]}, "received none of them"),
        ({**GOOD, "default": 3}, '"default" and "groups" go with "rules", which is missing'),
        (
            '{"name": "m", "labels": ["a", "b"], "costs": [[0, NaN], [1, 0]]}',
            '"costs", row "a" (truth), column "b" (prediction): expected a finite number',
        ),
        (
            {"name": "m", "labels": ["a", "b"], "values": [[0, 0], [0, "x"]]},
            '"values", row "b" (truth), column "b" (prediction)',
        ),
        ({"name": "m", "labels": ["a", "b"], "values": 3}, '"values": expected 2 rows'),
    ],
)
def test_a_malformed_json_is_told_with_file_and_key(tmp_path, data, message):
    path = written(tmp_path, data)
    with pytest.raises(CostMatrixError) as error:
        CostMatrix.from_file(path)
    assert str(path) in str(error.value)
    assert message in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CostMatrixError, match="no such cost matrix file"):
        CostMatrix.from_file(tmp_path / "none.json")


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "m.json"
    path.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(CostMatrixError, match="is not UTF-8 text"):
        CostMatrix.from_file(path)


ACTS = {
    "name": "acts",
    "labels": ["benign", "malignant"],
    "actions": ["discharge", "look again", "biopsy"],
    "costs": [[0, 300, 1300], [252_000, {"column": "size", "factor": 2, "plus": 5}, 35_000]],
    "refer": 90,
    "training_costs": [[0, 1], [200, 0]],
}


def test_a_file_with_actions_has_a_column_for_each():
    matrix = CostMatrix.from_dict(ACTS)
    assert matrix.actions == ("discharge", "look again", "biopsy")
    assert matrix.decision_labels == ("discharge", "look again", "biopsy", "refer")
    assert matrix.costs.tolist() == [[0, 300, 1300], [252_000, 5, 35_000]]
    costs = matrix.dollar_costs({"size": np.array([10.0, 100.0])})
    assert costs[:, 1].tolist() == [[252_000, 25, 35_000, 90], [252_000, 205, 35_000, 90]]
    assert matrix.loss_weights.tolist() == [[0, 1], [200, 0]]


def test_what_is_written_with_actions_is_read_again(tmp_path):
    CostMatrix.from_dict(ACTS).to_file(tmp_path / "acts.json")
    again = CostMatrix.from_file(tmp_path / "acts.json")
    assert again.to_dict() == CostMatrix.from_dict(ACTS).to_dict()
    assert again.actions == ("discharge", "look again", "biopsy")


def test_rows_may_be_actions():
    turned = CostMatrix.from_dict(
        {
            "name": "acts",
            "labels": ["benign", "malignant"],
            "actions": ["discharge", "look again", "biopsy"],
            "rows": "decision",
            "values": [[0, -252_000], [-300, -60_000], [-1300, -35_000]],
        }
    )
    assert turned.costs.tolist() == [[0, 300, 1300], [252_000, 60_000, 35_000]]


def test_labels_are_matched_by_name_and_actions_stay():
    matrix = CostMatrix.from_dict(ACTS).aligned(("malignant", "benign"))
    assert matrix.actions == ("discharge", "look again", "biopsy")
    assert matrix.costs[1].tolist() == [0, 300, 1300]
    assert matrix.training_costs.tolist() == [[0, 200], [1, 0]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"actions": "biopsy"}, '"actions": expected a list of names'),
        ({"actions": ["biopsy"]}, '"actions": expected at least 2 names, received 1'),
        ({"actions": ["a", "a", "b"]}, '"actions": "a" given more than once'),
        ({"actions": ["a", "b", "refer"]}, 'is priced by the key "refer"'),
        (
            {"actions": ["a", "b"]},
            r'"costs", row "benign": expected 2 numbers \(one per action: "a", "b"\), received 3',
        ),
        ({"costs": [[0, 1, 2]]}, "expected 2 rows of 3 numbers .a row per label, a column per act"),
        (
            {"costs": [[0, 1, "x"], [1, 1, 1]]},
            r'column "biopsy" \(action\): expected a finite numb',
        ),
    ],
)
def test_a_slip_in_actions_names_its_place(change, told):
    with pytest.raises(CostMatrixError, match=told):
        CostMatrix.from_dict({**ACTS, **change})
