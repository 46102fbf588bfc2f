"""One run, from a configuration to a folder of results."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from framework import run_folder
from framework.candidates import Candidate, plan
from framework.config import ResolvedConfig, RunConfig
from framework.core.artifact import Artifact, Decision, Signature
from framework.core.backend import keras
from framework.core.cost_matrix import CostMatrix
from framework.core.dataset import Dataset, Split, split
from framework.core.evaluation import evaluate
from framework.core.preprocessing import with_preprocessing
from framework.core.training import train
from framework.errors import ConfigError, DataError, FrameworkError, PluginError
from framework.plugins.registry import Registry
from framework.plugins.specs import DecisionRuleSpec
from framework.results import ModelResult, RunResult, SeedOutcome
from framework.versions import versions


@dataclass(frozen=True)
class Progress:
    """Where a run is: epoch ``epoch`` of ``epochs`` of one of ``n_trainings`` trainings."""

    model: str
    seed: int
    training: int
    n_trainings: int
    epoch: int
    epochs: int
    loss: float


def run(
    config: RunConfig,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> RunResult:
    """Train the baseline and one model per cost matrix, judge all by one matrix, write a folder.

    Parameters
    ----------
    config : RunConfig
    registry : Registry, optional
        Default: the plugins installed in this environment.
    progress : function of Progress, optional
        Called after every epoch.

    Returns
    -------
    RunResult
        Its ``run_dir`` holds everything (see ``framework.run_folder``).

    Raises
    ------
    FrameworkError
        One of its subclasses, for whatever the user can mend.

    Notes
    -----
    Sets the global random seeds of Python, NumPy and TensorFlow, once per training.
    """
    registry = registry or Registry()
    spec = registry.dataset(config.dataset)
    config = config.resolved(spec.defaults, spec.default_model)
    run_dir = run_folder.reserve(config.out, config.dataset)
    rule = _decision_rule(config, registry, len(spec.labels))
    comparison = plan(config, spec, registry)
    matrix = comparison.judge
    dataset = load_dataset(config, registry)
    parts = split(
        dataset,
        test_fraction=config.test_fraction,
        seed=config.split_seed,
        stratify=config.stratify,
    )
    models = tuple(
        _train_and_judge(config, registry, dataset, parts, candidate, rule, matrix, report)
        for candidate, report in _with_progress(comparison.candidates, config, progress)
    )
    result = RunResult(
        config=config,
        labels=dataset.labels,
        matrix=matrix,
        origins=comparison.origins,
        models=models,
        n_train=len(parts.train),
        test_rows=parts.test,
        y_test=dataset.y[parts.test],
        versions=versions(_plugins_used(config, registry)),
        run_dir=run_dir,
    )
    run_folder.write(result)
    registry.run_finished(config, result)
    return result


def load_dataset(config: RunConfig, registry: Registry) -> Dataset:
    """The dataset that ``config`` names, loaded by its plugin and checked."""
    offer = registry.offer("dataset", config.dataset)
    spec = registry.dataset(config.dataset)
    accepted = inspect.signature(spec.load).parameters
    arguments: dict[str, Any] = {}
    for option, argument, folder in (
        ("--data", "data_dir", config.data),
        ("--test-data", "test_dir", config.test_data),
    ):
        if folder is None:
            continue
        if argument not in accepted:
            raise ConfigError(f'{option}: the dataset "{spec.name}" takes no such folder')
        if not folder.exists():
            raise DataError(f"{option} {folder}: no such file or folder")
        arguments[argument] = folder
    try:
        loaded = spec.load(**arguments)
        if not isinstance(loaded, Dataset):
            X, y = loaded
            loaded = Dataset(X, y, spec.labels)
        if loaded.labels != spec.labels:
            raise PluginError(
                f"its data has the labels {loaded.labels}, its description {spec.labels}"
            )
        return loaded
    except FrameworkError as error:
        raise type(error)(f'dataset "{spec.name}": {error}') from error
    except Exception as error:
        raise PluginError(
            f'dataset "{spec.name}" ({offer.plugin}) failed to load: '
            f"{type(error).__name__}: {error}"
        ) from error


def _decision_rule(
    config: ResolvedConfig, registry: Registry, n_classes: int
) -> tuple[DecisionRuleSpec, Decision]:
    rule = registry.decision_rule(config.decision_rule)
    if rule.binary_only and n_classes != 2:
        raise ConfigError(
            f'the decision rule "{rule.name}" is for two classes; "{config.dataset}" has {n_classes}'
        )
    parameters = dict(rule.parameters)
    if config.threshold is not None:
        parameters["threshold"] = config.threshold
    return rule, Decision(rule.name, parameters)


def _train_and_judge(
    config: ResolvedConfig,
    registry: Registry,
    dataset: Dataset,
    parts: Split,
    candidate: Candidate,
    rule: tuple[DecisionRuleSpec, Decision],
    matrix: CostMatrix,
    report: Callable[[int, int, float], None],
) -> ModelResult:
    """Train ``candidate`` with every seed; ``report`` is told (seed, epoch, loss)."""
    rule_spec, decision = rule
    X, y = dataset.X[parts.train], dataset.y[parts.train]
    X_test, y_test = dataset.X[parts.test], dataset.y[parts.test]
    signature = Signature(dataset.labels, dataset.X.shape[1:], dataset.feature_names)
    weights = _loss_weights(config, candidate, y, dataset)
    outcomes, firsts = [], []
    for seed in range(config.seed, config.seed + config.seeds):
        keras.utils.set_random_seed(seed)
        model = with_preprocessing(_build_model(config, registry, dataset), X)
        started = time.perf_counter()
        train(
            model,
            candidate.loss.function,
            X,
            y,
            weights,
            optimizer=_optimizer(config),
            epochs=config.epochs,
            batch_size=config.batch_size,
            seed=seed,
            on_epoch=partial(report, seed),
        )
        seconds = time.perf_counter() - started
        artifact = Artifact(model, signature, decision, matrix)
        probabilities = artifact.predict_proba(X_test)
        decisions = rule_spec.function(probabilities, matrix.costs, **decision.parameters)
        evaluation = evaluate(y_test, decisions, matrix, probabilities)
        outcomes.append(SeedOutcome(seed, evaluation, seconds))
        firsts.append((artifact, probabilities, decisions))
    artifact, probabilities, decisions = firsts[0]
    return ModelResult(
        name=candidate.name,
        loss=candidate.loss.name,
        decision=decision,
        training_matrix=candidate.matrix,
        outcomes=tuple(outcomes),
        artifact=artifact,
        probabilities=probabilities,
        decisions=decisions,
    )


def _loss_weights(
    config: ResolvedConfig, candidate: Candidate, y: np.ndarray, dataset: Dataset
) -> np.ndarray:
    if candidate.matrix is None:
        return CostMatrix.equal(dataset.labels).costs
    if config.scale == "raw":
        return candidate.matrix.loss_weights
    counts = np.bincount(y, minlength=dataset.n_classes)
    return candidate.matrix.normalized_loss_weights(counts)


def _build_model(config: ResolvedConfig, registry: Registry, dataset: Dataset) -> Any:
    offer = registry.offer("model", config.model)
    spec = registry.model(config.model)
    unknown = set(config.model_parameters) - set(spec.parameters)
    if unknown:
        raise ConfigError(
            f'the model "{spec.name}" has no parameter {", ".join(sorted(unknown))}; '
            f"it has: {', '.join(spec.parameters) or 'none'}"
        )
    parameters = {**spec.parameters, **config.model_parameters}
    shape, n = dataset.X.shape[1:], dataset.n_classes
    try:
        model = spec.build(shape, n, **parameters)
    except Exception as error:
        raise PluginError(
            f'model "{spec.name}" ({offer.plugin}) cannot be built for features of shape {shape} '
            f"with {parameters}: {type(error).__name__}: {error}"
        ) from error
    outputs = tuple(model.output_shape)
    if outputs != (None, n) and not (n == 2 and outputs == (None, 1)):
        raise PluginError(
            f'model "{spec.name}" ({offer.plugin}): expected outputs of shape (None, {n}), '
            f"received {outputs}"
        )
    return model


def _optimizer(config: ResolvedConfig) -> Any:
    settings = {"learning_rate": config.learning_rate}
    try:
        return keras.optimizers.get({"class_name": config.optimizer, "config": settings})
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f'unknown optimizer "{config.optimizer}"; expected the name of one in keras.optimizers, '
            "for example sgd or adam"
        ) from error


def _with_progress(
    candidates: tuple[Candidate, ...], config: ResolvedConfig, progress: Callable[[Progress], None]
) -> Any:
    """Each candidate with a function that tells ``progress`` of its epochs."""
    total = len(candidates) * config.seeds
    for position, candidate in enumerate(candidates):

        def report(
            seed: int, epoch: int, loss: float, at: int = position, name: str = candidate.name
        ) -> None:
            training = at * config.seeds + seed - config.seed + 1
            progress(Progress(name, seed, training, total, epoch, config.epochs, loss))

        yield candidate, report


def _plugins_used(config: ResolvedConfig, registry: Registry) -> list[Any]:
    used = [("dataset", config.dataset), ("model", config.model), ("loss", config.loss)]
    used += [("loss", "cross_entropy"), ("decision rule", config.decision_rule)]
    return [registry.offer(kind, name).plugin for kind, name in used]
