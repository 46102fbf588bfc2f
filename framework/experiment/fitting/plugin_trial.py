"""What plugins offer, tried once before anything is trained: what would fail at the end is told now.

The framework's own models and losses are left out: its tests try these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from framework.core.cases.dataset import Dataset
from framework.core.errors import FrameworkError, PluginError
from framework.core.scaling import UNSCALED
from framework.experiment.fitting.offers import Offers
from framework.inference.members import member_of
from framework.inference.pooled_model import PooledModel
from framework.plugins import guards
from framework.plugins.probability_check import check_of_network
from framework.plugins.registry import RAISED, Offer
from framework.plugins.specs import EstimatorSpec, LossSpec, TableShape
from framework.training.estimators import fit

if TYPE_CHECKING:
    from framework.core.backend import keras
    from framework.inference.predicting import Predictor

CASES = 8
CASES_OF_A_CLASS = 20
# Of probabilities; those of graphics cards have products of 11 bits.
ROUNDING, SMALLEST = 1e-3, 1e-6
# Far enough from 0 that outputs without a softmax leave the range of probabilities.
SPREAD = 3.0


def try_network(offers: Offers, name: str, model: keras.Model, predict: Predictor) -> None:
    """Try the network called ``name``, and call the losses of ``offers`` as its training will.

    A fresh ``model``, its predictor ``predict``, is asked for probabilities, saved, loaded, and asked again.

    Raises
    ------
    PluginError
        When it gives no probabilities, cannot be saved or loaded, or then says something else; when a loss
        fails, or does not give a finite value for every case, and a gradient.
    """
    offer = offers.models[name]
    if not offer.plugin.is_own:
        _try_network(offer, model, predict)
    for loss in offers.losses.values():
        if not loss.plugin.is_own:
            _try_loss(loss, max(model.output_shape[1], 2), model.output_shape[1])


def try_classifiers(offers: Offers, dataset: Dataset) -> None:
    """Fit the classifiers of ``offers`` to a few made-up cases, save them, load them, and ask both.

    One that cannot be fitted to so few tells nothing.

    Raises
    ------
    PluginError
        When one cannot be saved or loaded, or then says something else.
    """
    for offer in offers.models.values():
        if isinstance(offer.spec, EstimatorSpec) and not offer.plugin.is_own:
            n_features = dataset.X.shape[1]
            _try_classifier(cast("Offer[EstimatorSpec]", offer), n_features, dataset.n_classes)


def _try_network(offer: Offer[Any], model: keras.Model, predict: Predictor) -> None:
    X = SPREAD * np.random.default_rng(0).normal(size=(CASES, *model.input_shape[1:]))
    if model.inputs[0].dtype == "uint8":
        X = np.clip(128 + 20 * X, 0, 255)
    with _named(offer, "an untrained one cannot be asked for probabilities"):
        p = predict(X)
    check_of_network(_name(offer), p, ROUNDING)
    from framework.inference.keras_model import KerasModel

    with (
        _named(offer, "an untrained one cannot be saved and loaded again, so none was trained"),
        TemporaryDirectory() as folder,
    ):
        path = Path(folder, "network.keras")
        KerasModel(model).save(path)
        again = KerasModel.read(path)(X)
    _check_alike(offer, p, again)


def _try_classifier(offer: Offer[EstimatorSpec], n_features: int, n_classes: int) -> None:
    y = np.arange(CASES_OF_A_CLASS * n_classes) % n_classes
    X = np.random.default_rng(0).normal(size=(len(y), n_features)) + y[:, None]
    shape = TableShape(len(y), n_features, n_classes)
    try:
        setting: Mapping[str, Any] = next(iter(guards.tried(offer, shape)), {})
        classifier = guards.built_estimator(offer, shape, {**setting, **offer.spec.in_folds})
        fitted = fit(classifier, X, y, n_classes)
        p = fitted(X)
    except RAISED:
        return
    with (
        _named(offer, "one fitted to made-up cases cannot be saved and loaded again"),
        TemporaryDirectory() as folder,
    ):
        PooledModel({f"0-{offer.spec.name}": member_of(fitted)}, None).save(Path(folder))
        again = PooledModel.read(Path(folder), UNSCALED, lambda _: offer.spec.trusted)(X)
    _check_alike(offer, p, again)


def _try_loss(offer: Offer[LossSpec], n_classes: int, n_outputs: int) -> None:
    from framework.training.loss_trial import tried_loss

    with _named(offer, "it cannot be compiled into training"):
        wrong = tried_loss(offer.spec.function, n_classes, n_outputs)
    if wrong is not None:
        raise PluginError(f"{_name(offer)}: {wrong}")


def _check_alike(offer: Offer[Any], p: np.ndarray, again: np.ndarray) -> None:
    if not np.allclose(p, again, rtol=ROUNDING, atol=SMALLEST):
        raise PluginError(
            f"{_name(offer)}: an untrained one was saved, loaded again, and its probabilities are others, by "
            f"{np.abs(p - again).max():.2g} at most; a layer that does not save all it knows would do that "
            "(its get_config)"
        )


@contextmanager
def _named(offer: Offer[Any], what: str) -> Iterator[None]:
    """Tell what the plugin's own code raises as its failure."""
    try:
        yield
    except RAISED as error:
        known = isinstance(error, FrameworkError)
        said = str(error) if known else f"{type(error).__name__}: {error}"
        raise PluginError(f"{_name(offer)}: {what}: {' '.join(said.split())}") from error


def _name(offer: Offer[Any]) -> str:
    return f'{offer.kind} "{offer.spec.name}" ({offer.plugin})'
