"""A run with more classes than a page can show one by one."""

import csv
import json
import re

import numpy as np
import pytest

from framework import ArtifactError, CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, read_run
from framework import run as run_of
from framework.plugins.registry import Plugin, Registry

N = 210
LABELS = tuple(f"class {k}" for k in range(N))
GROUPS = {f"group {k}": LABELS[k * 70 : (k + 1) * 70] for k in range(3)}


class Blobs:
    """Six cases of each class, which a network tells apart hardly at all."""

    @hookimpl
    def fw_register_datasets(self):
        return [DatasetSpec("blobs", LABELS, self.load, default_model="logistic")]

    @staticmethod
    def load():
        rng = np.random.default_rng(0)
        y = np.arange(6 * N) % N
        return Dataset(rng.normal(size=(N, 8))[y] + rng.normal(size=(6 * N, 8)), y, LABELS)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    registry = Registry(entry_points=[])
    registry.register(Blobs(), Plugin("many", "many", "0"))
    group = np.arange(N) // 70
    costs = np.where(group[:, None] == group, 5.0, 1000.0 * (1 + group[:, None]))
    np.fill_diagonal(costs, 0)
    matrix = CostMatrix("tree", LABELS, costs, groups=GROUPS)
    out = tmp_path_factory.mktemp("many") / "run"
    config = RunConfig(dataset="blobs", cost_matrix=matrix, epochs=1, folds=1, out=out)
    return run_of(config, registry)


def test_probabilities_are_arrays_beside_the_decisions(result):
    files = sorted((result.run_dir / "predictions").iterdir())
    assert [file.suffix for file in files] == [".csv", ".npy"] * len(result.models)
    header, *rows = csv.reader(files[0].read_text().splitlines())
    assert header == ["case", "true", "predicted", "dollars"]
    assert len(rows) == len(result.test.y)
    stored = read_run(result.run_dir)
    for model in result.models:
        read = stored.model(model.name)
        assert np.abs(read.probabilities - model.probabilities).max() < 1e-7
        assert (read.decisions == model.decisions).all()


def test_heat_maps_are_of_groups_and_nothing_is_moved(result):
    page = (result.run_dir / "report.html").read_text()
    assert "Heat map of 3 truths by 3 decisions" in page
    assert re.search("Groups of the 210 classes, the dearest ones", page)
    assert "Means of groups of the 210 classes" in page
    assert 'id="move"' not in page
    assert 'href="#move"' not in page


def test_costs_of_the_losses_are_not_written_out(result):
    metrics = json.loads((result.run_dir / "metrics.json").read_text())
    assert [model["training_costs"] for model in metrics["models"]] == [None] * len(result.models)


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (np.zeros((3, N), np.float32), r"expected an array \(\d+, 210\) of float32, received"),
        (np.zeros((0, N), np.float64), "of float32, received .* of float64"),
    ],
)
def test_an_array_that_is_none_of_these_cases_is_refused(result, array, told, tmp_path):
    import shutil

    other = tmp_path / "run"
    shutil.copytree(result.run_dir, other)
    (other / "run.json").unlink()
    np.save(next((other / "predictions").glob("*.npy")), array)
    with pytest.raises(ArtifactError, match=told):
        read_run(other)


def test_an_array_with_gaps_is_refused(result, tmp_path):
    import shutil

    other = tmp_path / "run"
    shutil.copytree(result.run_dir, other)
    (other / "run.json").unlink()
    path = next((other / "predictions").glob("*.npy"))
    array = np.load(path)
    array[0, 0] = np.nan
    np.save(path, array)
    with pytest.raises(ArtifactError, match="expected numbers, received NaN or infinity"):
        read_run(other)
