"""A model whose decisions are actions, and requests that name other ones."""

import numpy as np
import pytest

from framework import CostMatrix, RunConfig, run
from tests.conftest import blobs, offering_blobs

ACTS = CostMatrix(
    "acts", ("no", "yes"), [[0, 4, 10], [100, 30, 5]], actions=("leave", "ask", "act")
)


@pytest.fixture(scope="module")
def acting(serve, tmp_path_factory):
    out = tmp_path_factory.mktemp("acts") / "run"
    settings = {"epochs": 3, "learning_rate": 0.05, "report": False, "loss": "cross_entropy"}
    config = RunConfig(dataset="blobs", cost_matrix=ACTS, out=out, **settings)
    return serve(run(config, offering_blobs()).run_dir, model="acts")


def test_what_is_served_names_its_actions(acting):
    told = acting.get("/").json()
    assert told["labels"] == ["no", "yes"]
    assert told["decisions"] == told["actions"] == ["leave", "ask", "act"]
    assert told["cost_sentences"][0].startswith('"leave" for a "yes" case costs 100 USD')


def test_every_case_gets_its_cheapest_action(acting):
    X = blobs()[0][:30].tolist()
    rows = acting.post(X).json()["predictions"]
    p = np.array([list(row["probabilities"].values()) for row in rows])
    dollars = np.array([list(row["expected_dollars"].values()) for row in rows])
    np.testing.assert_allclose(dollars, -p @ np.array([[0, 4, 10], [100, 30, 5]]), rtol=1e-5)
    best = [ACTS.actions[k] for k in dollars.argmax(axis=1)]
    assert [row["decision"] for row in rows] == best
    assert len(set(best)) > 1
    assert acting.metric('fw_decisions_total{decision="act"}') == best.count("act")


def test_a_request_may_bring_actions_of_its_own(acting):
    own = {
        "name": "own",
        "labels": ["yes", "no"],
        "actions": ["call", "write"],
        "costs": [[0, 5], [1, 0]],
    }
    told = acting.post({"instances": blobs()[0][:4].tolist(), "cost_matrix": own})
    assert told.status == 200, told.data
    for row in told.json()["predictions"]:
        assert list(row["expected_dollars"]) == ["call", "write"]
        assert row["decision"] == ("call" if row["probabilities"]["yes"] > 1 / 6 else "write")
