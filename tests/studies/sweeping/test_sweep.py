import csv
import errno
import json
import os
import shutil

import numpy as np
import pytest

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, run, sweep
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.errors import ArtifactError, ConfigError, StorageError
from framework.core.evaluation.evaluation import evaluate
from framework.experiment.folders.run_listing import list_runs
from framework.plugins.registry import Plugin
from framework.studies.sweeping.folder import read
from framework.studies.sweeping.run import sweep as run_sweep
from tests.conftest import FIVE, THREE, blobs, offering_blobs, plugin

pytestmark = pytest.mark.usefixtures("elsewhere")


def config(**settings):
    defaults = {
        "dataset": "blobs",
        "cost_matrix": FIVE,
        "report": False,
        "epochs": 3,
        "learning_rate": 0.05,
    }
    return RunConfig(**{**defaults, **settings})


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep") / "out"
    own = offering_blobs()
    return sweep(config(out=folder), ratio="fn:fp=1..100", points=7, registry=own), own


@pytest.fixture(scope="module")
def alone(swept, tmp_path_factory):
    """A run of the same cases with one of the matrices of the sweep."""
    matrix = CostMatrix("ten", FIVE.labels, [[0, 1], [10, 0]])
    out = tmp_path_factory.mktemp("alone") / "out"
    return run(config(cost_matrix=matrix, out=out), swept[1])


def test_every_model_is_told_with_its_family_and_value(swept):
    result, _ = swept
    names = [model["name"] for model in result.data["models"]]
    assert names[:3] == ["always no", "always yes", "equal costs"]
    assert names[3:10] == [f"moved at {label}" for label in LABELS]
    assert names[10:] == [f"trained at {label}" for label in LABELS]
    assert result.data["networks"] == 8
    assert result.data["axis"]["present"] == 5


LABELS = ("1:1", "2.15:1", "4.64:1", "10:1", "21.5:1", "46.4:1", "100:1")


def test_a_trained_model_decides_as_that_of_a_run_with_its_matrix(swept, alone):
    result, _ = swept
    model = next(model for model in result.models if model.name == "trained at 10:1")
    np.testing.assert_array_equal(model.test, alone.model("ten").decisions)
    equal = next(model for model in result.models if model.name == "equal costs")
    np.testing.assert_array_equal(equal.test, alone.baseline.decisions)


def test_dollars_along_the_axis_are_those_of_evaluating_each_model_there(swept, alone):
    result, _ = swept
    for model, told in zip(result.models, result.data["models"], strict=True):
        for value in (1.0, 10.0, 55.5):
            judge = CostMatrix("judge", FIVE.labels, [[0, 1], [value, 0]])
            expected = evaluate(alone.test.y, model.test, judge).dollars_per_case
            line = told["test"]["constant"] + told["test"]["slope"] * value
            assert line == pytest.approx(expected)
        assert told["test"]["dollars_per_case"] == pytest.approx(
            evaluate(alone.test.y, model.test, FIVE).dollars_per_case
        )


def test_what_lost_least_on_validation_is_told_everywhere(swept):
    data = swept[0].data
    of_name = {model["name"]: model["validation"] for model in data["models"]}
    for segment in data["segments"]:
        middle = (segment["low"] + segment["high"]) / 2
        dollars = {name: of["constant"] + of["slope"] * middle for name, of in of_name.items()}
        assert dollars[segment["model"]] == pytest.approx(max(dollars.values()))
    for row in data["sensitivity"]:
        for end, inside in (("low", 1), ("high", -1)):
            if row[end] is not None:
                assert inside * (row["present"] - row[end]["at"]) >= 0


def test_luck_among_fifteen_models_of_180_cases_recommends_none_of_the_elaborate_ones(swept):
    """The values of the axis nearest to the costs: in logs, to 5:1 and to each value itself."""
    data = swept[0].data
    assert data["recommended"] == "moved at 4.64:1"
    best = max(model["validation"]["dollars_per_case"] for model in data["models"])
    (own,) = [m["validation"] for m in data["models"] if m["name"] == data["recommended"]]
    assert best - own["dollars_per_case"] < 0.2


def test_choices_never_look_at_the_test_part(flipped):
    """Other labels in the test part: the same recommendations, ranges and trained models."""
    right, wrong = (
        sweep(config(dataset=name), ratio="fn:fp=1..50", points=4, registry=flipped).data
        for name in ("right", "flipped")
    )
    assert right["segments"] == wrong["segments"]
    assert right["sensitivity"] == wrong["sensitivity"]
    assert right["recommended"] == wrong["recommended"]
    for way, rows in right["ways"].items():
        assert [row["model"] for row in rows] == [row["model"] for row in wrong["ways"][way]]
    for one, other in zip(right["models"], wrong["models"], strict=True):
        assert one["validation"] == other["validation"]
    brought, lost = (of["present"]["rows"][0]["dollars_per_case"] for of in (right, wrong))
    assert brought > lost


def test_a_sweep_that_was_cut_short_trains_nothing_again(swept, tmp_path):
    whole, own = swept
    axis = {"ratio": "fn:fp=1..100", "points": 7, "registry": own}

    def full(folder):
        assert (folder / "sweep.json").is_file()
        assert not (tmp_path / "out").exists()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StorageError, match="the disk is full"):
        run_sweep(config(out=tmp_path / "out"), add=full, **axis)
    assert [one.state for one in list_runs(tmp_path)] == ["dead"]
    told = []
    run_sweep(config(out=tmp_path / "out"), progress=told.append, **axis)
    assert {progress.epoch for progress in told} == {3}  # what is taken up tells of its last epoch
    for name in ("sweep.csv", "break_even.csv", "cost_matrix.json"):
        assert (tmp_path / "out" / name).read_bytes() == (whole.run_dir / name).read_bytes()


def test_a_changed_file_of_a_sweep_is_told(swept, tmp_path):
    folder = shutil.copytree(swept[0].run_dir, tmp_path / "sweep")
    read(folder)
    (folder / "break_even.csv").write_text("first,second\n")
    with pytest.raises(ArtifactError, match=r"break_even\.csv is not as it was written"):
        read(folder)


def test_the_folder_holds_the_tables_and_a_matrix_to_train_with(swept):
    result, _ = swept
    assert json.loads((result.run_dir / "sweep.json").read_text()) == result.data
    made = json.loads((result.run_dir / "run.json").read_text())
    assert (made["format"], made["kind"]) == (1, "sweep")
    with (result.run_dir / "sweep.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["model"] for row in rows] == [model["name"] for model in result.data["models"]]
    assert float(rows[0]["test_recall"]) == 0.0
    with (result.run_dir / "break_even.csv").open() as file:
        pairs = list(csv.DictReader(file))
    of = {model["name"]: model["test"] for model in result.data["models"]}
    for pair in pairs:
        first, second = of[pair["first"]], of[pair["second"]]
        at = float(pair["first_is_cheaper_above"])
        assert first["constant"] + first["slope"] * at == pytest.approx(
            second["constant"] + second["slope"] * at
        )
        assert first["slope"] > second["slope"]
    assert not (result.run_dir / "report.html").exists()


def test_a_recommended_trained_model_can_be_trained_again_by_a_run(registry):
    found = sweep(
        config(dataset="blobs3", cost_matrix=THREE),
        cells="cell=b->*:0.5..50",
        points=3,
        registry=registry,
    )
    assert found.data["axis"]["present"] == 1
    assert (found.run_dir / "recommended.json").exists() == (
        found.data["recommended"].startswith("trained")
    )
    swept = [model["test"]["swept_mistakes"] for model in found.data["models"]]
    wrong = [np.array(model["test"]["confusion_matrix"])[1] for model in found.data["models"]]
    assert swept == [row[0] + row[2] for row in wrong]


def test_costs_that_depend_on_the_case_can_be_multiplied(registry):
    by_amount = ColumnCost("yes", "no", "amount", 0.75)
    matrix = CostMatrix("priced", ("no", "yes"), [[0, 9], [1, 0]], column_costs=(by_amount,))

    @hookimpl
    def fw_register_datasets():
        X, y = blobs()
        names = ("amount", "b", "c")
        return [DatasetSpec("priced", ("no", "yes"), lambda: Dataset(X, y, ("no", "yes"), names))]

    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("p", "p", "1"))
    found = sweep(
        config(dataset="priced", cost_matrix=matrix),
        cells="cell=yes->no:x0.1..x10",
        points=3,
        registry=registry,
    )
    for model in found.data["models"]:
        of = model["test"]
        assert of["constant"] + of["slope"] * 1.0 == pytest.approx(of["dollars_per_case"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seeds": 2}, "seeds: a sweep takes no such setting"),
        ({"prevalence": {"yes": 0.1}}, "prevalence: a sweep takes no such setting"),
        ({"cost_matrix": (FIVE, FIVE)}, "expected one cost matrix to sweep, received 2"),
    ],
)
def test_settings_a_sweep_cannot_take(registry, settings, message):
    with pytest.raises(ConfigError, match=message):
        sweep(config(**settings), registry=registry)


def test_a_cell_of_truth_and_action_is_swept_without_any_accuracy(registry, tmp_path):
    acts = CostMatrix(
        "acts", ("no", "yes"), [[0, 4, 10], [100, 30, 5]], actions=("leave", "ask", "act")
    )
    settings = config(cost_matrix=acts, report=True, out=tmp_path / "out")
    found = sweep(settings, cells="cell=yes->ask:3..300", points=3, registry=registry)
    data = found.data
    assert data["actions"] == data["decisions"] == ["leave", "ask", "act"]
    assert data["axis"]["present"] == 30
    assert {row["cost"] for row in data["sensitivity"]} >= {"yes->ask", "leave if yes"}
    for model in data["models"]:
        of = model["test"]
        counts = np.array(of["confusion_matrix"])
        assert counts.shape == (2, 3)
        assert of["accuracy"] is None
        assert of["swept_mistakes"] == counts[1, 1]
        assert of["constant"] + of["slope"] * 30 == pytest.approx(of["dollars_per_case"])
        assert of["slope"] == pytest.approx(-counts[1, 1] / counts.sum())
    page = (tmp_path / "out" / "report.html").read_text()
    assert "“ask” for a “yes” case" in page
    assert "Recall and precision" not in page


def test_two_matrices_of_other_actions_have_no_axis(registry):
    acts = CostMatrix("acts", ("no", "yes"), [[0, 4], [100, 5]], actions=("leave", "act"))
    settings = config(cost_matrix=acts, evaluation_matrix=FIVE)
    with pytest.raises(ConfigError, match="sweep with one matrix, or with two of the same actions"):
        sweep(settings, cells="cell=yes->leave:1..10", registry=registry)
