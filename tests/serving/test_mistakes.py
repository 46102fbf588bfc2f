"""Whatever is wrong with a request is told in one sentence, with the status that HTTP has for it."""

import socket
import time

import numpy as np
import pytest

from tests.serving.test_tables import TWO, as_objects, npy

JSON, LINES, CSV, NPY = "application/json", "application/jsonlines", "text/csv", "application/x-npy"
GOOD = [[1.0] * 30]
LAST = '"worst fractal dimension": expected a number'


def with_matrix(**changed):
    return {"instances": GOOD, "cost_matrix": {**TWO, **changed}}


WRONG = {
    "unknown type": (b"x", "application/xml", 415, "expected one of application/json, "),
    "no type": (b"x", None, 415, "received none"),
    "a picture": (b"x", "image/png", 415, "what this model takes), received image/png"),
    "no JSON": (b"[1,", JSON, 400, "not valid JSON at line 1, column 4"),
    "no text": (b"\xff,1\n", CSV, 400, "not UTF-8"),
    "nested deeply": (b"[" * 200_000, JSON, 400, "nested too deeply"),
    "a number": (b"3", JSON, 400, "expected a list of cases, received int"),
    "one row": ([1.0] * 30, JSON, 400, "case 1: expected a list, received 1.0"),
    "lists and objects": ([{}, []], JSON, 400, "case 2: expected an object, as the first"),
    "no cases": ([], JSON, 400, "there are no cases"),
    "an unknown key": ({"rows": GOOD}, JSON, 400, 'received an object of "rows"'),
    "a key twice": (b'{"instances": [], "instances": []}', JSON, 400, "more than once"),
    "too few": ([[1.0] * 29], JSON, 400, "case 1 has 29 numbers; expected 30"),
    "a cell of the first row": (b"," + b"1," * 28 + b"1\n", CSV, 400, '"mean radius": expected a'),
    "a header lacks": (
        b"x,mean area\n1,2\n",
        CSV,
        400,
        "the header lacks 29 of 30 columns: mean r",
    ),
    "too few cells": (b"1,2,3\n", CSV, 400, "case 1 has 3 cells; expected 30"),
    "empty": (b"", CSV, 400, "there are no rows"),
    "no number": ([*GOOD, [*GOOD[0][1:], "x"]], JSON, 400, f"case 2, {LAST}, received 'x'"),
    "null": ([[*GOOD[0][1:], None]], JSON, 400, f"case 1, {LAST}, received null"),
    "NaN": (b"[[" + b"1," * 29 + b"NaN]]", JSON, 400, f"{LAST}, received nan"),
    "infinity": (b"1," * 29 + b"inf\n", CSV, 400, f"{LAST}, received 'inf'"),
    "too large": (
        b"[[" + b"1," * 29 + b"1" * 400 + b"]]",
        JSON,
        400,
        "a number of more than 100 digits",
    ),
    "a column lacks": (b'{"mean radius": 1}', LINES, 400, "case 1 lacks 29 of 30 columns: mean t"),
    "a bad line": (b"[1]\n[1\n", LINES, 400, "line 2 is not valid JSON"),
    "no .npy": (b"123", NPY, 400, "not an array in .npy format"),
    "objects": (npy(np.array([{}], dtype=object)), NPY, 400, "numbers, received one of object"),
    "half an .npy": (npy(np.ones((9, 30)))[:-8], NPY, 400, "not as long as its header says"),
    "code in .npy": (npy(np.ones(1)).replace(b"False", b"f(x,("), NPY, 400, "not an array in"),
    "huge": ([[1e300] * 30], JSON, 400, "no probabilities for case 0"),
    "wrong shape": (npy(np.ones((9, 3))), NPY, 400, "cases of shape (30,); received (3,)"),
    "nan in .npy": (npy(np.full((1, 30), np.nan)), NPY, 400, 'feature "mean radius" of case 0'),
    "labels": (with_matrix(labels=["a", "b"]), JSON, 400, 'cost matrix "mine": its labels do not'),
    "a cell": (
        with_matrix(costs=[[0, "x"], [1, 0]]),
        JSON,
        400,
        '"cost_matrix": "costs", row "malignant" (truth), column "benign" (prediction): expected',
    ),
    "a cost column lacks": (
        with_matrix(costs=[[0, {"column": "age"}], [1, 0]]),
        JSON,
        400,
        "case 1 has 30 numbers; expected 31",
    ),
    "a mistake that pays": (
        with_matrix(costs=[[0, 7], [-3, 1]]),
        JSON,
        400,
        'row "benign" (truth), column "malignant" (prediction): this mistake costs -3, less than',
    ),
    "a column known afterwards": (
        with_matrix(costs=[[0, {"column": "loss", "known": "afterwards"}], [1, 0]]),
        JSON,
        400,
        '"cost_matrix": the column "loss" is known only afterwards, and a request is decided now',
    ),
    "no shares": (
        {"instances": GOOD, "prevalence": 0.1},
        JSON,
        400,
        '"prevalence": expected an object of labels and their shares, received 0.1',
    ),
    "a share of no label": (
        {"instances": GOOD, "prevalence": {"ill": 0.1}},
        JSON,
        400,
        "prevalence: there is no label “ill”; expected one of benign, malignant",
    ),
    "no share": (
        {"instances": GOOD, "prevalence": {"malignant": "0.1"}},
        JSON,
        400,
        "“malignant”: expected a share between 0 and 1, both left out, received '0.1'",
    ),
    "no matrix": (
        {"instances": GOOD, "cost_matrix": [[0]]},
        JSON,
        400,
        '"cost_matrix": expected a',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_in_one_sentence(cancer, case):
    body, content_type, status, message = WRONG[case]
    before = cancer.metric(f'fw_requests_total{{status="{status}"}}')
    response = cancer.post(body, content_type)
    assert response.status == status, response.data
    assert list(response.json()) == ["error"]
    assert message in response.json()["error"]
    assert "\n" not in response.json()["error"]
    assert cancer.metric(f'fw_requests_total{{status="{status}"}}') == before + 1


def test_columns_that_are_unknown_are_named(cancer, patients):
    row = as_objects(patients.X[:1], patients.feature_names)[0]
    response = cancer.post(
        [{**row, "id": 7, "site": "left", "ward": "b"}]
    )  # an id says which case it is
    assert response.status == 400
    assert response.json()["error"].startswith("2 columns are unknown to the model: site, ward;")


def test_what_cannot_be_accepted_is_told(cancer):
    response = cancer.post(GOOD, accept="text/html")
    assert response.status == 406
    assert (
        "expected one of application/json, application/jsonlines, text/csv"
        in response.json()["error"]
    )


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_is_refused_with_its_size(cancer, chunked):
    body = b" " * (2**20 + 1)
    if chunked:
        response = cancer.post(iter([body[:1000], body[1000:]]), CSV, chunked=True)
    else:
        response = cancer.post(body, CSV)
    assert response.status == 413
    assert "the body has 1,048,577 bytes; expected at most 1,048,576" in response.json()["error"]
    assert cancer.post(GOOD).status == 200


def test_a_large_body_of_a_wrong_type_is_refused_as_well(cancer):
    response = cancer.post(b" " * 2**23, "application/zip")
    assert response.status == 415
    assert cancer.post(GOOD).status == 200


def test_a_client_that_goes_away_is_counted_and_no_harm(cancer):
    host, port = cancer.url.removeprefix("http://").split(":")
    name = 'fw_requests_total{status="499"}'
    before = cancer.metric(name)
    head = b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 99\r\n\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head + b"1,2")
    while cancer.metric(name) == before:
        time.sleep(0.01)
    assert cancer.post(GOOD).status == 200
