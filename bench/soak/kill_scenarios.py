"""The runs that are killed: small ones, on tables and pictures, in processes forked from a warm one."""

import importlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from kill_faults import Fault, Points

from framework import CostMatrix, DatasetSpec, RunConfig, hookimpl
from framework.plugins.registry import Plugin, Registry

MATRIX = CostMatrix("five", ("no", "yes"), [[0, 1], [5, 0]])
COMPLETE, SENTENCE, TRACEBACK = 0, 2, 3
WORK, SAVED, TOLD = b"w", b"s", b"\n"
# Loaded once, before the first fork; TensorFlow makes no threads until it computes.
_WARM = (
    "tensorflow",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "scipy.stats",
    "scipy.optimize",
    "sklearn.ensemble",
    "sklearn.pipeline",
    "skops.io",
    "treelite",
    "treelite.sklearn",
    "threadpoolctl",
    "PIL.PngImagePlugin",
    "framework.experiment.run",
    "framework.studies.sweeping.run",
    "framework.report.run.page",
    "framework.report.sweep.page",
    "framework.inference.keras_model",
    "framework.inference.pooled_model",
    "framework.plugins.networks",
    "framework.plugins.families",
    "framework.experiment.folders.run_listing",
)


@dataclass(frozen=True)
class Scenario:
    """A small run, or a sweep of so many ``points``."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    points: int = 0


SCENARIOS = (
    Scenario("table", {"dataset": "soak_table", "model": "mlp", "epochs": 8, "folds": 1}),
    Scenario(
        "trees",
        {
            "dataset": "soak_table",
            "model": "extra_trees",
            "model_parameters": {"trees": 10},
            "folds": 2,
        },
    ),
    Scenario("pictures", {"dataset": "soak_pictures", "model": "cnn", "epochs": 4, "folds": 1}),
    Scenario("sweep", {"dataset": "soak_table", "model": "logistic", "epochs": 6}, points=3),
)


@dataclass(frozen=True)
class Way:
    """How a ``scenario`` is run: with its ``page``, or without; with a checkpoint ``often``, after every
    epoch, or as seldom as in runs that take long.
    """

    scenario: Scenario
    page: bool
    often: bool


class _Cases:
    @hookimpl
    def fw_register_datasets(self) -> list[DatasetSpec]:
        labels = MATRIX.labels
        return [
            DatasetSpec("soak_table", labels, _table),
            DatasetSpec("soak_pictures", labels, _pictures),
        ]


def _table() -> tuple[np.ndarray, np.ndarray]:
    y = np.arange(160) % 2
    return np.random.default_rng(0).normal(size=(160, 3)) + 1.5 * y[:, None], y


def _pictures() -> tuple[np.ndarray, np.ndarray]:
    y = np.arange(80) % 2
    X = np.random.default_rng(0).integers(0, 120, size=(80, 12, 12, 3))
    X[y == 1, 3:9, 3:9] += 100
    return X.astype(np.uint8), y


def warm_up() -> None:
    """Load whatever a run loads."""
    for name in _WARM:
        importlib.import_module(name)


def carry_out(way: Way, root: Path, fault: Fault | None, tell: Callable[[bytes], Any]) -> int:
    """In a process of its own: the run, into ``root``/run; how it ended.

    ``tell`` is given WORK for each epoch and each fit, SAVED for each checkpoint, TOLD before what is said
    in the end.
    """
    points = Points(root, fault, root.parent / "ballast")
    _observe(points, tell, way.often)
    try:
        _run(way, root / "run")
    except Exception as error:
        from framework.core.errors import FrameworkError

        known = isinstance(error, FrameworkError)
        tell(TOLD + f"{type(error).__name__}: {error}".encode()[:4000])
        return SENTENCE if known else TRACEBACK
    tell(TOLD + json.dumps(points.passed).encode())
    return COMPLETE


def _run(way: Way, out: Path) -> None:
    scenario = way.scenario
    registry = Registry(entry_points=[])
    registry.register(_Cases(), Plugin("soak", "soak", "1"))
    config = RunConfig(cost_matrix=MATRIX, references=False, out=out, **scenario.settings)
    if scenario.points:
        from framework.report.sweep.page import write_sweep_report
        from framework.studies.sweeping.run import sweep

        sweep(
            config,
            points=scenario.points,
            registry=registry,
            add=_page(write_sweep_report, way),
        )
    else:
        from framework.experiment.run import run
        from framework.report.run.page import write_report

        run(config, registry, add=_page(write_report, way))


def _page(write: Callable[..., Any], way: Way) -> Callable[[Path], Any]:
    return partial(write, plots=True) if way.page else lambda _: None


def _observe(points: Points, tell: Callable[[bytes], Any], often: bool) -> None:
    """Tell of what is trained and saved, in this process alone, which ends after one run."""
    from framework.experiment.fitting import estimator_fits, fitted_members
    from framework.training import checkpoints, course

    def before(owner: Any, name: str, sign: bytes) -> None:
        wrapped = getattr(owner, name)

        def observed(*arguments: Any, **keywords: Any) -> Any:
            if sign == WORK:
                points.passes("training")
            result = wrapped(*arguments, **keywords)
            tell(sign)
            return result

        setattr(owner, name, observed)

    estimator_fits.CORES = 1  # one fit after the other: what was saved is then known
    if often:
        checkpoints.SECONDS_BETWEEN_SAVES = 0.0
    an_epoch = course.Course.an_epoch

    def observed_epoch(self: course.Course) -> Iterator[None]:
        points.passes("training")
        yield from an_epoch(self)
        tell(WORK)

    course.Course.an_epoch = observed_epoch  # type: ignore[method-assign,assignment]
    before(estimator_fits, "fit", WORK)
    before(checkpoints.Checkpoints, "save", SAVED)
    before(fitted_members, "write_json", SAVED)


def files_of(folder: Path) -> dict[str, bytes]:
    """What must be the same of two runs of one command, by name: of networks, their weights."""
    found = dict(_files_of(folder))
    told = re.sub(rb'"(train_seconds|run_dir)": [^\n]*', b"", found.pop("metrics.json", b""))
    found["metrics"] = told + re.sub(
        rb'"(train_seconds|run_dir|seconds)": [^\n]*', b"", found.pop("sweep.json", b"")
    )
    return found


def _files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".keras":
            with zipfile.ZipFile(path) as file:
                # Keras numbers layers as it makes them, and tells where in memory an object was.
                config = re.sub(
                    rb'_\d+(?=["/])|"shared_object_id": \d+', b"", file.read("config.json")
                )
                yield name, config + file.read("model.weights.h5")
        elif path.suffix == ".skops":
            with zipfile.ZipFile(path) as file:
                arrays = [inner for inner in file.namelist() if inner.endswith(".npy")]
                yield name, b"".join(sorted(file.read(inner) for inner in arrays))
        elif path.name in ("run.json", "report.html"):  # digests of times; how long it took
            yield name, b""
        else:
            yield name, path.read_bytes()


def silence() -> None:
    """Leave out what this process says to the terminal from now on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
