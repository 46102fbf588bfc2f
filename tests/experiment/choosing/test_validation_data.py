"""A folder of cases to validate on: strategies are chosen there, nothing is trained on it."""

from dataclasses import replace

import numpy as np
import pytest

from framework import Dataset, DatasetSpec, RunConfig, hookimpl, run
from framework.core.cases.splitting import split
from framework.core.errors import ConfigError, DataError
from framework.plugins.registry import Plugin
from tests.conftest import FIVE, blobs, plugin


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
        groups = [f"{name}{k // 4:02d}" for k in range(n)]
        np.savez(tmp_path / name / "cases.npz", X=X, y=y, groups=groups)
    return registry, tmp_path / "a", tmp_path / "b"


def test_validated_on_the_folder_and_trained_on_the_rest(from_folders, elsewhere):
    registry, a, b = from_folders
    config = RunConfig(
        dataset="files", cost_matrix=FIVE, data=a, validation_data=b, epochs=3, report=False
    )
    result = run(config, registry)
    choice = result.model("five").choice
    assert choice.trial.dollars_per_case < 0
    assert choice.dollars.shape == (40,)
    assert choice.validation == "40 cases of the validation data"
    assert result.n_train + len(result.test.rows) == 160
    without = run(RunConfig(**{**dict(config), "validation_data": None}), registry)
    assert "cross-validation" in without.model("five").choice.validation
    np.testing.assert_array_equal(without.test.rows, result.test.rows)
    np.testing.assert_allclose(
        without.baseline.probabilities, result.baseline.probabilities, atol=1e-6
    )


def test_groups_of_the_two_folders_keep_their_ids(from_folders):
    _, a, b = from_folders
    joined = of_folder(a).with_validation(of_folder(b))
    assert joined.groups[[0, 159, 160, 199]].tolist() == ["a00", "a39", "b00", "b09"]
    halves = split(joined)
    assert sorted([*halves.train, *halves.test]) == list(range(160))


def test_a_group_in_both_folders_is_refused_and_named(from_folders):
    registry, a, _ = from_folders
    config = RunConfig(dataset="files", cost_matrix=FIVE, data=a, validation_data=a)
    with pytest.raises(DataError) as error:
        run(config, registry)
    message = 'the group "a00" has cases in the training part and in the validation part (40 such'
    assert message in str(error.value)


def test_groups_in_one_folder_alone_are_refused(from_folders):
    _, a, b = from_folders
    bare = replace(of_folder(b), groups=None)
    with pytest.raises(DataError, match="only the training data has groups"):
        of_folder(a).with_validation(bare)


def of_folder(folder):
    with np.load(folder / "cases.npz") as file:
        return Dataset(file["X"], file["y"], ("no", "yes"), groups=file["groups"])


def test_a_dataset_without_folders_takes_none(registry, tmp_path):
    with pytest.raises(ConfigError, match='--validation-data: the dataset "blobs" takes no such'):
        run(RunConfig(dataset="blobs", cost_matrix=FIVE, validation_data=tmp_path), registry)


@pytest.mark.parametrize("shape", [(3,), (4, 4, 1)], ids=["table", "pictures"])
@pytest.mark.parametrize("grouped", [False, True])
def test_a_few_cases_are_validated_in_fewer_folds(registry, elsewhere, shape, grouped):
    y = np.arange(16) % 2
    X = np.random.default_rng(0).normal(size=(16, *shape)) + y.reshape(-1, *[1] * len(shape))
    groups = np.arange(16) // 2 if grouped else None

    @hookimpl
    def fw_register_datasets():
        load = lambda: Dataset(X, y, ("no", "yes"), groups=groups)  # noqa: E731
        return [DatasetSpec("few", ("no", "yes"), load, default_model="logistic")]

    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("few", "few", "1"))
    result = run(RunConfig(dataset="few", cost_matrix=FIVE, epochs=2, report=False), registry)
    assert result.served.model in {model.name for model in result.models}
