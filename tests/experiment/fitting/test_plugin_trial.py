"""What a plugin's model or loss would fail at is told before anything is trained."""

import re

import numpy as np
import pytest

from framework import EstimatorSpec, LossSpec, ModelSpec, PluginError, RunConfig, hookimpl, run
from framework.plugins.registry import Plugin
from tests.checking.bad import estimators, forgetful
from tests.conftest import FIVE, plugin


def network(*layers):
    def build(input_shape, n_classes):
        import keras

        made = [layer(n_classes) for layer in layers]
        return keras.Sequential([keras.Input(input_shape), *made])

    return build


def dense(activation=None):
    def layer(n_classes):
        import keras

        return keras.layers.Dense(n_classes, activation)

    return layer


def lambda_layer(n_classes):
    import keras

    return keras.layers.Lambda(lambda x: 2 * x)


def unknown_layer(n_classes):
    import keras

    class Nobodys(keras.layers.Layer):
        def call(self, inputs):
            return inputs

    return Nobodys()


def raising(n_classes):
    import keras

    class Raising(keras.layers.Layer):
        def call(self, inputs, training=False):
            raise SystemExit(0)

        def compute_output_shape(self, shape):
            return shape

    return Raising()


def subclassed(input_shape, n_classes):
    import keras

    class Own(keras.Model):
        def call(self, inputs):
            return inputs

    return Own()


def two_inputs(input_shape, n_classes):
    import keras

    inputs = [keras.Input(input_shape), keras.Input(input_shape)]
    return keras.Model(inputs, keras.layers.Dense(n_classes)(keras.layers.Add()(inputs)))


def narrower(input_shape, n_classes):
    return network(dense("softmax"))((1,), n_classes)


def logits(y_true, y_pred, cost_rows):
    from keras import ops

    return ops.sum(cost_rows * y_pred, axis=-1)


def constant(y_true, y_pred, cost_rows):
    from keras import ops

    return ops.sum(cost_rows, axis=-1)


@pytest.fixture
def told(registry, tmp_path):
    """What a run with the plugin's ``specs`` says; nothing may be trained by then."""

    def told(*specs, **settings):
        @hookimpl
        def fw_register_models():
            return [spec for spec in specs if not isinstance(spec, LossSpec)]

        @hookimpl
        def fw_register_losses():
            return [spec for spec in specs if isinstance(spec, LossSpec)]

        offering = plugin(
            fw_register_models=fw_register_models, fw_register_losses=fw_register_losses
        )
        registry.register(offering, Plugin("own", "fw-own", "1.0"))
        config = RunConfig(
            dataset="blobs",
            cost_matrix=FIVE,
            report=False,
            epochs=2,
            out=tmp_path / "run",
            **settings,
        )
        progress = []
        with pytest.raises(PluginError) as error:
            run(config, registry=registry, progress=progress.append)
        assert progress == []
        assert not (tmp_path / "run" / "metrics.json").exists()
        return str(error.value)

    return told


SOFTMAX = dense("softmax")


@pytest.mark.filterwarnings("ignore::UserWarning:keras")  # of layers as odd as these
@pytest.mark.parametrize(
    ("build", "said"),
    [
        (
            lambda shape, n: None,
            "expected a keras.Model with one input and one output, .* NoneType",
        ),
        (subclassed, r"keras\.Input\(input_shape\)\), received Own"),
        (two_inputs, "expected a keras.Model with one input"),
        (narrower, r"expected inputs of shape \(None, 3\), received \(None, 1\)"),
        (
            network(dense()),
            "expected probabilities of 2 classes that sum to 1, .* end with a softmax",
        ),
        (network(dense("sigmoid")), "expected probabilities of 2 classes that sum to 1"),
        (network(raising, SOFTMAX), "SystemExit: 0"),
        (
            network(lambda_layer, SOFTMAX),
            "cannot be saved and loaded again, so none was trained: .*Lambda",
        ),
        (network(unknown_layer, SOFTMAX), "cannot be saved and loaded again.*Nobodys"),
        (forgetful.forgetful_network, "saved, loaded again, and its probabilities are others"),
    ],
)
def test_a_network_that_would_fail_is_told(told, build, said):
    found = told(ModelSpec("own_net", build), model="own_net")
    assert found.startswith('model "own_net" (fw-own 1.0)')
    assert re.search(said, found), found


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda y, p, costs: None, "cannot be compiled into training"),
        (
            lambda y, p, costs: logits(y, p, costs)[0],
            r"real numbers of shape \(8,\), received .* \(\)",
        ),
        (lambda y, p, costs: np.nan * logits(y, p, costs), "expected finite values, received nan"),
        (lambda y, p, costs: logits(y, p, costs).numpy(), "cannot be compiled into training"),
        (constant, "has no gradient"),
    ],
)
def test_a_loss_that_would_fail_is_told(told, function, said):
    found = told(LossSpec("own_loss", function), loss="own_loss")
    assert found.startswith('loss "own_loss" (fw-own 1.0)')
    assert re.search(said, found), found


def test_a_classifier_that_cannot_be_saved_is_told(told):
    (spec,) = [one for one in estimators.fw_register_models() if one.name == "estimator_saved"]
    found = told(spec, model="estimator_saved")
    assert "one fitted to made-up cases cannot be saved and loaded again" in found
    assert "without pickle" in found


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (lambda shape: 1 / 0, "its settings for .* ZeroDivisionError"),
        (7, "cannot be told: TypeError"),
    ],
)
def test_settings_that_cannot_be_told(told, settings, said):
    from sklearn.dummy import DummyClassifier

    spec = EstimatorSpec("own_trees", lambda shape: DummyClassifier(), settings=settings)
    assert re.search(said, told(spec, model="own_trees", strategy="auto"))


def test_a_good_one_is_trained(registry, tmp_path):
    @hookimpl
    def fw_register_models():
        return [ModelSpec("own_net", network(SOFTMAX))]

    @hookimpl
    def fw_register_losses():
        return [LossSpec("own_loss", logits)]

    offering = plugin(fw_register_models=fw_register_models, fw_register_losses=fw_register_losses)
    registry.register(offering, Plugin("own", "fw-own", "1.0"))
    config = RunConfig(
        dataset="blobs",
        cost_matrix=FIVE,
        report=False,
        epochs=2,
        out=tmp_path / "run",
        model="own_net",
        loss="own_loss",
    )
    assert run(config, registry=registry).models[-1].name == "five"
