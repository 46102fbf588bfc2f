"""Networks that multiply in half the bits while they are trained."""

import numpy as np
import pytest

from framework import RunConfig, run
from framework.core.backend import keras
from framework.core.losses import cross_entropy
from framework.core.scaling import Scaling
from framework.inference.predicting import Predictor
from framework.training.jobs import Cases, Job, Settings
from framework.training.loop import train
from framework.training.precision import computing_in, is_full
from tests.conftest import blobs


def network():
    layers = keras.layers
    hidden = [layers.Reshape((3, 1)), layers.Conv1D(4, 2), layers.BatchNormalization()]
    hidden += [layers.ReLU(), layers.Flatten()]
    return keras.Sequential([keras.Input((3,)), *hidden, layers.Dense(2, activation="softmax")])


def in_half():
    return computing_in("bfloat16", network)


def test_products_are_halved_and_weights_and_outputs_are_not():
    model = in_half()
    assert [layer.compute_dtype for layer in model.layers] == ["bfloat16"] * 5 + ["float32"]
    assert {variable.dtype for variable in model.variables} == {"float32"}
    assert model(np.ones((2, 3), np.float32)).dtype == "float32"
    assert not is_full(model)
    assert is_full(network())


def test_what_is_made_later_is_of_full_precision_whatever_happened():
    before = keras.config.dtype_policy()
    with pytest.raises(ZeroDivisionError):
        computing_in("bfloat16", lambda: 1 / 0)
    assert keras.config.dtype_policy() == before


def test_it_learns_nearly_the_same_and_answers_in_full_precision():
    X, y = blobs()
    job = Job(
        cross_entropy, np.array([[0.0, 1.0], [1.0, 0.0]]), 5, np.arange(len(X)), Scaling.fit(X)
    )
    settings = Settings(lambda: keras.optimizers.SGD(0.05), 20, 16)
    full, half = (train(build, [job], Cases(X, y, y), settings)[0] for build in (network, in_half))
    for ours, other in zip(half.weights.trainable, full.weights.trainable, strict=True):
        assert ours.dtype == np.float32
        assert not np.array_equal(ours, other)
        np.testing.assert_allclose(ours, other, atol=0.1)
    assert half.losses[-1] == pytest.approx(full.losses[-1], rel=0.1)
    told = [Predictor(network())(job.scaling(X), result.weights) for result in (full, half)]
    assert np.abs(told[0] - told[1]).max() < 0.1
    # Its logarithm is that of a number of 24 bits, not of 8.
    assert len(np.unique(told[1])) > len(X) / 2


@pytest.mark.slow
def test_a_run_in_half_the_bits_is_served_as_it_was_judged(tmp_path):
    settings = {
        "dataset": "breast_cancer",
        "cost_matrix": "medical.json",
        "model": "mlp",
        "epochs": 5,
    }
    half = run(RunConfig(**settings, precision="bfloat16", out=tmp_path / "half", report=False))
    full = run(RunConfig(**settings, out=tmp_path / "full", report=False))
    for model in half.models:
        other = full.model(model.name)
        assert not np.array_equal(model.probabilities, other.probabilities)
        assert np.abs(model.probabilities - other.probabilities).mean() < 0.02
    assert half.config.precision == "bfloat16"
