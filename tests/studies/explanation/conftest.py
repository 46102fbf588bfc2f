"""Run folders to be explained: of a table whose costs depend on the case, and of pictures."""

import numpy as np
import pytest

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, run
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.plugins.registry import Plugin, Registry
from tests.conftest import plugin

LABELS = ("good", "bad")
PRICED = CostMatrix(
    "priced", LABELS, [[0, 30], [10, 0]], column_costs=(ColumnCost("bad", "good", "amount", 1.0),)
)
SHAPES = CostMatrix("shapes", ("bar", "dot"), [[0, 10], [400, 0]])


def loans(data_dir=None, n=600):
    """``risk`` and its copy decide; ``amount`` sets the costs; ``hue`` means nothing."""
    rng = np.random.default_rng(1)
    risk, amount = rng.normal(size=n), rng.uniform(50, 150, n)
    hue = rng.integers(0, 3, n)
    y = (1.5 * risk + rng.normal(size=n) > 1).astype(int)
    codes = [(hue == code).astype(float) for code in range(3)]
    X = np.stack([risk, 3 - risk, amount, *codes], axis=1)
    names = ("risk", "opposite", "amount", "hue=r", "hue=g", "hue=b")
    return Dataset(X, y, LABELS, feature_names=names)


def shapes():
    """Bright bars in the left half, bright dots in the right one, in noise."""
    rng = np.random.default_rng(2)
    y = np.arange(160) % 2
    X = rng.integers(0, 120, size=(160, 12, 12, 1))
    X[y == 0, 2:10, 2:4] += 90
    X[y == 1, 5:8, 8:11] += 90
    return X.astype(np.uint8), y


def claimed_shapes():
    """The same, with what a missed dot turned out to cost, long after it was missed."""
    X, y = shapes()
    claim = np.random.default_rng(3).exponential(400, len(y)) * (y == 1)
    return Dataset(X, y, SHAPES.labels, cost_columns={"claim": claim})


def far_shapes():
    """The same as numbers that are no bytes, and of which float32 keeps little."""
    X, y = shapes()
    return 1e8 + X / 7.0, y


@pytest.fixture(scope="session")
def offered():
    @hookimpl
    def fw_register_datasets():
        return [
            DatasetSpec("loans", LABELS, loans, default_model="logistic"),
            DatasetSpec("shapes", ("bar", "dot"), shapes, default_model="cnn"),
            DatasetSpec("claimed_shapes", SHAPES.labels, claimed_shapes, default_model="cnn"),
            DatasetSpec("far_shapes", ("bar", "dot"), far_shapes, default_model="cnn"),
        ]

    registry = Registry(entry_points=[])
    registry.register(
        plugin(fw_register_datasets=fw_register_datasets), Plugin("tests", "fw-tests", "1.0")
    )
    return registry


@pytest.fixture(scope="session")
def loans_dir(offered, tmp_path_factory):
    """An average of two networks per model, decided by expected costs."""
    folder = tmp_path_factory.mktemp("runs")
    data = folder / "data"
    data.mkdir()
    config = RunConfig(
        dataset="loans",
        cost_matrix=PRICED,
        decision_rule="minimum_expected_cost",
        members=2,
        epochs=30,
        learning_rate=0.02,
        data=data,
        out=folder / "loans",
    )
    run(config, offered)
    return folder / "loans"


@pytest.fixture(scope="session")
def shapes_dir(offered, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "shapes"
    run(RunConfig(dataset="shapes", cost_matrix=SHAPES, epochs=1, report=False, out=out), offered)
    return out
