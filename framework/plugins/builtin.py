"""The framework's own models, losses and decision rules, through the same door as a stranger's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from framework.core import decision
from framework.plugins.families import families
from framework.plugins.hookspecs import hookimpl
from framework.plugins.specs import DecisionRuleSpec, EstimatorSpec, LossSpec, ModelSpec


@hookimpl
def fw_register_models() -> list[ModelSpec | EstimatorSpec]:
    return [
        *families(),
        ModelSpec(
            "logistic", _logistic, {}, "one Dense layer: sigmoid for 2 classes, else softmax"
        ),
        ModelSpec(
            "mlp",
            _mlp,
            {"units": 64, "layers": 2, "dropout": 0.0},
            "Dense ReLU layers, then softmax",
        ),
        ModelSpec(
            "random_features",
            _random_features,
            {"features": 512, "gamma": 1.0},
            "the features and fixed random waves (a Gaussian kernel), one Dense layer; for tables",
        ),
        ModelSpec(
            "cnn",
            _cnn,
            {"filters": 16, "units": 64, "dropout": 0.25},
            "three 3x3 convolutions with pooling, one Dense layer, softmax; for images",
        ),
    ]


@hookimpl
def fw_register_losses() -> list[LossSpec]:
    expected_cost = _loss("expected_cost")
    return [
        LossSpec(
            "cross_entropy",
            _loss("cross_entropy"),
            description="Keras's own; all mistakes are equal (the baseline)",
            estimates="probabilities",
        ),
        LossSpec(
            "expected_cost",
            expected_cost,
            description="the cost expected under the model's own probabilities",
            estimates="decision",
        ),
        LossSpec(
            "weighted_cross_entropy",
            _loss("weighted_cross_entropy"),
            description="cross-entropy, cases weighted by the mean cost of their mistakes",
            estimates="weighted probabilities",
        ),
        LossSpec(
            "cross_entropy_plus_cost",
            _loss("cross_entropy_plus_cost"),
            description="cross-entropy plus cost_weight times the expected cost",
            estimates="tilted probabilities",
        ),
        LossSpec(
            "cross_entropy_then_cost",
            expected_cost,
            warm_up=0.7,
            description="7 in 10 epochs cross-entropy, then expected cost",
            estimates="decision",
        ),
    ]


@hookimpl
def fw_register_decision_rules() -> list[DecisionRuleSpec]:
    return [
        DecisionRuleSpec(
            "argmax", decision.argmax, refers=False, description="the most probable class"
        ),
        DecisionRuleSpec(
            "threshold",
            decision.threshold,
            {"threshold": 0.5},
            binary_only=True,
            refers=False,
            description="the positive class from this probability on",
        ),
        DecisionRuleSpec(
            "minimum_expected_cost",
            decision.minimum_expected_cost,
            description="the class with the least expected cost (Bayes decision)",
        ),
    ]


def _loss(name: str) -> Callable[..., Any]:
    """The loss of that name in core, imported (with TensorFlow) when it is first called."""

    def function(y_true: Any, y_pred: Any, cost_rows: Any) -> Any:
        from framework.core import losses

        return getattr(losses, name)(y_true, y_pred, cost_rows)

    return function


def _logistic(input_shape: tuple[int, ...], n_classes: int) -> Any:
    from framework.core.backend import keras

    return keras.Sequential(
        [keras.Input(input_shape), *_flatten(input_shape), _output(n_classes)], name="logistic"
    )


def _mlp(
    input_shape: tuple[int, ...], n_classes: int, units: int, layers: int, dropout: float
) -> Any:
    from framework.core.backend import keras

    hidden: list[Any] = []
    for _ in range(layers):
        hidden.append(keras.layers.Dense(units, activation="relu"))
        if dropout:
            hidden.append(keras.layers.Dropout(dropout))
    return keras.Sequential(
        [keras.Input(input_shape), *_flatten(input_shape), *hidden, _output(n_classes)], name="mlp"
    )


def _random_features(
    input_shape: tuple[int, ...], n_classes: int, features: int, gamma: float
) -> Any:
    """Logistic regression with (nearly) the kernel ``x.z + exp(-gamma |x - z|^2 / d)``, d features.

    Sources: Rahimi and Recht, "Random Features for Large-Scale Kernel Machines", NIPS 2007; with
    orthogonal frequencies, which come closer to the kernel than independent ones: Yu, Suresh,
    Choromanski, Holtmann-Rice, Kumar, "Orthogonal Random Features", NIPS 2016. Here the rows are
    orthogonal, not blocks of columns: so much Keras can draw, and load again, by itself.
    """
    import math

    from framework.core.backend import keras

    layers, initializers = keras.layers, keras.initializers
    inputs = keras.Input(input_shape)
    flat = layers.Flatten()(inputs) if len(input_shape) > 1 else inputs
    d = flat.shape[1]
    projection = layers.Dense(
        features,
        trainable=False,
        kernel_initializer=initializers.Orthogonal(math.sqrt(2 * gamma / d * max(features, d))),
        bias_initializer=initializers.RandomUniform(0.0, 2 * math.pi),
    )
    waves = keras.ops.cos(projection(flat))
    outputs = _output(n_classes)(layers.Concatenate()([flat, waves]))
    return keras.Model(inputs, outputs, name="random_features")


def _cnn(
    input_shape: tuple[int, ...], n_classes: int, filters: int, units: int, dropout: float
) -> Any:
    from framework.core.backend import keras

    if len(input_shape) != 3:
        raise ValueError(f"a cnn takes images (height, width, channels), not {input_shape}")
    layers = keras.layers
    convolutions: list[Any] = []
    for width in (filters, 2 * filters, 4 * filters):
        convolutions.append(layers.Conv2D(width, 3, padding="same", activation="relu"))
        convolutions.append(layers.MaxPooling2D())
    return keras.Sequential(
        [
            keras.Input(input_shape),
            *convolutions,
            layers.Flatten(),
            layers.Dense(units, activation="relu"),
            layers.Dropout(dropout),
            _output(n_classes),
        ],
        name="cnn",
    )


def _flatten(input_shape: tuple[int, ...]) -> list[Any]:
    from framework.core.backend import keras

    return [keras.layers.Flatten()] if len(input_shape) > 1 else []


def _output(n_classes: int) -> Any:
    from framework.core.backend import keras

    if n_classes == 2:
        return keras.layers.Dense(1, activation="sigmoid")
    return keras.layers.Dense(n_classes, activation="softmax")
