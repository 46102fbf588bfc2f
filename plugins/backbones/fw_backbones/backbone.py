"""A network of ``keras.applications`` without its last layer, and a new one on top."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from framework import ConfigError
from fw_backbones.preprocessing import preprocessed

IMAGENET, RANDOM = "imagenet", "none"
GREY, COLOURS = 1, 3


def build(
    input_shape: tuple[int, ...],
    n_classes: int,
    application: str,
    weights: str,
    side: int,
    dropout: float,
) -> Any:
    """Pictures (height, width, 1 or 3) of 0 to 1, which the framework makes of bytes.

    Parameters
    ----------
    application : str
        Name of a function of ``keras.applications``.
    weights : str
        "imagenet": downloaded once, and kept by Keras; a file of weights of this application without its
        top; "none": drawn at random.
    side : int
        Pictures are made so many pixels high and wide; 0: they stay as they are.
    dropout : float
        Of what the network says, before the last layer.

    The network comes frozen, and its batch normalisation goes by its own averages also when it learns
    (Keras's guide to fine-tuning): ``--frozen`` says when that is.

    Raises
    ------
    ConfigError
        For an application that Keras does not have, weights that cannot be read or downloaded, and
        pictures that are too small.
    """
    from keras import Input, Model, layers

    if len(input_shape) != 3 or input_shape[2] not in (GREY, COLOURS):
        raise ValueError(f"expected pictures (height, width, 1 or 3), received {input_shape}")
    shape = (side, side, COLOURS) if side else (*input_shape[:2], COLOURS)
    network = _network(application, weights, shape)
    network.trainable = False

    inputs = Input(input_shape)
    pictures = layers.Rescaling(255.0)(inputs)
    if input_shape[2] == GREY:
        pictures = layers.Concatenate()([pictures] * COLOURS)
    if side:
        pictures = layers.Resizing(side, side)(pictures)
    features = network(preprocessed(application, pictures), training=False)
    outputs = (
        layers.Dense(1, activation="sigmoid")
        if n_classes == 2
        else layers.Dense(n_classes, activation="softmax")
    )
    return Model(inputs, outputs(layers.Dropout(dropout)(features)), name="backbone")


def _network(application: str, weights: str, shape: tuple[int, int, int]) -> Any:
    """Pictures of ``shape`` in, the features it sees in them out."""
    function = _function(application)
    from_file = weights not in (IMAGENET, RANDOM)
    if from_file and not Path(weights).is_file():
        raise ConfigError(
            f'weights: there is no file {weights}; expected a file of weights, "{IMAGENET}" or "{RANDOM}"'
        )
    try:
        network = function(include_top=False, weights=None, input_shape=shape, pooling="avg")
    except ValueError as error:
        raise ConfigError(
            f"{application} takes no pictures of {shape[0]} x {shape[1]} pixels: {error}; make them larger "
            "with --model-parameter side=PIXELS"
        ) from None
    if weights == IMAGENET:
        network.set_weights(_downloaded(application, function))
    elif from_file:
        _load(network, application, weights)
    return network


def _function(application: str) -> Any:
    import keras

    known = [name for name in vars(keras.applications) if name[0].isupper()]
    if application not in known:
        raise ConfigError(
            f'application: keras.applications has no "{application}"; expected one of '
            f"{', '.join(sorted(known))}"
        )
    return getattr(keras.applications, application)


def _downloaded(application: str, function: Any) -> Any:
    """The weights that Keras publishes, from its folder or from the network."""
    try:
        with redirect_stdout(sys.stderr):  # Keras tells of its download
            return function(include_top=False, weights=IMAGENET, pooling="avg").get_weights()
    except Exception as error:  # Keras raises a bare one
        raise ConfigError(
            f"the weights of {application} could not be downloaded ({error}); is there a network? Save them "
            f'where there is one, keras.applications.{application}(include_top=False).save_weights("FILE'
            '.weights.h5"), and give that file: --model-parameter weights=FILE.weights.h5'
        ) from None


def _load(network: Any, application: str, file: str) -> None:
    try:
        network.load_weights(file)
    except Exception as error:  # h5py and Keras raise many kinds
        told = str(error).strip().splitlines()
        raise ConfigError(
            f"weights: {file} does not fit {application} without its top: {told[0] if told else error!r}; "
            "expected what its save_weights wrote, built with include_top=False"
        ) from None
