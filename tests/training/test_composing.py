"""Networks made of others say what the formulas say."""

import numpy as np
import pytest

from framework.core.backend import keras
from framework.core.decisions import pooling
from framework.core.scaling import Scaling
from framework.inference.predicting import Predictor
from framework.training.composing import geometric_mean, in_front_of_bytes, pooled

X = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
Y = (X[:, 0] + 0.5 * np.random.default_rng(1).normal(size=200) > 0).astype(int)


def network(units, seed):
    keras.utils.set_random_seed(seed)
    end = "sigmoid" if units == 1 else "softmax"
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, activation=end)])


@pytest.mark.parametrize("units", [1, 2, 3])
def test_the_geometric_mean_as_a_network(units):
    models = [network(units, seed) for seed in range(3)]
    told = [Predictor(model)(X) for model in models]
    together = Predictor(geometric_mean(models, "mean"))(X)
    np.testing.assert_allclose(together, pooling.geometric_mean(told), atol=1e-5)


@pytest.mark.parametrize("units", [1, 2])
def test_a_pool_as_a_network_survives_its_file(units, tmp_path):
    models = [network(units, seed) for seed in range(3)]
    told = [Predictor(model)(X) for model in models]
    pool = pooling.fit(told, Y)
    made = pooled(models, pool, "pool")
    made.save(tmp_path / "pool.keras")
    read = keras.saving.load_model(tmp_path / "pool.keras", compile=False, safe_mode=True)
    for model in (made, read):
        np.testing.assert_allclose(Predictor(model)(X), pool(told), atol=1e-5)


def test_a_single_network_stays_what_it_is():
    model = network(2, 0)
    assert geometric_mean([model], "mean") is model


def test_pictures_of_bytes_stay_bytes_and_become_zero_to_one_in_the_model():
    X = np.array([0, 255, 51], dtype=np.uint8).reshape(3, 1, 1, 1)
    assert Scaling.fit(X)(X) is X
    identity = keras.Sequential([keras.Input((1, 1, 1)), keras.layers.Flatten()])
    seen = in_front_of_bytes(identity)(X).numpy()
    np.testing.assert_allclose(seen.ravel(), [0, 1, 0.2], rtol=1e-6)
