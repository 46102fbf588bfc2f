"""A served model whose actions can be taken only so often."""

import numpy as np
import pytest

from framework import ConfigError, CostMatrix, RunConfig, load, run
from framework.core.decisions.capacity import ration
from framework.core.decisions.capacity_limits import limits_of
from framework.core.decisions.price_list import BY_PRICES, PriceList
from framework.serving import create_app
from tests.conftest import blobs, offering_blobs

ACTS = CostMatrix(
    "acts", ("no", "yes"), [[0, 4, 10], [100, 30, 5]], actions=("leave", "ask", "act")
)
LIMIT = "act<=10/100"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A run, and prices that keep the limit on its own cases."""
    folder = tmp_path_factory.mktemp("scarce")
    settings = {"epochs": 3, "learning_rate": 0.05, "report": False, "loss": "cross_entropy"}
    config = RunConfig(dataset="blobs", cost_matrix=ACTS, out=folder / "run", **settings)
    run(config, offering_blobs())
    model = load(folder / "run", "acts")
    found = ration(-model.answer(blobs()[0]).expected_dollars, limits_of(LIMIT, model.decisions))
    PriceList.of(found, model.decisions).write(folder / "prices.json")
    return folder


@pytest.fixture(scope="module")
def scarce(serve, place):
    return serve(place / "run", model="acts", prices=place / "prices.json")


def decisions(client, instances, **more):
    told = client.post({"instances": instances.tolist(), **more})
    assert told.status == 200, told.data
    return [row["decision"] for row in told.json()["predictions"]]


def test_a_limit_is_kept_in_the_mean_and_its_use_is_measured(scarce, place):
    X = blobs()[0]
    free = load(place / "run", "acts").predict(X)
    assert np.mean(free == "act") > 0.15
    before = scarce.metric("fw_rows_total")
    found = [decision for row in X for decision in decisions(scarce, row[None])]
    assert np.mean(np.array(found) == "act") == pytest.approx(0.1, abs=0.02)
    assert scarce.metric("fw_rows_total") == before + len(X)
    used = scarce.metric(f'fw_capacity_used_total{{limit="{LIMIT}"}}')
    assert used == found.count("act")
    there = scarce.metric(f'fw_capacity_total{{limit="{LIMIT}"}}')
    assert there == pytest.approx(0.1 * len(X), abs=1)


def test_an_answer_says_what_decided_it(scarce):
    told = scarce.post(blobs()[0][:20].tolist()).json()["predictions"]
    assert {row["decided_by"] for row in told} == {BY_PRICES}
    assert scarce.get("/").json()["limits"] == [LIMIT]


def test_a_request_with_costs_of_its_own_knows_no_prices(scarce):
    used = scarce.metric(f'fw_capacity_used_total{{limit="{LIMIT}"}}')
    own = {"name": "own", "labels": ["no", "yes"], "actions": ["leave", "act"]}
    matrix = {**own, "costs": [[5, 0], [5, 0]]}
    assert set(decisions(scarce, blobs()[0][:9], cost_matrix=matrix)) == {"act"}
    assert scarce.metric(f'fw_capacity_used_total{{limit="{LIMIT}"}}') == used


def test_prices_of_other_decisions_are_refused_before_anything_is_served(place, cancer_run):
    with pytest.raises(
        ConfigError, match=r'prices\.json: it is for the decisions "leave", "ask", "act"'
    ):
        create_app(cancer_run, "medical", prices=place / "prices.json")
