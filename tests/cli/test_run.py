"""``fw run``, ``predict`` and ``report`` as a person uses them, on the real data."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from framework.cli.main import main
from framework.core.words import MINUS

FW = Path(sys.executable).with_name("fw")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One run of the main job, in JSON, in a process of its own."""
    folder = tmp_path_factory.mktemp("work")
    command = [FW, "run", "breast_cancer", "--cost-matrix", "medical.json", "--json", "--out", "r"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder, done


@pytest.fixture
def fw(finished, monkeypatch):
    """The command line in the folder that the run lies in."""
    monkeypatch.chdir(finished[0])
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_json_is_exactly_one_object_on_stdout_and_progress_plain_lines_on_stderr(finished):
    _, done = finished
    result = json.loads(done.stdout)
    assert result["dataset"] == "breast_cancer"
    assert result["labels"] == ["benign", "malignant"]
    assert result["n_test"] == 143
    names = [model["name"] for model in result["models"]]
    assert names == ["built-in", "built-in + decision", "5:1", "medical"]
    medical = result["models"][3]
    assert medical["loss"] == "expected_cost"
    assert medical["decision_rule"] == "threshold"
    assert np.sum(medical["confusion_matrix"]) == 143
    assert medical["dollars_total"] == pytest.approx(143 * medical["dollars_per_case"])
    assert medical["dollars_per_case"] < 0
    measures = {"precision", "recall", "f1", "support", "referred"}
    assert set(medical["per_class"]["malignant"]) == measures
    assert medical["train_seconds"] > 0
    assert result["served"]["model"] in names
    assert f"“{result['served']['model']}”" in result["verdict"]
    assert result["run_dir"] == "r"
    assert result["versions"]["plugins"] == {"fw-breast-cancer": "0.1.0"}
    assert [line.split(", loss")[0] for line in done.stderr.splitlines()] == [
        "trained 10 of 18: validation, 50 epochs",
        "trained 15 of 18: validation, 50 epochs",
        "trained 17 of 18: expected_cost, 50 epochs",
        "trained 18 of 18: cross_entropy, 50 epochs",
    ]


def test_predicting_from_a_file_gives_the_runs_probabilities(finished, fw):
    folder, _ = finished
    from framework import Registry, RunConfig
    from framework.experiment.loading.checked_dataset import load_dataset

    dataset = load_dataset(
        RunConfig(dataset="breast_cancer"), Registry().offer("dataset", "breast_cancer")
    )
    with (folder / "r" / "predictions" / "built-in-decision.csv").open() as file:
        expected = list(csv.DictReader(file))
    rows = [int(row["case"]) for row in expected]
    with (folder / "new.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *reversed(dataset.feature_names)])
        writer.writerows([i, *reversed(dataset.X[i].tolist())] for i in rows)
    done = fw("predict", "r", "new.csv", "--model", "built-in + decision")
    assert done.exit_code == 0, done.stderr
    assert done.stderr == "Not features, ignored: id\n"
    got = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["predicted"] for row in got] == [row["predicted"] for row in expected]
    np.testing.assert_allclose(
        [float(row["p(malignant)"]) for row in got],
        [float(row["p(malignant)"]) for row in expected],
        atol=1e-6,
    )
    first = got[0]
    p = float(first["p(malignant)"])
    assert float(first["expected_dollars(benign)"]) == pytest.approx(-252_000 * p)


def test_predicting_and_comparing_at_another_prevalence(finished, fw):
    folder, _ = finished
    with (folder / "r" / "predictions" / "built-in-decision.csv").open() as file:
        before = {row["case"]: float(row["p(malignant)"]) for row in csv.DictReader(file)}
    rare = ["--prevalence", "malignant=0.006"]
    done = fw("predict", "r", "new.csv", "--model", "built-in + decision", "--keep", "id", *rare)
    assert done.exit_code == 0, done.stderr
    training = json.loads((folder / "r" / "metrics.json").read_text())["prevalence"]["training"]
    ratio = 0.006 / training["malignant"], 0.994 / training["benign"]
    for row in csv.DictReader(done.stdout.splitlines()):
        p = before[row["id"]]
        moved = ratio[0] * p / (ratio[0] * p + ratio[1] * (1 - p))
        assert float(row["p(malignant)"]) == pytest.approx(moved, abs=1e-6)
    done = fw("compare", "r", *rare, "--json", "--out", "rare.html")
    (part,) = json.loads(done.stdout)["test_parts"]
    assert part["constant_dollars_per_case"] == pytest.approx(-1491.62398)
    done = fw("compare", "r", "--prevalence", "ill=0.1")
    assert done.exit_code == 2
    assert "prevalence: there is no label “ill”; expected one of benign, malignant" in done.stderr


def test_the_report_is_there_and_can_be_written_again(finished, fw):
    folder, _ = finished
    page = folder / "r" / "report.html"
    first = page.read_text()
    assert "always deciding" in first
    page.unlink()
    done = fw("report", "r")
    assert (done.exit_code, done.stdout) == (0, "Report: r/report.html\n")
    assert page.read_text() == first
    done = fw("report", "nowhere")
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_second_run_into_the_same_folder_is_refused(fw):
    done = fw("run", "breast_cancer", "--out", "r")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: --out r: the folder holds another run")
    assert "Traceback" not in done.stderr


def test_the_tables_show_dollars_rivals_mistakes_and_the_verdict(cli):
    done = cli(
        "run", "breast_cancer", "--cost-matrix", "medical.json", "--seeds", "2", "--no-report"
    )
    assert done.exit_code == 0, done.output
    out = done.stdout
    assert "medical.json (shipped with the dataset breast_cancer); 1 QALY = 100,000 USD" in out
    assert "$ per case over 2 seeds (0 to 1)" in out
    assert "2 of 2" in out
    assert "always malignant" in out
    assert 'calling a "malignant" case "benign" costs 252,000 USD' in out
    assert "Where the dollars come from" in out
    assert "Served: “" in out
    assert "per case cheaper" in out or "saves" in out
    assert "Training with the costs is not shown to pay here: “medical” lost" in out
    assert "Run folder: runs/breast_cancer-" in out
    rows = [line.split() for line in out.splitlines()]
    dollars = next(row for row in rows if row[:1] == ["medical"] and "to" in row)
    assert dollars[1].startswith(f"{MINUS}$15,2")


def test_own_matrices_join_the_baseline_and_the_references(cli, tmp_path):
    (tmp_path / "mine.csv").write_text(",benign,malignant\nbenign,0,1000\nmalignant,9000,0\n")
    quick = ("--epochs", "2", "--no-report", "--json")
    done = cli("run", "breast_cancer", "--cost-matrix", "mine.csv", *quick)
    result = json.loads(done.stdout)
    assert [model["name"] for model in result["models"]] == [
        "built-in",
        "built-in + decision",
        "5:1",
        "mine",
    ]
    assert result["evaluation_matrix"] == "mine"
    done = cli(
        *("run", "breast_cancer", "--cost-matrix", "mine.csv", "--no-references", *quick),
        *("--evaluation-matrix", "medical.json"),
    )
    result = json.loads(done.stdout)
    assert [model["name"] for model in result["models"]] == [
        "built-in",
        "built-in + decision",
        "mine",
    ]
    assert result["evaluation_matrix"] == "medical"
    assert result["cost_matrices"]["mine"] == "mine.csv (in the working directory)"
