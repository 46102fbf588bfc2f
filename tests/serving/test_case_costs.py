"""A matrix whose costs depend on a column that is no feature, and a price for referring."""

import numpy as np
import pytest

from framework import load
from tests.conftest import blobs
from tests.serving.test_tables import csv_text, npy

PLAIN = {"name": "plain", "labels": ["no", "yes"], "costs": [[0, 1], [1, 0]]}


@pytest.fixture(scope="module")
def loans(serve, loans_run):
    return serve(loans_run, model="loans")


@pytest.fixture(scope="module")
def cases(loans_run):
    """Features (n, 3), amounts (n,), and the dollars (n, 3) of no, yes and refer, by hand."""
    X = blobs()[0][:40]
    amounts = np.linspace(1, 1000, 40)
    no, yes = load(loans_run, "loans").predict_proba(X).T
    return X, amounts, np.stack([-0.5 * amounts * yes, -10 * no, np.full(40, -40.0)], axis=1)


def check(response, dollars):
    assert response.status == 200, response.data
    rows = response.json()["predictions"]
    got = [list(row["expected_dollars"].values()) for row in rows]
    np.testing.assert_allclose(got, dollars, rtol=1e-5)
    decisions = np.array(["no", "yes", "refer"])[dollars.argmax(axis=1)]
    assert [row["decision"] for row in rows] == decisions.tolist()
    ordered = np.sort(dollars, axis=1)
    margins = [row["margin_dollars"] for row in rows]
    np.testing.assert_allclose(margins, ordered[:, 2] - ordered[:, 1], rtol=1e-4)


def test_the_column_comes_with_the_request_in_every_form(loans, cases):
    X, amounts, dollars = cases
    table = np.column_stack([X, amounts])
    objects = [
        dict(zip(("amount", "c", "b", "a"), row, strict=True)) for row in table[:, ::-1].tolist()
    ]
    check(loans.post(table.tolist()), dollars)
    check(loans.post(objects), dollars)
    check(loans.post(csv_text(table.tolist()), "text/csv"), dollars)
    check(loans.post(csv_text(table.tolist(), ["a", "b", "c", "amount"]), "text/csv"), dollars)
    check(loans.post(npy(table), "application/x-npy"), dollars)
    assert len(set(dollars.argmax(axis=1))) > 1


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        ([{"a": 1, "b": 1, "c": 1}], "application/json", "case 1 lacks 1 of 4 columns: amount"),
        ([[1, 1, 1]], "application/json", "case 1 has 3 numbers; expected 4"),
        (b"a,b,c\n1,1,1\n", "text/csv", "the header lacks 1 of 4 columns: amount"),
        (b"1,1,1,nan\n", "text/csv", "case 1, \"amount\": expected a number, received 'nan'"),
        (npy(np.ones((1, 3))), "application/x-npy", 'depend on the column "amount"'),
        (npy(np.full((1, 4), np.inf)), "application/x-npy", '"amount": expected finite numbers'),
    ],
)
def test_a_missing_column_is_named(loans, body, content_type, message):
    response = loans.post(body, content_type)
    assert response.status == 400
    assert message in response.json()["error"]


def test_another_matrix_needs_its_own_columns_only(loans, cases):
    X, amounts, _ = cases
    objects = [dict(zip(("a", "b", "c"), row, strict=True)) for row in X.tolist()]
    without = loans.post({"instances": objects, "cost_matrix": PLAIN})
    sent_along = [{**row, "amount": a} for row, a in zip(objects, amounts.tolist(), strict=True)]
    assert without.json() == loans.post({"instances": sent_along, "cost_matrix": PLAIN}).json()
    of_feature = {**PLAIN, "costs": [[0, {"column": "b", "factor": 2, "plus": 1}], [1, 0]]}
    rows = loans.post({"instances": objects, "cost_matrix": of_feature}).json()["predictions"]
    no = np.array([row["probabilities"]["no"] for row in rows])
    got = [row["expected_dollars"]["yes"] for row in rows]
    np.testing.assert_allclose(got, -(1 + 2 * X[:, 1]) * no, rtol=1e-6)


def test_what_the_costs_need_is_told(loans):
    about = loans.get("/").json()
    assert about["input"]["cost_columns"] == ["amount"]
    assert about["decisions"] == ["no", "yes", "refer"]
