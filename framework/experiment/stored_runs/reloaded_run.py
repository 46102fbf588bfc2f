"""A run folder's models and its test part, loaded again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from framework.config.resolved_config import ResolvedConfig
from framework.core.cases.dataset import Dataset
from framework.core.cases.splitting import Split
from framework.core.errors import ConfigError, DataError
from framework.core.files import read_json
from framework.core.steps import counted
from framework.experiment.loading.checked_dataset import encoded, load_dataset, split_cases
from framework.experiment.loading.table_dataset import dataset_offer
from framework.experiment.stored_runs.run_data import RunData
from framework.experiment.stored_runs.stored_run import read_run
from framework.inference.answers import Answers
from framework.inference.model_folder import load
from framework.inference.trained_model import TrainedModel
from framework.plugins.registry import Registry

# Decisions that may come out otherwise than in the run, by rounding, before the data are doubted.
ROUNDING = 0.01


@dataclass(frozen=True, eq=False)
class ReloadedModel:
    """A trained model, and its answers (n) on the test part."""

    name: str
    trained: TrainedModel
    answers: Answers


@dataclass(frozen=True, eq=False)
class ReloadedRun:
    """A run's models on its n test cases, loaded again.

    ``costs`` are dollars (N, M) or (n, N, M), ``known`` what is known of them when a case is
    decided, ``columns`` the data columns (n,) they depend on, ``groups`` (n,) cases that belong
    together. ``baseline`` names the equal-cost model, or is None when it is not among ``models``.
    """

    run: RunData
    models: tuple[ReloadedModel, ...]
    baseline: str | None
    dataset: Dataset
    parts: Split
    costs: NDArray[np.float64]
    known: NDArray[np.float64]
    columns: Mapping[str, NDArray[np.float64]]

    @property
    def X(self) -> np.ndarray:  # noqa: N802
        return self.dataset.X[self.parts.test]

    @property
    def y(self) -> NDArray[np.int64]:
        return self.dataset.y[self.parts.test]

    @property
    def served(self) -> str:
        """Name of the model the run serves; where it is not loaded, of the first that is."""
        names = [model.name for model in self.models]
        return self.run.served.name if self.run.served.name in names else names[0]

    @property
    def groups(self) -> np.ndarray | None:
        groups = self.dataset.groups
        return None if groups is None else groups[self.parts.test]


def reload_run(
    run_dir: Path,
    names: Sequence[str] = (),
    data: Path | None = None,
    test_data: Path | None = None,
    registry: Registry | None = None,
) -> ReloadedRun:
    """Load the models called ``names`` (default: all) and the data of the run in ``run_dir``.

    ``data`` and ``test_data`` take the place of the folders that config.json names.

    Raises
    ------
    ArtifactError, DataError, PluginError
        When the folder is no run's, a model or the dataset is not there, or the data are no
        longer those of the run.
    """
    registry = registry or Registry()
    run = read_run(run_dir)
    config = _config(run_dir, data, test_data)
    all_models = [model.name for model in run.models]
    wanted = list(dict.fromkeys(names)) or all_models
    loaded = [(name, load(run_dir, name, registry)) for name in counted(wanted, "loading models")]
    dataset = _as_trained(load_dataset(config, dataset_offer(config, registry)), loaded[0][1])
    parts = split_cases(config, run.matrix, dataset)
    schema = loaded[0][1].artifact.schema
    if schema is not None and dataset.table is not None:
        dataset = encoded(dataset, schema)
    _check_cases(run, dataset, parts)
    columns = dataset.columns(run.matrix.columns, parts.test)
    X = dataset.X[parts.test]
    models = tuple(ReloadedModel(name, model, model.answer(X, columns)) for name, model in loaded)
    for model in models:
        _check_decisions(run, model)
    baseline = run.baseline.name if run.baseline.name in wanted else None
    costs = run.matrix.dollar_costs(columns)
    return ReloadedRun(
        run, models, baseline, dataset, parts, costs, run.deciding.dollar_costs(columns), columns
    )


def _config(run_dir: Path, data: Path | None, test_data: Path | None) -> ResolvedConfig:
    path = run_dir / "config.json"
    settings = read_json(path)
    for option, key, given in (("--data", "data", data), ("--test-data", "test_data", test_data)):
        if given is not None:
            settings[key] = given
        elif settings.get(key) and not Path(settings[key]).exists():
            raise DataError(
                f"{path}: the run read its data from {settings[key]}, which is no longer there; "
                f"name the folder with {option} DIR"
            )
    try:
        return ResolvedConfig(**settings)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _as_trained(dataset: Dataset, model: TrainedModel) -> Dataset:
    """``dataset`` with the features as ``model`` takes them, which go by name."""
    signature, schema = model.artifact.signature, model.artifact.schema
    names = signature.feature_names if schema is None else schema.names
    try:
        return dataset.with_features(names, signature.input_shape)
    except DataError as error:
        raise DataError(
            f"{error}; the plugin that loads the data has changed since the run. Run it again"
        ) from error


def _check_cases(run: RunData, dataset: Dataset, parts: Split) -> None:
    same = (
        run.labels == dataset.labels
        and list(run.cases) == [str(name) for name in dataset.names_of(parts.test)]
        and np.array_equal(run.y_true, dataset.y[parts.test])
    )
    if not same:
        raise DataError(
            f'dataset "{run.metrics["dataset"]}": its test part ({len(parts.test)} cases) is not the '
            f"one the run was judged on ({len(run.cases)} cases); the data, or the plugin that loads "
            "them, have changed since. Run it again"
        )


def _check_decisions(run: RunData, model: ReloadedModel) -> None:
    stored = next(entry for entry in run.models if entry.name == model.name)
    share = float((stored.decisions != model.answers.decisions).mean())
    if share > ROUNDING:
        raise DataError(
            f'model "{model.name}" decides {share:.1%} of the test cases otherwise than in the run; '
            "the features, or the plugin that loads them, have changed since. Run it again"
        )
