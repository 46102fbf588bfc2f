"""The folder of a trained model, or of a run that has some, loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from framework.core.errors import ArtifactError, PluginError
from framework.inference.artifact import NETWORK, POOL, Artifact, read_values
from framework.inference.folders import find_model
from framework.inference.onnx_model import read_network
from framework.plugins.registry import Registry, registry_with_rule
from framework.plugins.specs import DecisionRuleSpec

if TYPE_CHECKING:
    from framework.inference.keras_model import KerasModel
    from framework.inference.onnx_model import OnnxModel
    from framework.inference.pooled_model import PooledModel
from framework.inference.trained_model import TrainedModel


def load(
    folder: str | Path, model: str | None = None, registry: Registry | None = None
) -> TrainedModel:
    """Load a model from a run folder (the served one, or the one called ``model``) or a model folder.

    Raises
    ------
    ArtifactError
        When the folder is not one, is incomplete, or its decision rule is not installed.
    """
    path = find_model(Path(folder), model)
    try:
        return read_model(path, registry=registry)
    except PluginError as error:
        raise ArtifactError(f"{folder}: {error}") from error


def read_model(
    folder: Path, rule: DecisionRuleSpec | None = None, registry: Registry | None = None
) -> TrainedModel:
    """What ``TrainedModel.save`` wrote into ``folder``; its decision rule, or that of its name.

    Raises
    ------
    ArtifactError
        When the folder is incomplete.
    PluginError
        When the decision rule is not installed.
    """
    artifact = read_values(folder)
    name = artifact.decision.rule
    found = rule or (registry or registry_with_rule(name)).decision_rule(name)
    found = found.knowing(artifact.cost_matrix)
    model = TrainedModel(artifact, _read_network(folder, artifact, registry), found)
    _check_fit(model, folder)
    return model


def _check_fit(model: TrainedModel, folder: Path) -> None:
    """Raise ArtifactError where what predicts does not fit what the signature says of it."""
    shape, n = model.artifact.signature.input_shape, len(model.labels)
    try:
        with np.errstate(all="ignore"):
            told = model.network(np.zeros((1, *shape)))
        fits = told.shape == (1, n) and bool(np.isfinite(told).all() and (told >= 0).all())
        received = f"an answer of shape {told.shape}" if told.shape != (1, n) else "none of those"
    except Exception as error:  # of another shape, each kind of model raises what it likes
        fits, received = False, f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
    if not fits:
        raise ArtifactError(
            f"{folder}: its model does not fit its signature, which has cases of shape {shape} and {n} "
            f"labels: expected {n} probabilities of a case of zeros, received {received}"
        )


def _read_network(
    folder: Path, artifact: Artifact, registry: Registry | None
) -> KerasModel | OnnxModel | PooledModel:
    if (folder / POOL).is_file():
        from framework.inference.pooled_model import PooledModel

        return PooledModel.read(
            folder, artifact.scaling, lambda name: _trusted(registry or Registry(), name)
        )
    return read_network(folder / NETWORK, artifact.scaling)


def _trusted(registry: Registry, name: str) -> tuple[str, ...]:
    """What the installed plugin of that model says that saved ones are made of."""
    offers = registry.named("model", name)
    return tuple(type_ for offer in offers for type_ in getattr(offer.spec, "trusted", ()))
