"""A folder of cases to validate on: strategies are chosen there, nothing is trained on it."""

import numpy as np
import pytest

from framework import Dataset, DatasetSpec, RunConfig, hookimpl, run
from framework.core.dataset import split
from framework.errors import ConfigError
from framework.plugins.registry import Plugin

from .conftest import FIVE, blobs, plugin


@pytest.fixture
def from_folders(registry, tmp_path):
    """A dataset "files" of 200 cases, and two folders of it, a and b."""

    def load(data_dir):
        with np.load(data_dir / "cases.npz") as file:
            return Dataset(file["X"], file["y"], ("no", "yes"), groups=file["groups"])

    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("files", ("no", "yes"), load, default_model="logistic")]

    registry.register(
        plugin(fw_register_datasets=fw_register_datasets), Plugin("files", "fw-files", "1.0")
    )
    for name, n in (("a", 160), ("b", 40)):
        (tmp_path / name).mkdir()
        X, y = blobs(n, seed=n)
        np.savez(tmp_path / name / "cases.npz", X=X, y=y, groups=np.arange(n) // 4)
    return registry, tmp_path / "a", tmp_path / "b"


def test_validated_on_the_folder_and_trained_on_the_rest(from_folders, elsewhere):
    registry, a, b = from_folders
    config = RunConfig(
        dataset="files", cost_matrix=FIVE, data=a, validation_data=b, epochs=3, report=False
    )
    result = run(config, registry)
    (trial,) = result.model("five").choice.trials
    assert trial.dollars_per_case < 0
    assert result.model("five").choice.validation == "40 cases of the validation data"
    assert result.n_train + len(result.test_rows) == 160
    without = run(RunConfig(**{**dict(config), "validation_data": None}), registry)
    assert without.model("five").choice.trials == ()
    np.testing.assert_array_equal(without.test_rows, result.test_rows)
    np.testing.assert_allclose(
        without.model("five").probabilities, result.model("five").probabilities, atol=1e-6
    )


def test_groups_of_the_two_folders_are_different_groups(from_folders):
    _, a, b = from_folders
    parts = []
    for folder in (a, b):
        with np.load(folder / "cases.npz") as file:
            parts.append(Dataset(file["X"], file["y"], ("no", "yes"), groups=file["groups"]))
    joined = parts[0].with_validation(parts[1])
    assert not set(joined.groups[:160]) & set(joined.groups[160:])
    halves = split(joined)
    assert sorted([*halves.train, *halves.test]) == list(range(160))


def test_a_dataset_without_folders_takes_none(registry, tmp_path):
    with pytest.raises(ConfigError, match='--validation-data: the dataset "blobs" takes no such'):
        run(RunConfig(dataset="blobs", cost_matrix=FIVE, validation_data=tmp_path), registry)
