"""Runs whose training cases are read block by block, against those that hold them."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas
import pytest

from framework import (
    DatasetSpec,
    RunConfig,
    Source,
    explain,
    hookimpl,
    load,
    read_run,
    run,
    sweep,
)
from framework.core.errors import ConfigError, PluginError
from framework.plugins.registry import Plugin
from tests.conftest import plugin

COSTS = ["no->yes=1", "yes->no=5"]
QUICK = {"target": "late", "cost": COSTS, "model": "logistic", "report": False}


def frame(n, seed=0):
    """What is late grows with the first number, the second and the channel; probabilities are known."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    channel = rng.choice(["web", "mail"], n)
    p = 1 / (1 + np.exp(1 - 2 * x[:, 0] - x[:, 1] - (channel == "mail")))
    amounts = np.round(np.exp(rng.normal(size=n)), 2)
    return pandas.DataFrame(
        {
            "first": np.round(x[:, 0], 4),
            "second": np.where(rng.random(n) < 0.05, np.nan, np.round(x[:, 1], 4)),
            "channel": channel,
            "amount": amounts,
            "late": np.where(rng.random(n) < p, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """120,000 cases in two Parquet files: two blocks of training cases."""
    place = tmp_path_factory.mktemp("table") / "orders"
    place.mkdir()
    cases = frame(120_000)
    for number, part in enumerate((cases[:70_000], cases[70_000:])):
        part.to_parquet(place / f"part-{number}.parquet", row_group_size=20_000)
    return place


@pytest.fixture(scope="module")
def results(folder):
    """The same run with the cases streamed and held."""
    quick = {**QUICK, "epochs": 3, "batch_size": 512, "test_fraction": 0.05}
    return {
        told: run(
            RunConfig(dataset=str(folder), stream=told, out=folder.parent / told, **quick),
            progress=None,
        )
        for told in ("yes", "no")
    }


def test_a_streamed_run_learns_what_one_does_that_holds_its_cases(results):
    """Of 6,000 test cases each, other ones: dollars within 5 standard errors of a mean."""
    streamed, held = (results[told] for told in ("yes", "no"))
    assert streamed.test.schema.names == held.test.schema.names
    assert streamed.test.schema.features == held.test.schema.features
    for name in ("built-in", "built-in + decision", "stated costs"):
        mine, other = (result.model(name) for result in (streamed, held))
        spread = np.hypot(
            *(r.model(name).case_dollars.std() / len(r.test.y) ** 0.5 for r in (streamed, held))
        )
        assert abs(mine.mean_dollars - other.mean_dollars) < 5 * spread
        outcomes = [model.outcomes[0].evaluation.accuracy for model in (mine, other)]
        assert outcomes[0] == pytest.approx(outcomes[1], abs=0.03)


def test_the_true_number_of_cases_is_told(results, folder):
    told = json.loads((folder.parent / "yes" / "metrics.json").read_text())
    tested, counts = told["n_test"], told["training_part"]["class_counts"]
    late = pandas.concat(pandas.read_parquet(file) for file in sorted(folder.iterdir()))["late"]
    stored = read_run(folder.parent / "yes")
    validated = 120_000 - tested - sum(counts)
    assert 5_500 < tested < 6_500
    assert 22_000 < validated < 23_700  # a fifth of the rest
    assert told["n_train"] == sum(counts)
    assert told["training_part"]["sampled"] == sum(counts)  # of a small table all
    assert abs(counts[1] / sum(counts) - (late == "yes").mean()) < 0.01
    assert stored.metrics["n_train"] == sum(counts)
    (remark,) = (text for text in told["warnings"] if "streamed" in text)
    assert remark.startswith(f"{sum(counts):,} training cases were streamed")
    assert f"{validated:,} further cases validate, and {tested:,} judge" in remark


def test_a_streamed_run_leaves_nothing_but_its_folder(results, folder):
    assert sorted(path.name for path in folder.parent.iterdir()) == ["no", "orders", "yes"]
    assert not [*folder.parent.rglob("cases.bin")]


def test_its_model_answers_as_any(results, folder):
    model = load(folder.parent / "yes")
    new = frame(50, seed=1)
    asked = model.predict(new.drop(columns="late"))
    assert set(asked) <= {"no", "yes"}
    mildest = new.drop(columns="late").assign(first=-5.0, second=-5.0)
    assert set(model.predict(mildest)) == {"no"}


def test_it_can_be_explained(results, folder):
    """Which finds the same test part again, and shuffles its columns."""
    found = explain(folder.parent / "yes", ["stated costs"], repeats=2, progress=None)
    lost = {record["feature"]: record["dollars_lost"] for record in found.records()}
    assert max(lost, key=lost.get) == "first"


def test_costs_may_depend_on_the_case(folder, tmp_path):
    """Missing a late order costs its amount: the amounts of all training cases are read with them."""
    matrix = {
        "name": "amounts",
        "labels": ["no", "yes"],
        "costs": [[0, 1], [{"column": "amount", "factor": 3}, 0]],
    }
    (tmp_path / "costs.json").write_text(json.dumps(matrix))
    quick = {**QUICK, "cost": (), "cost_matrix": str(tmp_path / "costs.json"), "epochs": 2}
    settings = {**quick, "batch_size": 512, "test_fraction": 0.05, "loss": "weighted_cross_entropy"}
    dollars = {}
    for told in ("yes", "no"):
        found = run(
            RunConfig(dataset=str(folder), stream=told, out=tmp_path / told, **settings),
            progress=None,
        )
        dollars[told] = found.first_trained
    spread = [m.case_dollars.std() / len(m.case_dollars) ** 0.5 for m in dollars.values()]
    gap = dollars["yes"].mean_dollars - dollars["no"].mean_dollars
    assert abs(gap) < 5 * np.hypot(*spread)


@pytest.fixture
def offered(registry):
    """A registry with datasets whose plugins give a Source; notes how often it was asked."""
    cases, asked = frame(3_000), []

    def chunks():
        asked.append(1)
        for start in range(0, len(cases), 1_000):
            yield cases[start : start + 1_000]

    def failing():
        yield cases[:1_000]
        raise ValueError("the database has gone")

    @hookimpl
    def fw_register_datasets():
        labels = ("no", "yes")
        return [
            DatasetSpec("orders", labels, lambda: Source(chunks, target="late")),
            DatasetSpec("failing", labels, lambda: Source(failing, target="late")),
        ]

    registry.register(
        plugin(fw_register_datasets=fw_register_datasets), Plugin("orders", "fw-orders", "1.0")
    )
    assert registry.failures == []
    registry.asked = asked
    return registry


def test_a_plugin_may_give_a_source(offered, tmp_path):
    settings = {"cost": COSTS, "model": "logistic", "report": False, "epochs": 2}
    streamed = run(
        RunConfig(dataset="orders", out=tmp_path / "a", **settings), offered, progress=None
    )
    assert len(offered.asked) == 2  # to sample, and to write
    held = run(
        RunConfig(dataset="orders", stream="no", out=tmp_path / "b", **settings),
        offered,
        progress=None,
    )
    assert streamed.n_train < held.n_train == 2_250
    assert streamed.test.schema.names == held.test.schema.names


@pytest.mark.slow
def test_auto_goes_by_the_sample(offered, tmp_path):
    """Classifiers that are no networks learn from it, and are validated as networks are."""
    settings = {"cost": COSTS, "report": False, "strategy": "auto", "time_budget": 1}
    found = run(
        RunConfig(dataset="orders", out=tmp_path / "run", **settings), offered, progress=None
    )
    assert "cases of the validation data" in str(found.served.to_json())
    assert found.model(found.served.model).mean_dollars > found.bounds.constant


def test_a_sweep_trains_on_what_is_streamed(offered, tmp_path):
    settings = {"cost": COSTS, "model": "logistic", "report": False, "epochs": 2}
    found = sweep(
        RunConfig(dataset="orders", out=tmp_path / "sweep", **settings),
        ratio="fn:fp=1:1..16:1",
        points=3,
        registry=offered,
        progress=None,
    )
    n_train = found.data["n_train"]
    assert any(
        f"{n_train:,} training cases were streamed" in told for told in found.data["warnings"]
    )
    assert not [*tmp_path.rglob("cases.bin")]


def test_what_a_source_raises_is_its_plugins_failure(offered, tmp_path):
    settings = {"cost": COSTS, "report": False, "out": tmp_path / "run"}
    told = (
        r'dataset "failing" \(fw-orders 1\.0.*\) failed to give its cases: ValueError: the database'
    )
    with pytest.raises(PluginError, match=told):
        run(RunConfig(dataset="failing", **settings), offered, progress=None)
    assert not (tmp_path / "run").exists()


def test_what_makes_no_sense_with_a_stream_is_refused(offered, folder, tmp_path):
    quick = {**QUICK, "out": tmp_path / "run"}
    for name in ("test_data", "validation_data"):
        settings = {"dataset": str(folder), "stream": "yes", name: folder, **quick}
        with pytest.raises(
            ConfigError, match=f"{name}: cases that are streamed are parted by a hash"
        ):
            run(RunConfig(**settings), progress=None)
    with pytest.raises(
        ConfigError, match="folds: cases that are streamed are validated on one part"
    ):
        run(RunConfig(dataset=str(folder), stream="yes", folds=5, **quick), progress=None)
    with pytest.raises(
        ConfigError, match='stream: the dataset "blobs" gives its cases all at once'
    ):
        run(RunConfig(dataset="blobs", stream="yes", cost=COSTS), offered, progress=None)
    with pytest.raises(ConfigError, match="stream: input should be 'auto'"):
        RunConfig(dataset="blobs", stream="perhaps")


def test_a_setting_of_the_split_without_effect_is_told(results):
    assert not [text for text in results["yes"].warnings if "ignored" in text]


@pytest.mark.slow
def test_cases_that_are_killed_while_they_are_written_leave_nothing_in_the_end(folder, tmp_path):
    """The same command goes on, and neither file nor claim is left of the one that was killed."""
    words = ["run", str(folder), "--target", "late", "--cost", "no->yes=1", "--cost", "yes->no=5"]
    words += ["--stream", "yes", "--model", "logistic", "--epochs", "1", "--batch-size", "4096"]
    words += ["--test-fraction", "0.01", "--no-report", "--out", str(tmp_path / "run")]
    command = [sys.executable, "-c", "from framework.cli.main import main; main()", *words]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    file = tmp_path / ".run.partial" / "training" / "cases" / "cases.bin"
    while not file.exists() and process.poll() is None:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert file.exists()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_training_that_was_stopped_goes_on_without_writing_its_cases_again(folder, tmp_path):
    settings = {**QUICK, "epochs": 3, "batch_size": 512, "test_fraction": 0.01, "stream": "yes"}
    config = RunConfig(
        dataset=str(folder), checkpoints=tmp_path / "kept", out=tmp_path / "run", **settings
    )

    class StopError(BaseException):
        """As Ctrl-C is."""

    def stop(progress):
        raise StopError

    with pytest.raises(StopError):
        run(config, progress=stop)
    file = tmp_path / "kept" / "cases" / "cases.bin"
    before = file.stat()
    seen = []

    def note(progress):
        seen.append((file.stat().st_ino, file.stat().st_mtime_ns))

    run(config, progress=note)
    assert set(seen) == {(before.st_ino, before.st_mtime_ns)}
    assert not file.exists()
    assert (tmp_path / "run" / "metrics.json").exists()
