"""Small requests are decided together: each gets what it would get alone."""

import json

import numpy as np
import pytest

from framework.serving.deciding import Deciding
from framework.serving.framing import Question
from tests.serving.test_tables import TWO


def question(data, media="application/json", content_type="application/json"):
    return Question(content_type, {}, media, json.dumps(data).encode())


@pytest.fixture(scope="module")
def deciding(cancer_model):
    return Deciding(cancer_model, "medical@1")


def predictions(answer):
    return json.loads(answer.body)["predictions"]


def test_each_gets_what_it_would_get_alone(deciding, patients):
    X = patients.X[:60]
    asked = [question(X[i : i + 1 + i % 3].tolist()) for i in range(50)]
    together = deciding.answers(asked)
    for one, answer in zip(asked, together, strict=True):
        (alone,) = deciding.answers([one])
        assert (answer.status, answer.rows, answer.counts) == (200, alone.rows, alone.counts)
        assert answer.dollars == pytest.approx(alone.dollars, rel=1e-5)
        for a, b in zip(predictions(answer), predictions(alone), strict=True):
            assert a["decision"] == b["decision"]
            np.testing.assert_allclose(
                list(a["probabilities"].values()), list(b["probabilities"].values()), atol=1e-6
            )


def test_a_mistake_is_told_to_the_one_who_made_it(deciding, patients):
    X = patients.X[:3].tolist()
    far = [[1e300] * 30]  # read without complaint, and too large for the model
    answers = deciding.answers([question(X), question(far), question(X[:1]), question("no")])
    assert [answer.status for answer in answers] == [200, 400, 200, 400]
    assert "too large" in answers[1].error
    assert "expected a list of cases" in answers[3].error
    assert len(predictions(answers[0])) == 3


def test_matrices_and_shares_of_one_are_not_those_of_another(deciding, patients):
    X = patients.X[:5].tolist()
    asked = [
        question(X),
        question({"instances": X, "cost_matrix": TWO}),
        question({"instances": X, "prevalence": {"malignant": 0.006}}),
        question(X, "text/csv"),
    ]
    together = deciding.answers(asked)
    for one, answer in zip(asked, together, strict=True):
        (alone,) = deciding.answers([one])
        assert answer.body == alone.body or answer.body[:60] == alone.body[:60]
    assert json.loads(together[1].body)["cost_matrix"] == "mine"
    assert together[3].body.startswith(b"malignant,")


def test_a_type_that_the_model_does_not_take_is_told(deciding):
    (answer,) = deciding.answers([question([], content_type="image/png")])
    assert (answer.status, answer.error) == (415, "the model takes no image/png")
