"""Networks of keras.applications as models: weights from a file, frozen, then fine-tuned."""

import os
import subprocess
import sys

import numpy as np
import pytest

from framework import DatasetSpec, RunConfig, hookimpl, load, run
from framework.core.backend import keras
from framework.core.errors import ConfigError
from framework.plugins.registry import Plugin
from tests.conftest import ROOT, plugin

SMALL = "MobileNetV3Small"
SHAPE = (32, 32, 3)


@pytest.fixture(scope="module")
def backbones():
    """The plugin, installed or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "plugins" / "backbones"))
        import fw_backbones

        yield fw_backbones


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file of weights, as one who has a network would save those of ImageNet."""
    keras.utils.set_random_seed(1)
    network = getattr(keras.applications, SMALL)(
        include_top=False, weights=None, input_shape=SHAPE, pooling="avg"
    )
    file = tmp_path_factory.mktemp("weights") / "small.weights.h5"
    network.save_weights(file)
    return file


@pytest.fixture
def with_backbones(registry, backbones):
    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("lights", ("dark", "bright"), lights)]

    registry.register(backbones, Plugin("backbones", "fw-backbones", "0.1.0"))
    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("l", "l", "1"))
    return registry


def lights():
    """60 pictures of 32 x 32 bytes, one half of them brighter."""
    y = np.arange(60) % 2
    X = np.random.default_rng(0).integers(0, 100, (60, *SHAPE), dtype=np.uint8)
    X[y == 1] += 120
    return X, y


def build(registry, shape=SHAPE, n_classes=3, **parameters):
    spec = registry.model("backbone")
    return spec.build(shape, n_classes, **{**spec.parameters, **parameters})


def inner(model):
    """The network of keras.applications in a model."""
    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


def test_its_weights_are_those_of_the_file_and_frozen(with_backbones, weights):
    model = build(with_backbones, application=SMALL, weights=str(weights))
    expected = getattr(keras.applications, SMALL)(
        include_top=False, weights=None, input_shape=SHAPE, pooling="avg"
    )
    expected.load_weights(weights)
    for ours, theirs in zip(inner(model).get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert [variable.shape for variable in model.trainable_variables] == [(576, 3), (3,)]


@pytest.mark.parametrize(
    ("application", "module"),
    [
        ("VGG16", "vgg16"),  # blue first, means taken off
        ("MobileNetV2", "mobilenet_v2"),  # from -1 to 1
        ("DenseNet121", "densenet"),  # standardised
        ("EfficientNetB0", "efficientnet"),  # does it itself
        (SMALL, None),  # as well, and has no function for it
    ],
)
def test_a_network_sees_of_bytes_what_keras_prepares_for_it(with_backbones, application, module):
    model = build(with_backbones, application=application, weights="none")
    pictures = np.random.default_rng(0).integers(0, 256, (2, *SHAPE)).astype(np.float32)
    prepared = pictures.copy()
    if module is not None:
        prepared = getattr(keras.applications, module).preprocess_input(prepared)
    found = keras.Model(model.input, model.layers[-2].input)(pictures / 255)
    np.testing.assert_allclose(found, inner(model)(prepared), rtol=1e-4, atol=1e-5)


def test_grey_pictures_and_small_ones_are_made_to_fit(with_backbones):
    model = build(
        with_backbones, (16, 20, 1), n_classes=2, application=SMALL, weights="none", side=48
    )
    assert inner(model).input_shape == (None, 48, 48, 3)
    assert model.output_shape == (None, 1)
    assert model(np.zeros((3, 16, 20, 1), np.float32)).shape == (3, 1)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"application": "SmallNet"}, 'has no "SmallNet"; expected one of ConvNeXtBase, '),
        ({"weights": "nowhere.h5"}, "weights: there is no file nowhere.h5; expected a file of"),
        (
            {"shape": (8, 8, 3), "weights": "none"},
            r"MobileNetV3Small takes no pictures of 8 x 8 pixels: .*--model-parameter side=PIXELS",
        ),
    ],
)
def test_what_cannot_be_built_is_one_sentence(with_backbones, parameters, message):
    with pytest.raises(ConfigError, match=message):
        build(with_backbones, **{"application": SMALL, **parameters})


def test_weights_of_another_network_are_told(with_backbones, weights):
    with pytest.raises(ConfigError, match=r"small.weights.h5 does not fit VGG16 without its top: "):
        build(with_backbones, application="VGG16", weights=str(weights))
    no_weights = weights.with_name("text.weights.h5")
    no_weights.write_text("no weights")
    with pytest.raises(ConfigError, match=r"text.weights.h5 does not fit MobileNetV3Small"):
        build(with_backbones, application=SMALL, weights=str(no_weights))


@pytest.mark.slow
def test_without_a_network_it_is_told_where_weights_may_come_from(tmp_path):
    code = f"""
from framework import FrameworkError
from framework.core.backend import keras
from fw_backbones.backbone import build
try:
    build((32, 32, 3), 2, "{SMALL}", "imagenet", 0, 0.0)
except FrameworkError as error:
    print(error)
"""
    nowhere = "http://127.0.0.1:9"
    env = {
        **os.environ,
        "https_proxy": nowhere,
        "HTTPS_PROXY": nowhere,
        "KERAS_HOME": str(tmp_path),
    }
    path = [str(ROOT / "plugins" / "backbones"), os.environ.get("PYTHONPATH", "")]
    env["PYTHONPATH"] = os.pathsep.join(path)
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    (told,) = done.stdout.splitlines()
    assert told.startswith(f"the weights of {SMALL} could not be downloaded (")
    assert f'keras.applications.{SMALL}(include_top=False).save_weights("FILE.weights.h5")' in told
    assert told.endswith("--model-parameter weights=FILE.weights.h5")


@pytest.mark.slow
def test_it_is_fine_tuned_in_a_run_and_serves_without_its_plugin(with_backbones, weights, tmp_path):
    result = run(
        RunConfig(
            dataset="lights",
            model="backbone",
            model_parameters={"application": SMALL, "weights": str(weights)},
            cost=("*->*=1",),
            loss="cross_entropy",
            folds=1,
            epochs=2,
            report=False,
            out=tmp_path / "run",
        ),
        with_backbones,
    )
    assert result.config.frozen == 0.5
    assert result.config.augment["rotation"] == 0.15
    X, _ = lights()
    here = load(result.run_dir, "built-in").predict_proba(X)
    np.save(tmp_path / "X.npy", X)
    code = f"""
import sys, numpy as np
sys.modules["fw_backbones"] = None  # as where the plugin is not installed
from framework import load
found = load({str(result.run_dir)!r}, "built-in").predict_proba(np.load(sys.argv[1]))
np.save(sys.argv[2], found)
"""
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "X.npy"), str(tmp_path / "p.npy")], check=True
    )
    np.testing.assert_allclose(np.load(tmp_path / "p.npy"), here, atol=1e-6)
