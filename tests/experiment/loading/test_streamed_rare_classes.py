"""Streams of which more is held out than is held: rare classes, and the whole test part summed."""

import json
from functools import partial
from unittest.mock import Mock

import numpy as np
import pandas
import pytest
from click.testing import CliRunner

from framework import (
    ConfigError,
    RunConfig,
    load,
    read_run,
    run,
)
from framework.cli.main import main
from framework.core.cases.hash_split import Limits, numbered, places_of
from framework.experiment.loading.source_rows import SourceCases
from framework.experiment.stored_runs.compare import compare

COSTS = ["no->yes=1", "yes->no=5"]
QUICK = {"target": "late", "cost": COSTS, "model": "logistic", "report": False}
RARE = 0.004


@pytest.fixture(scope="module")
def rare_folder(tmp_path_factory):
    """60,000 cases, of which one in 250 is late, and can be told."""
    place = tmp_path_factory.mktemp("rare") / "orders"
    place.mkdir()
    rng = np.random.default_rng(5)
    late = rng.random(60_000) < RARE
    cases = pandas.DataFrame(
        {
            "first": np.round(rng.normal(size=60_000) + 2.5 * late, 3),
            "second": np.round(rng.normal(size=60_000), 3),
            "late": np.where(late, "yes", "no"),
        }
    )
    cases.to_parquet(place / "part-0.parquet", row_group_size=20_000)
    return place


@pytest.fixture
def little_room(monkeypatch):
    """As if memory held so many cases."""
    small = partial(SourceCases, limits=Limits(tested=1_500, validated=1_000, sampled=2_000))
    monkeypatch.setattr("framework.experiment.loading.checked_dataset.SourceCases", small)


DEAR = {**QUICK, "cost": ["no->yes=1", "yes->no=300"], "epochs": 3, "batch_size": 256}


def test_rare_cases_judge_and_dollars_are_those_of_the_whole_part(
    rare_folder, tmp_path, little_room
):
    settings = {**DEAR, "calibration": "bias"}
    found = run(RunConfig(dataset=str(rare_folder), stream="yes", out=tmp_path / "run", **settings))
    test, told = found.test, json.loads((tmp_path / "run" / "metrics.json").read_text())
    totals = np.array(told["test_part"]["class_counts"])
    kept = np.bincount(test.y)
    assert kept[1] == totals[1] > 40
    assert kept[0] < 1_600 < totals[0]
    assert told["test_part"]["sampled"] == told["n_test"] == len(test.y)
    for model in found.models:
        means = [model.case_dollars[test.y == k].mean() for k in (0, 1)]
        assert model.mean_dollars == pytest.approx(totals @ means / totals.sum())
        assert model.interval.low < model.mean_dollars < model.interval.high
    # What is stated is true where cases are as they come: one in 250 is late, of those drawn one in 25.
    share = totals[1] / totals.sum()
    for name in ("built-in + decision", "stated costs"):
        stated = found.model(name).stated.probabilities
        mean = np.average(stated[:, 1], weights=(totals / kept)[test.y])
        assert mean == pytest.approx(share, rel=0.6)
    (remark,) = (text for text in told["warnings"] if "streamed" in text)
    assert "both are drawn class by class, from " in remark
    assert f"and {totals.sum():,}, and weighted back to these" in remark
    assert told["prevalence"]["target"] is None


def test_a_stored_run_of_drawn_cases_is_judged_as_it_was(rare_folder, tmp_path, little_room):
    found = run(RunConfig(dataset=str(rare_folder), stream="yes", out=tmp_path / "run", **DEAR))
    stored, compared = read_run(tmp_path / "run"), compare([tmp_path / "run"])
    for model in found.models:
        interval = stored.judged.interval(stored.model(model.name).case_dollars)
        assert (interval.mean, *interval.ends) == pytest.approx(
            (model.mean_dollars, *model.interval.ends)
        )
        (again,) = (one for one in compared.models if one.name == model.name)
        assert again.dollars_per_case == pytest.approx(model.mean_dollars)
    moved = compare([tmp_path / "run"], prevalence={"yes": 0.3})
    means = [found.models[0].case_dollars[found.test.y == k].mean() for k in (0, 1)]
    (again,) = (one for one in moved.models if one.name == found.models[0].name)
    assert again.dollars_per_case == pytest.approx(0.7 * means[0] + 0.3 * means[1])


def test_a_prevalence_that_is_given_takes_the_place_of_the_whole_part(
    rare_folder, tmp_path, little_room
):
    settings = {**DEAR, "prevalence": {"yes": 0.1}}
    found = run(RunConfig(dataset=str(rare_folder), stream="yes", out=tmp_path / "run", **settings))
    for model in found.models:
        means = [model.case_dollars[found.test.y == k].mean() for k in (0, 1)]
        assert model.mean_dollars == pytest.approx(0.9 * means[0] + 0.1 * means[1])


def test_the_whole_test_part_is_summed_and_lies_in_the_interval_of_what_is_drawn(
    rare_folder, tmp_path, little_room
):
    """The run, once more by hand: all cases below the test part's share decided by the saved model."""
    settings = {**DEAR, "calibration": "bias", "report": True, "whole_test": "predictions"}
    found = run(RunConfig(dataset=str(rare_folder), stream="yes", out=tmp_path / "run", **settings))
    told = json.loads((tmp_path / "run" / "metrics.json").read_text())
    summed = told["test_part"]["summed"]
    assert [*summed["models"]] == ["built-in", "built-in + decision", "stated costs"]
    cases = pandas.read_parquet(rare_folder)
    whole = cases[places_of(numbered(0, len(cases)), 0) < 0.25]
    late = whole["late"] == "yes"
    assert told["test_part"]["class_counts"] == [(~late).sum(), late.sum()]
    decided = load(tmp_path / "run", "stated costs").predict(whole.drop(columns="late"))
    missed, alarms = (late & (decided == "no")).sum(), (~late & (decided == "yes")).sum()
    mine = summed["models"]["stated costs"]
    assert mine["confusion_matrix"] == [
        [(~late).sum() - alarms, alarms],
        [missed, late.sum() - missed],
    ]
    assert mine["dollars_total"] == -300 * missed - alarms
    assert mine["dollars_per_case"] == pytest.approx(-(300 * missed + alarms) / len(whole))
    assert summed["constant_dollars_per_case"] == pytest.approx(-300 * late.mean())
    assert summed["oracle_dollars_per_case"] == 0
    for model in found.models:
        exact = summed["models"][model.name]["dollars_per_case"]
        assert model.interval.low <= exact <= model.interval.high
    file = tmp_path / "run" / "whole_test" / "stated-costs.parquet"
    kept = pandas.read_parquet(file)
    assert (kept["case"] == whole.index).all()
    assert kept["true"].tolist() == whole["late"].tolist()
    assert kept["predicted"].tolist() == decided.tolist()
    assert kept["dollars"].sum() == mine["dollars_total"]
    assert mine["dollars_total"] == evaluated(tmp_path / "run", file)
    page = (tmp_path / "run" / "report.html").read_text()
    n, drawn = len(whole), len(found.test.y)
    assert f"On {drawn:,} test cases, drawn class by class from the {n:,} of the test part" in page
    assert f"Summed over all {n:,} cases of the test part" in page
    assert "the interval for new cases like these" in page


def evaluated(run_dir, file):
    """The total that ``fw evaluate`` comes to, of the file of decisions and the run's matrix."""
    words = ["--truth", "true", "--cost-matrix", str(run_dir / "cost_matrix.json"), "--json"]
    words += ["--decision", "predicted"]
    done = CliRunner().invoke(main, ["evaluate", str(file), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["dollars_total"]


def test_the_whole_test_part_is_not_summed_unless_it_is_wished(rare_folder, tmp_path, little_room):
    settings = {**DEAR, "epochs": 1, "whole_test": "no"}
    found = run(RunConfig(dataset=str(rare_folder), stream="yes", out=tmp_path / "run", **settings))
    assert found.whole is None
    assert "summed" not in found.to_json()["test_part"]


def test_hosts_that_share_the_cases_write_no_predictions_of_them(
    rare_folder, tmp_path, monkeypatch
):
    monkeypatch.setattr("framework.training.hosts.join", lambda: Mock(count=2, is_chief=True))
    settings = {**DEAR, "whole_test": "predictions", "out": tmp_path / "run"}
    with pytest.raises(ConfigError, match=r"2 hosts decide a share .* expected yes, which sums"):
        run(RunConfig(dataset=str(rare_folder), stream="yes", **settings))
