"""Shared by all tests: a registry without the network of installed plugins, and tiny datasets."""

import gc
import json
import os
import resource
import shutil
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from framework import CostMatrix, RunConfig, run
from framework.plugins.registry import Plugin, Registry
from framework.plugins.specs import DatasetSpec

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SHARED = ROOT.parent / "shared"
# Left by version 0.1.0 (see tests/fixtures/README.md).
OLD_RUN, OLD_SWEEP = (ROOT / "tests" / "fixtures" / name for name in ("run_0_1", "sweep_0_1"))
FIVE = CostMatrix("five", ("no", "yes"), [[0, 1], [5, 0]])
THREE = CostMatrix("three", ("a", "b", "c"), [[0, 1, 5], [1, 0, 1], [9, 9, 0]])


def pytest_xdist_make_scheduler(config, log):
    """Of several processes (``pytest -n 2``) one runs all tests of a file.

    Files below one ``conftest.py`` share its fixtures, mostly trained models, and stay together;
    so do those that share ``signs_result``.
    """
    from xdist.scheduler import LoadFileScheduling

    class Rooms(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = ROOT / nodeid.split("::")[0]
            rooms = (room for room in file.parents if (room / "conftest.py").exists())
            room = next(rooms, TESTS)
            if file == TESTS / "plugins" / "test_street_signs_run.py":
                room = TESTS / "serving"
            return str(file if room == TESTS else room)

    return Rooms(config, log)


def pytest_collection_finish(session):
    """A process of many tests looks for garbage seldom, and never among what stays: TensorFlow and Keras."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        import framework.core.backend  # noqa: F401

        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000)


def blobs(n=240, n_classes=2, n_features=3, seed=0):
    """Overlapping Gaussian classes: learnable, not perfectly."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % n_classes
    X = rng.normal(size=(n, n_features)) + 1.5 * y[:, None]
    return 100 + 10 * X, y


class Frame:
    """What data frames of all libraries have in common: named columns, and an array of them all."""

    def __init__(self, columns):
        self._of, self.columns = columns, list(columns)

    def __getitem__(self, name):
        return self._of[name]

    def __len__(self):
        return len(self._of[self.columns[0]])

    def __array__(self, dtype=None, copy=None):
        return np.array(np.column_stack(list(self._of.values())), dtype)


def forget_digests(folder):
    """Let files of the folder of a run, a sweep or a model be changed, as older versions did."""
    for path in folder.rglob("run.json"):
        made = json.loads(path.read_text())
        made.pop("files", None)
        path.write_text(json.dumps(made))


def changeable_copy(folder, to):
    """A copy of such a folder, the files of which may be changed."""
    shutil.copytree(folder, to)
    forget_digests(to)
    return to


class plugin:  # noqa: N801 -- reads like the module it stands for
    """A plugin whose attributes are hook implementations."""

    def __init__(self, **hooks):
        self.__dict__.update(hooks)


def offering_blobs():
    """A registry of the built-in plugins and two datasets without a shipped matrix."""
    from framework import hookimpl

    registry = Registry(entry_points=[])

    @hookimpl
    def fw_register_datasets():
        return [
            DatasetSpec("blobs", ("no", "yes"), blobs, default_model="logistic"),
            DatasetSpec("blobs3", ("a", "b", "c"), lambda: blobs(n_classes=3), default_model="mlp"),
        ]

    registry.register(
        plugin(fw_register_datasets=fw_register_datasets), Plugin("blobs", "fw-blobs", "1.0")
    )
    assert registry.failures == []
    return registry


def offering_flipped(registry):
    """The registry with two datasets, "right" and "flipped", that differ in test labels alone."""
    from framework import Dataset, hookimpl

    def dataset_with(other):
        X, y = blobs(200)
        test = np.arange(200) >= 150
        return Dataset(X, np.where(test & other, 1 - y, y), ("no", "yes"), test=test)

    @hookimpl
    def fw_register_datasets():
        return [
            DatasetSpec(name, ("no", "yes"), lambda o=other: dataset_with(o), default_model="mlp")
            for name, other in (("right", False), ("flipped", True))
        ]

    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("x", "x", "1"))
    return registry


@pytest.fixture
def registry():
    """The datasets "blobs" and "blobs3"; what else a test registers, it has to itself."""
    return offering_blobs()


@pytest.fixture
def flipped(registry):
    return offering_flipped(registry)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder: runs leave their folder in the working directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def files_up_to():
    """``with files_up_to(size)``: the system refuses to write more than so many bytes to a file."""

    @contextmanager
    def files_up_to(size):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return files_up_to


@pytest.fixture(scope="session")
def signs_result(tmp_path_factory):
    """A run of street signs, but of the small network and one epoch: ten seconds."""
    out = tmp_path_factory.mktemp("signs") / "run"
    return run(RunConfig(dataset="street_signs", model="cnn", epochs=1, report=False, out=out))


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """IPython's shell: ``run_cell``, and ``shown(object)`` as text and HTML."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.shown = lambda value: shell.display_formatter.format(value)[0]
    return shell
