"""The data sets of the benchmark and their repeated splits, written as files for all methods alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from framework import CostMatrix, Dataset, Registry, RunConfig
from framework.config.run_config import ResolvedConfig
from framework.core.dataset import split
from framework.experiment.loading import load_dataset
from framework.plugins.matrix_lookup import find_matrix


@dataclass(frozen=True, eq=False)
class Case:
    """One split of one data set, with the matrix that trains and judges."""

    dataset: Dataset
    matrix: CostMatrix
    test: np.ndarray
    settings: dict
    seed: int

    def save(self, path: Path) -> None:
        """For the peers: features as a table, integer classes, costs in dollars (positive = bad)."""
        X = self.dataset.X.reshape(len(self.dataset), -1).astype(np.float32)
        np.savez(
            path,
            X_train=X[~self.test],
            y_train=self.dataset.y[~self.test],
            X_test=X[self.test],
            costs=self.matrix.dollar_costs(),
            seed=self.seed,
        )


def breast_cancer(repeats: int, data: Path) -> Iterator[Case]:
    """Random stratified 75/25 splits of UCI breast cancer, medical.json."""
    dataset, matrix, _ = _installed("breast_cancer", "medical.json")
    # The published recipe stops early; here everyone may train to the end.
    settings = {"model": "logistic", "learning_rate": 0.01, "decay": "none", "epochs": 100}
    for seed in range(repeats):
        parts = split(dataset, test_fraction=0.25, seed=seed)
        yield Case(dataset, matrix, _mask(dataset, parts.test), settings, seed)


def german_credit(repeats: int, data: Path) -> Iterator[Case]:
    """Stratified 10-fold cross-validation of German credit, its official matrix; one case a fold."""
    from sklearn.model_selection import StratifiedKFold

    dataset, matrix, config = _installed("german_credit", "official.json", data / "german_credit")
    for seed in range(repeats):
        folds = StratifiedKFold(10, shuffle=True, random_state=seed)
        for _, test in folds.split(dataset.X, dataset.y):
            yield Case(dataset, matrix, _mask(dataset, test), _settings(config), seed)


def digits(repeats: int, data: Path) -> Iterator[Case]:
    """scikit-learn's digits, a new random cost matrix (uniform on 0..1000) and split each time."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    labels = tuple(str(label) for label in bunch.target_names)
    dataset = Dataset(bunch.data, bunch.target, labels)
    pace = {"learning_rate": 0.001, "decay": "none", "epochs": 30, "batch_size": 64}
    settings = {"model": "mlp", **pace}
    for seed in range(repeats):
        costs = np.random.default_rng(seed).uniform(0, 1000, (10, 10)) * (1 - np.eye(10))
        parts = split(dataset, test_fraction=0.25, seed=seed)
        matrix = CostMatrix("random", labels, costs)
        yield Case(dataset, matrix, _mask(dataset, parts.test), settings, seed)


def gtsrb(repeats: int, data: Path) -> Iterator[Case]:
    """GTSRB photographs, every track on one side; road_safety.json."""
    dataset, matrix, config = _installed("gtsrb", "road_safety.json", data / "gtsrb")
    for seed in range(repeats):
        parts = split(dataset, test_fraction=0.25, seed=seed)
        yield Case(dataset, matrix, _mask(dataset, parts.test), _settings(config), seed)


DATASETS: dict[str, tuple[Callable[[int, Path], Iterator[Case]], int]] = {
    "breast_cancer": (breast_cancer, 50),
    "german_credit": (german_credit, 3),
    "digits": (digits, 10),
    "gtsrb": (gtsrb, 5),
}


def _installed(
    name: str, matrix: str, data: Path | None = None
) -> tuple[Dataset, CostMatrix, ResolvedConfig]:
    registry = Registry()
    spec = registry.dataset(name)
    config = RunConfig(dataset=name, data=data)
    resolved = config.resolved(spec.defaults, spec.default_model)
    return (
        load_dataset(resolved, registry.offer("dataset", name)),
        find_matrix(matrix, [spec]).matrix.aligned(spec.labels),
        resolved,
    )


def _settings(config: ResolvedConfig, **changes: object) -> dict:
    """The dataset's own way of training, as keyword arguments of a RunConfig."""
    names = ["model", "model_parameters", "optimizer"]
    names += ["learning_rate", "decay", "epochs", "batch_size"]
    return {**{name: getattr(config, name) for name in names}, **changes}


def _mask(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    mask = np.zeros(len(dataset), dtype=bool)
    mask[rows] = True
    return mask
