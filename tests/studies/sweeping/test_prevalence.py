"""A sweep of the prevalence: one run, decided and judged at every share."""

import json

import pytest
from click.testing import CliRunner

from framework import ConfigError, CostMatrix, RunConfig
from framework import sweep_prevalence as sweep_prevalence_in_python
from framework.cli.main import main
from framework.studies.sweeping.prevalence import sweep_prevalence
from framework.studies.sweeping.run import sweep
from tests.conftest import FIVE


def settings(out, **changed):
    return RunConfig(dataset="blobs", cost_matrix=FIVE, report=False, epochs=2, out=out, **changed)


@pytest.mark.slow
def test_a_sweep_of_the_prevalence_leaves_a_run_and_its_curve(registry, tmp_path):
    found = sweep_prevalence(settings(tmp_path / "run"), {"yes": "0.01..0.2"}, 5, registry)
    assert found.curve.values[[0, -1]].tolist() == pytest.approx([0.01, 0.2])
    told = json.loads((tmp_path / "run" / "prevalence.json").read_text())
    assert told == json.loads(json.dumps(found.curve.to_json()))
    assert set(told["dollars_per_case"]) >= {"built-in", "five", "always no", "a perfect oracle"}
    assert all(len(of) == 5 for of in told["dollars_per_case"].values())


@pytest.mark.parametrize("points", [0, 1])
def test_a_curve_of_fewer_than_two_points_is_refused(points, registry, tmp_path):
    with pytest.raises(ConfigError, match=f"--points: expected at least 2, received {points}"):
        sweep_prevalence(settings(tmp_path / "run"), {"yes": "0.01..0.2"}, points, registry)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_from_python_there_is_a_page(registry, tmp_path):
    config = settings(tmp_path / "run").model_copy(update={"report": True})
    found = sweep_prevalence_in_python(
        config, {"yes": "0.01..0.2"}, points=3, registry=registry, progress=None
    )
    assert len(found.curve.values) == 3
    assert "Dollars against the prevalence" in (tmp_path / "run" / "report.html").read_text()


def test_a_sweep_of_costs_refuses_a_matrix_with_a_prevalence(registry, tmp_path):
    matrix = CostMatrix("five", FIVE.labels, FIVE.costs, prevalence={"yes": 0.1})
    config = RunConfig(dataset="blobs", cost_matrix=matrix, out=tmp_path / "sweep")
    with pytest.raises(ConfigError, match="a sweep of costs goes by the shares of the classes"):
        sweep(config, registry=registry)


@pytest.mark.slow
def test_the_command_tells_the_curve_and_writes_its_page(tmp_path):
    out = tmp_path / "run"
    command = ["sweep", "breast_cancer", "--prevalence", "malignant=0.001..0.5", "--epochs", "2"]
    done = CliRunner().invoke(main, [*command, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "swept: the share of “malignant”, 0.1% to 50%" in done.stdout
    assert "always malignant" in done.stdout
    assert "Dollars against the prevalence of “malignant”" in (out / "report.html").read_text()
    assert CliRunner().invoke(main, ["report", str(out)]).exit_code == 0
    assert (out / "plots" / "prevalence.png").is_file()


def test_the_command_refuses_two_things_to_sweep(tmp_path):
    command = [
        "sweep",
        "breast_cancer",
        "--prevalence",
        "malignant=0.1..0.5",
        "--ratio",
        "fn:fp=1..9",
    ]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "--prevalence is swept alone; leave --ratio and --scale cell=... out" in done.output


@pytest.mark.slow
def test_a_pool_is_trained_once_for_all_values(registry, tmp_path):
    config = settings(tmp_path / "sweep", strategy="auto", time_budget=1e-9)
    found = sweep(config, ratio="fn:fp=1..9", points=3, registry=registry)
    assert found.data["pooled"]
    moved = [model for model in found.models if model.family == "moved"]
    assert len(moved) == 3
    assert len({model.test.tobytes() for model in moved}) > 1  # decided anew at every value
    trained = [model for model in found.models if model.family == "trained"]
    assert len(trained) == 3
    assert (moved[0].test.sum()) <= moved[-1].test.sum()  # dearer misses: more are called "yes"
