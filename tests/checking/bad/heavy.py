"""Imports scikit-learn for every command that lists plugins, and then offers what would be good."""

import numpy as np
import sklearn
import sklearn.linear_model

from framework import (
    DatasetSpec,
    DecisionRuleSpec,
    EstimatorSpec,
    LossSpec,
    ModelSpec,
    hookimpl,
)


def load():
    y = np.arange(60) % 2
    return np.random.default_rng(0).normal(size=(60, 2)) + y[:, None], y


def build(input_shape, n_classes):
    import keras

    return keras.Sequential([keras.Input(input_shape), keras.layers.Dense(n_classes, "softmax")])


def fit(shape):
    return sklearn.linear_model.LogisticRegression()


def loss(y_true, y_pred, cost_rows):
    from keras import ops

    return ops.sum(cost_rows * y_pred, axis=-1)


def decide(probabilities, costs):
    return probabilities.argmax(axis=1)


@hookimpl
def fw_register_datasets():
    return [DatasetSpec("heavy_dataset", ("no", "yes"), load, description=sklearn.__version__)]


@hookimpl
def fw_register_models():
    return [ModelSpec("heavy_model", build), EstimatorSpec("heavy_estimator", fit)]


@hookimpl
def fw_register_losses():
    return [LossSpec("heavy_loss", loss)]


@hookimpl
def fw_register_decision_rules():
    return [DecisionRuleSpec("heavy_rule", decide)]
