"""Calls of a plugin's dataset, model and decision rule, each in a guard: an author's error becomes a
sentence.

A loss is compiled into training, and tried before: see ``framework.experiment.fitting.plugin_trial``.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import IntArray
from framework.core.cases.dataset import Dataset
from framework.core.cases.source import Source
from framework.core.costs.actions import acted_on, class_costs
from framework.core.errors import ConfigError, DataError, FrameworkError, PluginError
from framework.plugins.registry import RAISED, Offer
from framework.plugins.specs import (
    DatasetSpec,
    DecisionRuleSpec,
    EstimatorSpec,
    ModelSpec,
    TableShape,
)


def loaded(
    offer: Offer[DatasetSpec], folders: Mapping[str, tuple[str, Path | None]] | None = None
) -> Dataset | Source:
    """The dataset of ``offer``, loaded and checked; or where its cases are, if it gives a Source.

    Parameters
    ----------
    offer : Offer of a DatasetSpec
    folders : mapping of option -> (argument, folder), optional
        By option of the command line, the argument of ``load`` and the folder, or None.

    Raises
    ------
    FrameworkError
        One of its subclasses, which names the dataset.
    """
    spec = offer.spec
    accepted = inspect.signature(spec.load).parameters
    arguments: dict[str, Any] = {}
    for option, (argument, folder) in (folders or {}).items():
        if folder is None:
            continue
        if argument not in accepted:
            raise ConfigError(f'{option}: the dataset "{spec.name}" takes no such folder')
        if not folder.exists():
            raise DataError(f"{option} {folder}: no such file or folder")
        arguments[argument] = folder
    try:
        found = spec.load(**arguments)
        if isinstance(found, Source):
            return _guarded(found, offer)
        if not isinstance(found, Dataset):
            X, y = found
            found = Dataset(X, y, spec.labels)
        if found.labels != spec.labels:
            raise PluginError(
                f"its data has the labels {found.labels}, its description {spec.labels}"
            )
        return found
    except FrameworkError as error:
        raise type(error)(f'dataset "{spec.name}": {error}') from error
    except RAISED as error:
        raise PluginError(
            f'dataset "{spec.name}" ({offer.plugin}) failed to load: '
            f"{type(error).__name__}: {error}"
        ) from error


def _guarded(source: Source, offer: Offer[DatasetSpec]) -> Source:
    """The same, whose function's own errors are told as its plugin's failure."""
    if not callable(source.data):
        return source
    chunks = source.data

    def guarded() -> Iterator[Any]:
        try:
            yield from chunks()
        except FrameworkError:
            raise
        except RAISED as error:
            raise PluginError(
                f'dataset "{offer.spec.name}" ({offer.plugin}) failed to give its cases: '
                f"{type(error).__name__}: {error}"
            ) from error

    return replace(source, data=guarded)


def built(
    offer: Offer[ModelSpec],
    input_shape: tuple[int, ...],
    n_classes: int,
    parameters: Mapping[str, Any] | None = None,
) -> Any:
    """A fresh Keras model of ``offer``, its outputs checked; ``parameters`` replace its defaults.

    Raises
    ------
    ConfigError
        For a parameter that the model does not have, or with a value that it refuses.
    PluginError
        When it cannot be built, or has other outputs than probabilities of ``n_classes``.
    """
    spec = offer.spec
    settings = chosen_parameters(spec, parameters or {})
    try:
        model = spec.build(input_shape, n_classes, **settings)
    except FrameworkError:
        raise
    except RAISED as error:
        raise PluginError(
            f'model "{spec.name}" ({offer.plugin}) cannot be built for features of shape '
            f"{input_shape} with {settings}: {type(error).__name__}: {error}"
        ) from error
    told = f'model "{spec.name}" ({offer.plugin})'
    try:
        (inputs,) = (tuple(tensor.shape) for tensor in model.inputs)
        (outputs,) = (tuple(tensor.shape) for tensor in model.outputs)
    except Exception as error:  # None, no Keras model, one without an Input, several inputs
        raise PluginError(
            f"{told}: expected a keras.Model with one input and one output, built for its input "
            f"(keras.Input(input_shape)), received {type(model).__name__} ({error})"
        ) from error
    if inputs != (None, *input_shape):
        raise PluginError(
            f"{told}: expected inputs of shape {(None, *input_shape)}, received {inputs}"
        )
    if outputs != (None, n_classes) and not (n_classes == 2 and outputs == (None, 1)):
        raise PluginError(
            f"{told}: expected outputs of shape (None, {n_classes}), received {outputs}"
        )
    return model


def built_estimator(
    offer: Offer[EstimatorSpec], shape: TableShape, parameters: Mapping[str, Any] | None = None
) -> Any:
    """A fresh classifier of ``offer``; ``parameters`` replace its defaults.

    Raises
    ------
    ConfigError
        For a parameter that it does not have.
    PluginError
        When it cannot be built, or is no classifier that tells probabilities.
    """
    spec = offer.spec
    settings = chosen_parameters(spec, parameters or {})
    try:
        classifier = spec.build(shape, **settings)
    except RAISED as error:
        raise PluginError(
            f'model "{spec.name}" ({offer.plugin}) cannot be built for {shape} with {settings}: '
            f"{type(error).__name__}: {error}"
        ) from error
    missing = [
        name for name in ("fit", "predict_proba", "get_params") if not hasattr(classifier, name)
    ]
    if missing:
        raise PluginError(
            f'model "{spec.name}" ({offer.plugin}): expected a classifier of scikit-learn\'s kind, received '
            f"{type(classifier).__name__}, which has no {' and no '.join(missing)}"
        )
    return classifier


def tried(offer: Offer[EstimatorSpec], shape: TableShape) -> list[Mapping[str, Any]]:
    """The settings of ``offer`` for a table of this ``shape``.

    Raises
    ------
    PluginError
        When it does not tell them.
    """
    try:
        return [dict(setting) for setting in offer.spec.tried(shape)]
    except RAISED as error:
        raise PluginError(
            f'model "{offer.spec.name}" ({offer.plugin}): its settings for {shape} cannot be told: '
            f"{type(error).__name__}: {error}"
        ) from error


def chosen_parameters(spec: ModelSpec | EstimatorSpec, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of ``spec``, those ``chosen`` in the place of its defaults.

    Raises
    ------
    ConfigError
        For one that it does not have.
    """
    unknown = set(chosen) - set(spec.parameters)
    if unknown:
        raise ConfigError(
            f'the model "{spec.name}" has no parameter {", ".join(sorted(unknown))}; '
            f"it has: {', '.join(spec.parameters) or 'none'}"
        )
    return {**spec.parameters, **chosen}


def decided(
    rule: DecisionRuleSpec,
    probabilities: np.ndarray,
    costs: np.ndarray,
    parameters: Mapping[str, float],
    n_actions: int = 0,
) -> IntArray:
    """Decisions (n,) of ``rule``, its answer checked.

    Where columns are actions, a rule that decides for a class (one that never refers) is given what
    it costs to act as if each class were true, and its class becomes the best action for it.

    Parameters
    ----------
    probabilities : array (n, N)
    costs : array (N, M) or (n, N, M)
        Dollars, rows the truth, columns the decisions.
    n_actions : int
        How many of the columns are actions and no classes: see ``framework.core.costs.actions``.

    Raises
    ------
    PluginError
        When the rule fails, or does not answer with n decisions from 0 to M - 1.
    """
    if n_actions and not rule.refers:
        classes = decided(rule, probabilities, class_costs(costs, n_actions), parameters)
        return acted_on(classes, costs, n_actions)
    n, n_decisions = len(probabilities), costs.shape[-1]
    try:
        answer = rule.function(_read_only(probabilities), _read_only(costs), **parameters)
        decisions = np.asarray(answer)
    except RAISED as error:
        hint = "; what it is given is not to be changed: copy it first" * (
            "read-only" in str(error)
        )
        raise PluginError(
            f'the decision rule "{rule.name}" failed for {n} cases: {type(error).__name__}: {error}{hint}'
        ) from error
    return checked_decisions(rule, decisions, n, n_decisions)


def checked_decisions(rule: DecisionRuleSpec, answer: Any, n: int, n_decisions: int) -> IntArray:
    """The ``answer`` of a rule for n cases, once it is one decision for each; a copy.

    Raises
    ------
    PluginError
        When it is not.
    """
    decisions = np.asarray(answer)
    if decisions.shape != (n,) or decisions.dtype.kind not in "iub":
        raise PluginError(
            f'the decision rule "{rule.name}": expected {n} decisions as whole numbers, received an '
            f"array of {decisions.dtype} of shape {decisions.shape}"
        )
    if n and not 0 <= decisions.min() <= decisions.max() < n_decisions:
        raise PluginError(
            f'the decision rule "{rule.name}": expected decisions from 0 to {n_decisions - 1}, '
            f"received {decisions.min()} to {decisions.max()}"
        )
    return decisions.astype(np.int64)


def _read_only(values: np.ndarray) -> np.ndarray:
    """The same values, which cannot be written to."""
    view = values.view()
    view.flags.writeable = False
    return view
