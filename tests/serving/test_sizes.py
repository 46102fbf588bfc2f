"""A request that would need too much memory is refused by its bytes, before they unfold."""

import json

import numpy as np
import pytest

from framework import CostMatrix, DataError
from framework.serving.sizes import check_csv, check_json, check_rows, check_values
from tests.serving.test_mistakes import GOOD
from tests.serving.test_tables import TWO, npy

MATRIX = CostMatrix("m", ("a", "b"), [[0, 1], [5, 0]])
JSON = "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"[]," * 2_000_000 + b"[]]",
        b"[" + b"{}," * 2_000_000 + b"{}]",
        b"[" * 2_000_000,
        b"[" + b"1," * 3_000_000 + b"1]",
        b"[" + b'"ab",' * 2_000_000 + b"1]",
    ],
    ids=["lists", "objects", "deep", "numbers", "texts"],
)
def test_a_body_of_many_values_is_refused(body):
    assert len(body) < 11_000_000
    with pytest.raises(
        DataError, match=r"which would take some .* MB of memory; expected at most 150"
    ):
        check_json(body)


def test_what_fits_is_taken():
    row = b"[" + b"12.34567," * 29 + b"1.5]"
    check_json(b"[" + b",".join([row] * 60_000) + b"]")
    check_csv("1.5,2.5,3.5\n" * 400_000, ",;")
    check_values(3_000_000)
    check_rows(50_000, 960, ("a", "b"), MATRIX, ("a", "b"))


def test_rows_are_as_many_as_their_answers_allow():
    """Of 1,000 labels an answer has 100 KB, of two 300 bytes."""
    labels = tuple(f"label {k}" for k in range(1000))
    check_rows(400, 8, labels, MATRIX, labels)
    with pytest.raises(DataError, match=r"5,000 cases are more than this model takes at a time"):
        check_rows(5000, 8, labels, MATRIX, labels)


@pytest.mark.parametrize(
    ("text", "values"), [("1,2\n" * 2_000_000, None), ("12;" * 3_000_000, None), (None, 10_000_000)]
)
def test_tables_and_arrays_too(text, values):
    with pytest.raises(DataError, match="send fewer cases at a time"):
        check_values(values) if text is None else check_csv(text, ",;")


def matrix_of(**changes):
    return json.dumps({"instances": GOOD, "cost_matrix": {**TWO, **changes}}).encode()


RULES = {"default": 1, "rules": []}
LABELS = [f"label {k}" for k in range(5000)]
NUMBERS = b"[[" + b"1," * 29 + b"%s]]"
CRAFTED = {
    "5,000 labels": (
        json.dumps(
            {"instances": GOOD, "cost_matrix": {"name": "m", "labels": LABELS, **RULES}}
        ).encode(),
        "its labels do not match the dataset's",
    ),
    "100,000 actions": (
        json.dumps(
            {
                "instances": GOOD,
                "cost_matrix": {
                    "name": "m",
                    "labels": TWO["labels"],
                    "actions": [str(k) for k in range(100_000)],
                    **RULES,
                },
            }
        ).encode(),
        '"actions": expected at most 1,000 names',
    ),
    "costs that overflow": (matrix_of(costs=[[0, 1e308], [1e308, 0]]), "a number of at most 1e+30"),
    "costs of NaN": (matrix_of(costs=[[0, float("nan")], [1, 0]]), "expected a finite number"),
    "infinite costs": (matrix_of(refer=float("inf")), '"refer"'),
    "true": (NUMBERS % b"true", "expected a number, received True"),
    "10^30 digits": (NUMBERS % (b"9" * 200), "more than 100 digits"),
    "half a pair": (b'{"instances": "\\ud800"}', "half of a surrogate pair"),
    "2,000 deep": (b"[" * 2000 + b"]" * 2000, "nested too deeply"),
}


@pytest.mark.parametrize("case", CRAFTED)
def test_a_crafted_request_is_refused_and_spoils_no_figure(cancer, case):
    body, message = CRAFTED[case]
    response = cancer.post(body)
    assert response.status == 400, response.data
    assert message in response.json()["error"]
    assert len(response.data) < 10_000
    assert np.isfinite(cancer.metric("fw_expected_dollars"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"(1, 30)", b"(True, 30)", "has the shape (True, 30); expected whole numbers"),
        (b"(1, 30)", b"(-1, 30)", "has the shape (-1, 30); expected whole numbers"),
        (b"(1, 30)", b"(1L, 30)", "not an array in .npy format"),
        (b"(1, 30)", b"(9999999999, 30)", "memory"),
    ],
)
def test_an_array_whose_header_is_nonsense(cancer, old, new, message):
    body = npy(np.ones((1, 30)))
    assert old in body
    changed = body.replace(old + b", }" + b" " * (len(new) - len(old)), new + b", }")
    response = cancer.post(changed, "application/x-npy")
    assert response.status == 400
    assert message in response.json()["error"]
