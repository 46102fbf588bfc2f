"""fw compare: the models of several runs by one judge, from their stored predictions."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, run
from framework.cli.main import main
from framework.core.errors import ArtifactError, ConfigError, CostMatrixError
from framework.core.uncertainty.intervals import mean_interval, paired_difference
from framework.core.uncertainty.multiple_comparisons import level_of_best
from framework.core.words import TOO_FEW
from framework.experiment.stored_runs.compare import compare
from framework.experiment.stored_runs.stored_run import read_run
from framework.plugins.registry import Plugin, Registry
from framework.report.compare.page import write_comparison
from framework.report.compare.tables import models_table
from tests.conftest import blobs, changeable_copy, plugin
from tests.report.conftest import FIVE, priced
from tests.report.test_browser import CHROMIUM, measured

CHEAP = CostMatrix("cheap", ("no", "yes"), [[0, 1], [1, 0]])


@pytest.fixture(scope="module")
def runs(offered, tmp_path_factory):
    """Two runs on the same test cases, a third on others."""
    folder = tmp_path_factory.mktemp("compared")
    for name, more in (("one", {}), ("two", {"epochs": 8}), ("other", {"split_seed": 7})):
        settings = {"epochs": 3, "learning_rate": 0.05, "loss": "cross_entropy", **more}
        config = RunConfig(
            dataset="blobs", cost_matrix=FIVE, report=False, out=folder / name, **settings
        )
        run(config, offered)
    return folder


def test_the_runs_own_judge_gives_the_runs_own_figures(runs):
    compared = compare([runs / "one", runs / "two"], FIVE)
    assert len(compared.parts) == 1
    for name in ("one", "two"):
        metrics = json.loads((runs / name / "metrics.json").read_text())
        for entry in metrics["models"]:
            (model,) = [m for m in compared.models if m.name == entry["name"] and name in m.runs]
            assert model.dollars_per_case == pytest.approx(entry["dollars_per_case"])
            assert model.counts.tolist() == entry["confusion_matrix"]
            if model is not compared.cheapest:
                assert model.interval.to_json() == pytest.approx(entry["dollars_per_case_interval"])
    dollars = [model.dollars_per_case for model in compared.models]
    assert dollars == sorted(dollars, reverse=True)


def test_the_interval_of_what_lost_least_knows_the_choice(runs):
    compared = compare([runs / "one", runs / "two"], FIVE)
    best, k = compared.cheapest, len(compared.models)
    alone = mean_interval(best.case_dollars, (-500.0, 20.0))
    assert best.interval.low < alone.low
    assert best.interval == mean_interval(best.case_dollars, (-500.0, 20.0), level=level_of_best(k))
    # That of a pair chosen beforehand is the pair's own.
    second, third = compared.models[1:3]
    assert compared.difference(second, third) == paired_difference(
        second.case_dollars, third.case_dollars, 520.0
    )
    against = compared.difference(best, second)
    pair = paired_difference(best.case_dollars, second.case_dollars, 520.0)
    assert against.interval.low < pair.interval.low
    assert abs(against.probability_cheaper - 0.5) <= abs(pair.probability_cheaper - 0.5)


def test_no_model_at_all_is_the_constant_that_was_best_in_training(runs, tmp_path):
    """In a training part of few positives saying no is the best; in the test part it is not."""
    folder = changeable_copy(runs / "one", tmp_path / "one")
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["training_part"]["class_counts"] == [90, 90]
    assert compare([folder], FIVE).parts[0].constant == "yes"
    # 500 a missed one against 100 a false alarm, and 20 gained: even at 260 to 50.
    for counts, best in (([270, 50], "no"), ([250, 50], "yes")):
        metrics["training_part"]["class_counts"] = counts
        (folder / "metrics.json").write_text(json.dumps(metrics))
        told = compare([folder], FIVE)
        assert told.parts[0].constant == best
        y = told.parts[0].y_true
        expected = -500.0 * (y == 1) if best == "no" else np.where(y == 1, 20.0, -100.0)
        np.testing.assert_array_equal(told.parts[0].constant_dollars, expected)


def test_a_run_that_does_not_hold_its_training_part(runs, tmp_path):
    """Judged by its own matrix the run itself says which constant was best; by another it cannot."""
    folder = changeable_copy(runs / "one", tmp_path / "one")
    metrics = json.loads((folder / "metrics.json").read_text())
    del metrics["training_part"]
    (folder / "metrics.json").write_text(json.dumps(metrics))
    assert compare([folder], FIVE).parts[0].constant == metrics["bounds"]["constant_decision"]
    with pytest.raises(
        ArtifactError, match=r"does not hold the classes of its training part.*again"
    ):
        compare([folder], CHEAP)


def test_the_best_constant_by_costs_of_the_case_goes_by_mean_columns(run_dirs, tmp_path):
    """Saying no costs .75 of the amount and 1 for each positive, saying yes 9 for each negative."""
    folder = changeable_copy(run_dirs["priced"], tmp_path / "priced")
    metrics = json.loads((folder / "metrics.json").read_text())
    dataset = priced()
    rows = np.setdiff1d(np.arange(240), [int(case) for case in read_run(folder).cases])
    means = [dataset.X[rows][dataset.y[rows] == k, 0].mean() for k in (0, 1)]
    assert metrics["training_part"]["column_means"]["amount"] == pytest.approx(means)
    for amount, best in ((10.0, "no"), (11.0, "yes")):  # 1 + .75 x 10 is less than 9, 11 is not
        metrics["training_part"]["column_means"]["amount"] = [None, amount]
        metrics["training_part"]["class_counts"] = [90, 90]
        (folder / "metrics.json").write_text(json.dumps(metrics))
        assert compare([folder]).parts[0].constant == best
    metrics["training_part"]["column_means"] = {}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    with pytest.raises(ArtifactError, match="does not hold the means of the column amount"):
        compare([folder])


def test_another_judge_prices_the_same_decisions(runs):
    compared = compare([runs / "one", runs / "two"], CHEAP)
    for model in compared.models:
        assert model.dollars_per_case == pytest.approx(model.accuracy - 1)


def test_the_same_cases_are_paired_and_others_are_not(runs):
    paired = compare([runs / "one", runs / "two"], FIVE)
    assert paired.to_json()["paired"]
    first, second = paired.models[:2]
    expected = np.mean(first.case_dollars - second.case_dollars)
    assert paired.difference(first, second).interval.mean == pytest.approx(expected)
    unpaired = compare([runs / "one", runs / "other"], FIVE)
    told = unpaired.to_json()
    assert not told["paired"]
    assert told["best_of"] == len(told["models"])
    assert "NOT paired" in told["statement"]
    assert {row["paired"] for row in told["differences"]} == {True, False}
    for row in told["differences"]:
        assert row["interval"][0] <= row["mean"] <= row["interval"][1]


def test_both_ways_round_a_difference_is_the_same(runs):
    compared = compare([runs / "one", runs / "other"], FIVE)
    for first in compared.models:
        for second in compared.models:
            there, back = compared.difference(first, second), compared.difference(second, first)
            assert there.interval.mean == -back.interval.mean
            assert there.interval.low == pytest.approx(-back.interval.high)
            assert there.probability_cheaper == pytest.approx(1 - back.probability_cheaper)


def test_a_model_that_two_runs_share_is_told_once(runs, tmp_path):
    copy = tmp_path / "copy"
    changeable_copy(runs / "one", copy)
    compared = compare([runs / "one", copy], FIVE)
    assert [model.runs for model in compared.models] == [("one", "copy")] * 3


def with_two_cases_swapped(text):
    """The numbers of two cases that are of different truths, one for the other."""
    head, *rows = [line.split(",") for line in text.splitlines()]
    one, other = (next(row for row in rows if row[1] == label) for label in ("no", "yes"))
    one[0], other[0] = other[0], one[0]
    return "\n".join(map(",".join, [head, *rows])) + "\n"


def test_what_cannot_be_compared_is_told(runs, run_dirs, tmp_path):
    with pytest.raises(ConfigError, match="only runs of one dataset can be compared"):
        compare([runs / "one", run_dirs["three"]], FIVE)
    with pytest.raises(ConfigError, match="a run is named twice"):
        compare([runs / "one", runs / "one"], FIVE)
    with pytest.raises(CostMatrixError, match='judge by a matrix that has "refer"'):
        compare([run_dirs["refer"]], FIVE)
    with pytest.raises(CostMatrixError, match="depend on the column amount, which"):
        compare([runs / "one"], read_run(run_dirs["priced"]).matrix)
    with pytest.raises(ArtifactError, match="expected the folder of a run"):
        compare([tmp_path], FIVE)
    other = tmp_path / "other"
    changeable_copy(runs / "one", other)
    for path in (other / "predictions").glob("*.csv"):
        path.write_text(with_two_cases_swapped(path.read_text()))
    with pytest.raises(ConfigError, match="the runs saw different data"):
        compare([runs / "one", other], FIVE)


def test_costs_of_each_cases_own_are_those_the_run_told(run_dirs):
    priced = run_dirs["priced"]
    compared = compare([priced])
    metrics = json.loads((priced / "metrics.json").read_text())
    told = {model["name"]: model["dollars_per_case"] for model in metrics["models"]}
    assert {m.name: m.dollars_per_case for m in compared.models} == pytest.approx(told)
    # Another matrix of the same column: twice the costs.
    judge = read_run(priced).matrix
    twice = replace(judge, name="twice", dollars_per_unit=2.0)
    doubled = compare([priced], twice)
    assert {m.name: m.dollars_per_case / 2 for m in doubled.models} == pytest.approx(told)


def test_cases_of_a_group_stay_together(tmp_path):
    """The intervals of a comparison are those of the run, for which a group is one observation."""
    groups = np.arange(240) // 4

    @hookimpl
    def fw_register_datasets():
        X, y = blobs()
        load = lambda: Dataset(X, y, ("no", "yes"), groups=groups)  # noqa: E731
        return [DatasetSpec("grouped", ("no", "yes"), load, default_model="logistic")]

    registry = Registry(entry_points=[])
    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("g", "g", "1"))
    result = run(
        RunConfig(
            dataset="grouped",
            cost_matrix=FIVE,
            epochs=3,
            loss="cross_entropy",
            report=False,
            out=tmp_path / "grouped",
        ),
        registry,
    )
    (part,) = compare([tmp_path / "grouped"], FIVE).parts
    told, true = part.groups, groups[np.sort(result.test.rows)]
    np.testing.assert_array_equal(told[:, None] == told, true[:, None] == true)
    for model in compare([tmp_path / "grouped"], FIVE).models:
        expected = result.model(model.name).interval
        assert model.interval.n == expected.n == 15
        assert model.interval.standard_error == pytest.approx(expected.standard_error)


def test_too_few_groups_are_said_and_give_no_interval(runs, tmp_path):
    folder = changeable_copy(runs / "one", tmp_path / "one")
    for path in (folder / "predictions").glob("*.csv"):
        header, *rows = path.read_text().splitlines()
        lines = [f"{row},{k % 5}" for k, row in enumerate(rows)]
        path.write_text("\n".join([f"{header},group", *lines]) + "\n")
    compared = compare([folder], FIVE)
    told = compared.to_json()
    assert {model["interval"] for model in told["models"]} == {None}
    assert told["differences"][0]["probability_cheaper"] is None
    write_comparison(compared, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert TOO_FEW in page
    assert "None" not in page
    assert TOO_FEW in models_table(compared).rows[0]


def test_a_run_without_the_columns_its_costs_need_is_told(run_dirs, tmp_path):
    old = tmp_path / "old"
    changeable_copy(run_dirs["priced"], old)
    for path in (old / "predictions").glob("*.csv"):
        rows = [line.rsplit(",", 1)[0] for line in path.read_text().splitlines()]
        path.write_text("\n".join(rows) + "\n")
    with pytest.raises(ArtifactError, match="lack the column amount, which the costs depend on"):
        compare([old], FIVE)


def test_the_command_prints_a_table_or_json_and_writes_a_page(runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cli = CliRunner()
    done = cli.invoke(main, ["compare", str(runs / "one"), str(runs / "two"), "--out", "c.html"])
    assert done.exit_code == 0, done.output
    assert "differences are paired" in done.stdout
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "lost least on these 60 cases" in page or "always deciding" in page
    assert "100.0%" not in page
    again = cli.invoke(main, ["compare", str(runs / "one"), "--out", "c.html"])
    assert again.exit_code == 2
    assert "c.html exists already" in again.stderr
    (tmp_path / "cheap.json").write_text(json.dumps(CHEAP.to_dict()))
    told = cli.invoke(
        main, ["compare", str(runs / "other"), "--evaluation-matrix", "cheap.json", "--json"]
    )
    assert json.loads(told.stdout)["evaluation_matrix"] == "cheap"


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_in_a_browser(runs, width, tmp_path):
    folder = tmp_path / "out"
    write_comparison(
        compare([runs / "one", runs / "two", runs / "other"], FIVE), folder / "report.html"
    )
    told, console = measured(folder, width, tmp_path)
    assert console == []
    assert told["sticking_out"] == []
    assert told["scrollWidth"] <= told["width"]
    assert told["charts"] == 2
    assert told["silent"] == told["flat"] == 0
