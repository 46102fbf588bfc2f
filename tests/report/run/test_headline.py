"""What the head of the page says, for outcomes that a run may have."""

import json

import numpy as np
import pytest

from framework.core.words import MINUS
from framework.experiment.stored_runs.stored_run import read_run
from framework.report.run.headline import headline
from tests.conftest import changeable_copy


@pytest.fixture
def told(run_dirs, tmp_path):
    """The headline of a run with the figures of the served model changed."""

    def headline_of(dollars, constant, oracle=0.0, stated=None, gap=(-5.0, 5.0), step=10.0):
        run_dir = tmp_path / "run"
        changeable_copy(run_dirs["two"], run_dir)
        path = run_dir / "metrics.json"
        metrics = json.loads(path.read_text())
        model = next(m for m in metrics["models"] if m["name"] == metrics["served"]["model"])
        model["dollars_per_case"] = dollars
        model["dollars_per_case_interval"] = [dollars - 1, dollars + 1]
        model["stated_dollars_per_case"] = dollars if stated is None else stated
        for entry in metrics["models"]:
            entry["stated_gap_interval"] = [-5.0, 5.0]
        model["stated_gap_interval"] = list(gap)
        model["saved_against"][metrics["strongest_rival"]] = {
            "mean": 10.0,
            "interval": [5.0, 15.0],
            "probability_cheaper": 0.99999,
        }
        metrics["steps"][-1] |= {"mean": step, "interval": [step - 1, step + 1]}
        metrics["bounds"]["constant_dollars_per_case"] = constant
        metrics["bounds"]["oracle_dollars_per_case"] = oracle
        metrics["verdict"] = "The verdict"
        path.write_text(json.dumps(metrics))
        return headline(read_run(run_dir)), metrics

    return headline_of


def test_the_title_is_the_verdict_and_a_clear_saving_needs_no_caution(told):
    said, metrics = told(dollars=-20, constant=-100)
    assert said.title == "The verdict"
    assert said.cautions == ()
    figures = [tile.figure for tile in said.tiles]
    assert figures == [f"{MINUS}$20.00", "+$10.00", "over 99.9%", "80%"]
    assert metrics["served"]["reason"] in said.sentences[0]
    assert said.marks[0].place == 80.0


@pytest.mark.parametrize(
    ("step", "words"), [(-3.0, "has not paid here"), (-0.5, "is not shown to pay here")]
)
def test_training_that_has_not_paid_is_said_as_far_as_it_is_certain(told, step, words):
    said, _ = told(dollars=-20, constant=-100, step=step)  # its interval: one dollar either way
    (caution,) = said.cautions
    assert f"Training with the costs {words}" in caution
    assert f"${-step:.2f} per case more than" in caution


def test_stated_dollars_that_did_not_come_are_said(told):
    said, _ = told(dollars=-34, constant=-100, stated=-7.84, gap=(-40.0, -15.0))
    (caution,) = said.cautions
    assert f"promised {MINUS}$7.84 per case by its own probabilities, and {MINUS}$34.00" in caution


def test_the_best_of_several_is_called_so_with_an_interval_that_knows_it(told):
    said, metrics = told(dollars=-20, constant=-100)
    least = metrics["lost_least"]
    (sentence,) = [text for text in said.sentences if "lost least on these" in text]
    assert "As the best of 3 models that is partly luck" in sentence
    own = next(m for m in metrics["models"] if m["name"] == least["model"])
    assert least["interval"] is not None
    assert own["role"]


def test_without_a_way_to_the_oracle_there_is_no_share(told):
    said, _ = told(dollars=-20, constant=0, oracle=0)
    assert all("oracle" not in tile.name for tile in said.tiles)


def test_on_how_few_cases_half_of_the_loss_hangs(run_dirs):
    run = read_run(run_dirs["two"])
    found = run.metrics["half_of_the_loss"]
    best = -run.costs[run.y_true].min(axis=1)
    spared = np.sort(best - run.served.case_dollars)[::-1]
    assert found["spared"] == pytest.approx(spared.sum())
    half = found["spared"] / 2
    assert spared[: found["cases"]].sum() >= half > spared[: found["cases"] - 1].sum()
    told = [text for text in headline(run).sentences if "half of that hangs on" in text]
    assert len(told) == 1
