"""Checks of a model: what it is built for, what comes out, whether it can learn."""

from __future__ import annotations

import numpy as np

from framework.checking.made_up_cases import CASES
from framework.checking.subject import Subject
from framework.core.errors import PluginError
from framework.plugins import guards
from framework.plugins.probability_check import check_of_network

# Probabilities are float32.
ROUNDING = 1e-4


def cases_of(subject: Subject) -> str:
    """The first of the made-up cases that the model can be built for: "table" or "pictures"."""
    return subject.once("network", lambda: _cases_that_fit(subject))


def shape_of(subject: Subject) -> tuple[int, ...]:
    return CASES[cases_of(subject)](3)[0].shape[1:]


def check_builds(subject: Subject) -> None:
    """It can be built for a table or for pictures, of two classes and of three."""
    for n_classes in (2, 3):
        guards.built(subject.offer, shape_of(subject), n_classes)


def check_distribution_out(subject: Subject) -> None:
    """Outputs are probabilities, for cases far from the others as well."""
    from framework.checking.gradients import initial_model, probabilities

    for n_classes in (2, 3):
        X, _ = _scaled(subject, n_classes)
        p = probabilities(
            initial_model(subject, X.shape[1:], n_classes), np.concatenate([X, 8 * X])
        )
        check_of_network(str(subject), p, ROUNDING)


def check_gradient_flows(subject: Subject) -> None:
    """Every trainable weight has a gradient before training; what has none learns nothing."""
    from framework.checking.gradients import initial_model, unmoved_weights

    X, y = _scaled(subject, 3)
    model = initial_model(subject, X.shape[1:], 3)
    if not model.trainable_variables:
        raise PluginError(f"{subject} has no trainable weights")
    unmoved = unmoved_weights(model, X, y)
    if unmoved:
        raise PluginError(
            f"{subject}: {len(unmoved)} of {len(model.trainable_variables)} trainable weights have a "
            f"gradient of 0 at the start, so they would not learn: {', '.join(unmoved[:3])}; look for "
            "layers that are not connected, stop gradients or start at 0"
        )


def _cases_that_fit(subject: Subject) -> str:
    refused = []
    for cases, load in CASES.items():
        shape = load(3)[0].shape[1:]
        try:
            guards.built(subject.offer, shape, 3)
            return cases
        except PluginError as error:
            refused.append(str(error))
    raise PluginError("; ".join(refused))


def _scaled(subject: Subject, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Features as a model gets them, and class indices."""
    X, y = CASES[cases_of(subject)](n_classes)
    return (X / 255 if X.dtype == np.uint8 else X).astype(np.float32), y
