"""What the headline says, for outcomes that a run may have."""

import json
import shutil

import pytest

from framework.report.run_data import read_run
from framework.report.verdict import verdict
from framework.report.words import MINUS


@pytest.fixture
def told(run_dirs, tmp_path):
    """The verdict on a run with its figures changed."""

    def verdict_on(dollars, saved, interval, constant, oracle=0.0, cheapest="five"):
        run_dir = tmp_path / "run"
        shutil.copytree(run_dirs["two"], run_dir)
        path = run_dir / "metrics.json"
        metrics = json.loads(path.read_text())
        model = metrics["models"][1]
        model["dollars_per_case"] = dollars
        model["dollars_per_case_interval"] = [dollars - 1, dollars + 1]
        model["saved_per_case"] = {
            "mean": saved,
            "interval": interval,
            "probability_cheaper": 0.999,
        }
        gap = dollars - constant
        model["saved_against_constant"] = {
            "mean": gap,
            "interval": [gap - 1, gap + 1],
            "probability_cheaper": 0.999,
        }
        metrics["models"][0]["dollars_per_case"] = dollars - saved
        metrics["bounds"]["constant_dollars_per_case"] = constant
        metrics["bounds"]["oracle_dollars_per_case"] = oracle
        metrics["cheapest"] = cheapest
        path.write_text(json.dumps(metrics))
        return verdict(read_run(run_dir))

    return verdict_on


def test_a_clear_saving_needs_no_caution(told):
    said = told(dollars=-20, saved=10, interval=[5, 15], constant=-100)
    assert said.title == "“five” is the cheapest of 2 models"
    assert said.cautions == ()
    assert [tile.figure for tile in said.tiles] == [f"{MINUS}$20.00", "+$10.00", "99.9%", "80%"]
    assert [(mark.name, mark.place) for mark in said.marks] == [("five", 80.0), ("built-in", 70.0)]


def test_an_interval_with_zero_in_it_is_called_uncertain(told):
    said = told(dollars=-20, saved=10, interval=[-1, 21], constant=-100)
    assert "not certain" in said.title
    assert any("includes 0" in caution for caution in said.cautions)


def test_a_model_dearer_than_a_constant_decision_is_named_so(told):
    said = told(dollars=-20, saved=10, interval=[5, 15], constant=-12.5)
    assert said.title.startswith("No model beats always deciding")
    assert any("$7.50 per case better than “five”" in caution for caution in said.cautions)
    assert said.marks == ()


def test_a_model_hardly_cheaper_than_a_constant_decision_is_uncertain(told):
    said = told(dollars=-20, saved=10, interval=[5, 15], constant=-20.5)
    assert said.title == "“five” is the cheapest of 2 models"
    (caution,) = said.cautions
    assert f"“five” saves $0.50 per case (95% interval {MINUS}$0.50 to $1.50)" in caution


def test_a_baseline_that_wins_is_named_so(told):
    said = told(dollars=-20, saved=-5, interval=[-9, -1], constant=-100, cheapest="built-in")
    assert said.title == "No cost-trained model beats the equal-cost baseline “built-in”"
    assert any("has not paid" in caution for caution in said.cautions)


def test_without_a_way_to_the_oracle_there_is_no_share(told):
    said = told(dollars=-20, saved=10, interval=[5, 15], constant=0, oracle=0)
    assert all("oracle" not in tile.name for tile in said.tiles)
