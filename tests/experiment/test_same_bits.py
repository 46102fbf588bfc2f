"""The same seed on the same machine: predictions and metrics are the same, bit by bit."""

import json
import os
import subprocess
import sys

import pytest

from tests.processes import python

pytestmark = pytest.mark.slow

RUN = """
import numpy as np
from pathlib import Path
from framework import CostMatrix, DatasetSpec, Registry, RunConfig, hookimpl, run
from framework.plugins.registry import Plugin
from tests.conftest import FIVE, blobs, plugin

def pictures():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 2
    light = rng.integers(0, 128, (90, 12, 12, 1)) + 60 * y[:, None, None, None]
    return light.astype(np.uint8), y

@hookimpl
def fw_register_datasets():
    return [DatasetSpec("table", ("no", "yes"), blobs), DatasetSpec("pictures", ("no", "yes"), pictures)]

registry = Registry(entry_points=[])
registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("own", "own", "1"))
for name, settings in {
    "table": {"epochs": 4, "model": "mlp", "seeds": 2},
    "pictures": {
        "epochs": 2, "folds": 2, "model": "convnet", "model_parameters": {"width": 4, "blocks": 1, "units": 8}
    },
}.items():
    config = RunConfig(dataset=name, cost_matrix=FIVE, report=False, seed=3, out=Path(name), **settings)
    run(config, registry, None)
"""
# Keys of metrics.json that tell of the moment: how long it took, and where the folder is.
OF_THE_MOMENT = ("train_seconds", "run_dir")


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Two folders, each written by a process of its own, with another seed of Python's hashes."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    for seed, folder in enumerate(folders):
        places = os.pathsep.join(place for place in sys.path if place)
        subprocess.run(
            python(RUN),
            cwd=folder,
            check=True,
            env={**os.environ, "PYTHONPATH": places, "PYTHONHASHSEED": str(seed)},
        )
    return folders


def lasting(value):
    if isinstance(value, dict):
        return {key: lasting(of) for key, of in value.items() if key not in OF_THE_MOMENT}
    return [lasting(of) for of in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", ["table", "pictures"])
def test_predictions_are_the_same_bytes(twice, name):
    first, second = (folder / name / "predictions" for folder in twice)
    files = sorted(path.name for path in first.iterdir())
    assert files == sorted(path.name for path in second.iterdir())
    assert files
    for file in files:
        assert (first / file).read_bytes() == (second / file).read_bytes(), file


@pytest.mark.parametrize("name", ["table", "pictures"])
def test_metrics_are_the_same_bits(twice, name):
    """JSON writes the shortest digits that make the same 64 bits again."""
    first, second = (
        lasting(json.loads((folder / name / "metrics.json").read_text())) for folder in twice
    )
    assert first == second
    assert len(first["models"]) > 1
