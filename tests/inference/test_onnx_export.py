"""Keras says what is right: whatever is exported gives its probabilities, or is refused by name."""

import numpy as np
import pytest
from fw_backbones.backbone import build

from framework.core.backend import keras
from framework.core.decisions.calibration import Calibration
from framework.core.decisions.pooling import Pool
from framework.core.scaling import UNSCALED, Scaling
from framework.inference.keras_model import KerasModel
from framework.inference.onnx_export import exported
from framework.inference.onnx_graph import CannotExportError
from framework.inference.onnx_model import OnnxModel
from framework.plugins import networks
from framework.training.composing import geometric_mean, in_front_of_bytes, pooled

L = keras.layers
SOFTMAX, SIGMOID = L.Dense(3, activation="softmax"), L.Dense(1, activation="sigmoid")
RNG = np.random.default_rng(0)


def with_weights(model):
    """``model`` with weights that all matter: what is new has a bias of 0, an average of 0."""
    model.set_weights(
        [RNG.uniform(0.02, 0.3, w.shape) * (1 if w.ndim < 2 else 0.3) for w in model.get_weights()]
    )
    return model


def table(*hidden, columns=5, last=None):
    last = last or {"units": 3, "activation": "softmax"}
    return keras.Sequential([keras.Input((columns,)), *hidden, L.Dense(**last)])


def picture(*hidden, shape=(9, 8, 3)):
    layers = [keras.Input(shape), *hidden]
    return keras.Sequential([*layers, L.Flatten(), L.Dense(3, activation="softmax")])


def check_alike(model, X, tmp_path, scaling=None):
    scaling = Scaling.fit(X) if scaling is None else scaling
    network = KerasModel(with_weights(model), scaling)
    network.save(tmp_path / "m.keras")
    assert network.needs_keras is None
    served = OnnxModel.read(tmp_path / "m.keras", scaling)
    told, wanted = served(X), network(X)
    assert told.dtype == np.float64
    assert np.ptp(wanted, axis=0).max() > 1e-4  # cases are told apart
    np.testing.assert_allclose(told, wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    "activation",
    [
        *(
            "linear",
            "relu",
            "sigmoid",
            "tanh",
            "gelu",
            "silu",
            "elu",
            "selu",
            "softplus",
            "softsign",
        ),
        *("hard_sigmoid", "hard_silu", "exponential", "relu6", "softmax", "log_softmax"),
    ],
)
def test_activations(activation, tmp_path):
    layer = L.Dense(4, activation=activation)
    check_alike(table(layer), RNG.normal(size=(20, 5)), tmp_path)
    check_alike(table(L.Activation(activation)), RNG.normal(size=(20, 5)), tmp_path)


@pytest.mark.parametrize(
    "hidden",
    [
        [L.Dropout(0.5), L.GaussianNoise(1.0), L.Identity()],
        [L.ReLU()],
        [L.ReLU(max_value=0.5)],
        [L.ReLU(negative_slope=0.2)],
        [L.Softmax()],
        [L.Dense(4, use_bias=False)],
        [L.BatchNormalization()],
        [L.BatchNormalization(scale=False, center=False)],
        [L.LayerNormalization()],
        [L.LayerNormalization(scale=False, center=False)],
        [L.Normalization(mean=[1.0, 2, 3, 4, 5], variance=[4.0, 0.25, 1, 1, 9])],
        [L.Rescaling(0.5, offset=2.0)],
        [L.Reshape((5, 1)), L.Conv1D(4, 3, padding="same"), L.GlobalMaxPooling1D()],
        [L.Reshape((5, 1)), L.Conv1D(4, 2, dilation_rate=2), L.MaxPooling1D(2), L.Flatten()],
        [keras.Sequential([L.Dense(4, activation="relu"), L.Dense(2)])],
    ],
    ids=lambda hidden: "-".join(type(layer).__name__ for layer in hidden),
)
def test_layers_of_tables(hidden, tmp_path):
    check_alike(table(*hidden), RNG.normal(3, 2, size=(20, 5)), tmp_path)


@pytest.mark.parametrize(
    "hidden",
    [
        [L.Conv2D(4, 3, strides=2, padding="same", activation="relu"), L.BatchNormalization()],
        [L.Conv2D(4, (2, 3), strides=(1, 2), use_bias=False), L.MaxPooling2D(2)],
        [L.Conv2D(6, 3, groups=3, dilation_rate=2), L.AveragePooling2D(2, padding="same")],
        [L.DepthwiseConv2D(3, depth_multiplier=2, padding="same"), L.GlobalAveragePooling2D()],
        [L.ZeroPadding2D(((1, 0), (2, 1))), L.MaxPooling2D(3, strides=2, padding="same")],
        [L.ZeroPadding2D(1), L.SpatialDropout2D(0.5), L.GlobalAveragePooling2D(keepdims=True)],
        [L.Resizing(12, 5)],
        [L.LayerNormalization(), L.Conv2D(2, 1)],
        [L.Normalization(mean=[1.0, 2, 3], variance=[4.0, 9, 1])],
    ],
    ids=lambda hidden: "-".join(type(layer).__name__ for layer in hidden),
)
def test_layers_of_pictures(hidden, tmp_path):
    check_alike(picture(*hidden), RNG.normal(size=(6, 9, 8, 3)), tmp_path)


def test_layers_that_join_and_operations(tmp_path):
    inputs = keras.Input((5,))
    a, b = L.Dense(4)(inputs), L.Dense(4, activation="tanh")(inputs)
    joined = L.Concatenate()([L.Add()([a, b]), L.Subtract()([a, b]), L.Multiply()([a, b, a])])
    joined = L.Concatenate(axis=1)([joined, L.Average()([a, b]), L.Maximum()([a, b])])
    worked = keras.ops.log(keras.ops.exp(joined) + 1) / 2 - keras.ops.maximum(0.1, joined)
    turned = keras.ops.square(keras.ops.cos(worked)) + keras.ops.sin(-worked)
    outputs = L.Dense(3, activation="softmax")(keras.ops.sqrt(turned * turned + 1))
    check_alike(keras.Model(inputs, outputs), RNG.normal(size=(20, 5)), tmp_path)


def test_a_layer_that_is_used_twice(tmp_path):
    inputs = keras.Input((5,))
    same = L.Dense(5, activation="tanh")
    check_alike(
        keras.Model(inputs, L.Dense(1, activation="sigmoid")(same(same(inputs)))),
        RNG.normal(size=(20, 5)),
        tmp_path,
    )


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("name", ["logistic", "mlp", "random_features"])
def test_the_frameworks_networks_of_tables(name, n_classes, tmp_path):
    settings = {"mlp": (16, 2, 0.2), "random_features": (32, 1.0)}.get(name, ())
    model = getattr(networks, name)((30,), n_classes, *settings)
    check_alike(model, RNG.normal(50, 9, size=(5000, 30)), tmp_path)  # in two chunks


@pytest.mark.parametrize("name", ["logistic", "cnn", "convnet"])
def test_the_frameworks_networks_of_pictures(name, tmp_path):
    settings = {"cnn": (4, 8, 0.2), "convnet": (4, 2, 0.2, 8, 0.2)}.get(name, ())
    model = in_front_of_bytes(getattr(networks, name)((16, 16, 3), 3, *settings))
    X = RNG.integers(0, 256, (7, 16, 16, 3)).astype(np.uint8)
    check_alike(model, X, tmp_path, UNSCALED)


def test_means_and_pools_of_networks(tmp_path):
    three = [networks.mlp((5,), 2, 8, 1, 0.0) for _ in range(3)]
    X = RNG.normal(size=(20, 5))
    check_alike(geometric_mean(three, "mean"), X, tmp_path)
    others = [networks.logistic((5,), 3), networks.mlp((5,), 3, 4, 1, 0.0)]
    pool = Pool((0.4, 0.6), (0.1, 0.0, -0.1), (Calibration(2.0), Calibration(1.0, (0.0, 0.5, 0.0))))
    network = KerasModel(pooled(others, pool, "pool"))
    network.save(tmp_path / "p.keras")
    np.testing.assert_allclose(OnnxModel.read(tmp_path / "p.keras")(X), network(X), rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("application", "side"), [("EfficientNetB0", 0), ("MobileNetV2", 40), ("ResNet50", 0)]
)
def test_backbones(application, side, tmp_path):
    model = in_front_of_bytes(build((32, 32, 3), 3, application, "none", side, 0.1))
    network = KerasModel(model)
    network.save(tmp_path / "m.keras")
    X = RNG.integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)
    served = OnnxModel.read(tmp_path / "m.keras")
    np.testing.assert_allclose(served(X), network(X), rtol=1e-3, atol=1e-6)


def test_the_smallest_probabilities_are_kept(tmp_path):
    """Calibrations take logarithms: ONNX Runtime's own sigmoid would say 1.5e-8 to all of these."""
    model = keras.Sequential([keras.Input((1,)), L.Dense(1, activation="sigmoid")])
    model.set_weights([np.ones((1, 1)), np.zeros(1)])
    network = KerasModel(model)
    network.save(tmp_path / "m.keras")
    told = OnnxModel.read(tmp_path / "m.keras")(np.array([[-20.0], [-40.0], [-80.0], [-300.0]]))
    np.testing.assert_allclose(told[:3, 1], np.exp([-20.0, -40.0, -80.0]), rtol=1e-6)
    assert told[3].tolist() == [1.0, 0.0]


def test_scaling_is_done_in_float64(tmp_path):
    """Of a Unix time float32 keeps no second."""
    X = 1.6e9 + np.arange(100.0)[:, None]
    scaling = Scaling.fit(X)
    model = keras.Sequential([keras.Input((1,)), L.Dense(1, activation="sigmoid")])
    KerasModel(model, scaling).save(tmp_path / "m.keras")
    assert len(np.unique(OnnxModel.read(tmp_path / "m.keras", scaling)(X)[:, 1])) == 100


@keras.saving.register_keras_serializable("tests")
class Double(L.Dense):
    """It is a Dense, and does something else."""

    def call(self, inputs):
        return 2 * super().call(inputs)


class OfItsOwn(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = L.Dense(1, activation="sigmoid")

    def call(self, inputs):
        return self.dense(inputs)


def of_its_own():
    model = OfItsOwn()
    model(np.zeros((1, 5)))
    return model


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: table(Double(3)), "the layer Double"),
        (lambda: table(L.Reshape((5, 1)), L.LSTM(2)), "the layer LSTM"),
        (lambda: table(L.Dense(2, activation=lambda x: 2 * x)), "the activation <lambda>"),
        (lambda: table(L.Dense(2, dtype="mixed_bfloat16")), "the layer Dense in bfloat16"),
        (lambda: picture(L.Conv2D(2, 3, data_format="channels_first")), "channels first"),
        (lambda: picture(L.Resizing(4, 4, interpolation="nearest")), "the layer Resizing"),
        (lambda: picture(L.BatchNormalization(axis=1)), "the layer BatchNormalization of another"),
        (lambda: table(L.Reshape((5, 1)), L.Conv1D(2, 2, padding="causal")), "causal padding"),
        (of_its_own, "OfItsOwn"),
    ],
)
def test_what_is_not_known_is_refused_by_name(make, told):
    with pytest.raises(CannotExportError, match=told):
        exported(make())
