import numpy as np
import pytest

from framework.core.backend import keras
from framework.core.losses import ExpectedCost, cross_entropy, expected_cost
from framework.core.preprocessing import with_preprocessing
from framework.core.training import Batches, train
from framework.errors import TrainingError
from tests.conftest import blobs

COSTS = np.array([[0.0, 1.0], [20.0, 0.0]])


def model_of(kind, X):
    keras.utils.set_random_seed(7)
    layers = keras.layers
    if kind == "sigmoid":
        hidden, output = [], layers.Dense(1, activation="sigmoid")
    else:
        regularizer = keras.regularizers.L2(0.01)
        hidden = [layers.Dense(8, activation="relu", kernel_regularizer=regularizer)]
        output = layers.Dense(2, activation="softmax")
    return with_preprocessing(keras.Sequential([keras.Input((3,)), *hidden, output]), X)


@pytest.mark.parametrize("kind", ["sigmoid", "regularised softmax"])
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("loss", ["cross_entropy", "expected_cost"])
def test_gives_the_weights_of_keras_fit_on_the_same_batches(kind, optimizer, loss):
    X, y = blobs(70)  # 70 = 2 x 32 + 6: the last batch is smaller
    ours, keras_own = model_of(kind, X), model_of(kind, X)
    make_optimizer = getattr(keras.optimizers, optimizer)
    function = {"cross_entropy": cross_entropy, "expected_cost": expected_cost}[loss]
    train(
        ours, function, X, y, COSTS, optimizer=make_optimizer(0.05), epochs=4, batch_size=32, seed=5
    )
    keras_loss = {
        ("cross_entropy", "sigmoid"): "binary_crossentropy",
        ("cross_entropy", "regularised softmax"): "sparse_categorical_crossentropy",
    }.get((loss, kind)) or ExpectedCost(COSTS)
    keras_own.compile(make_optimizer(0.05), keras_loss)
    for epoch in range(4):
        order = Batches(70, 32, 5).order(epoch)
        keras_own.fit(X[order], y[order], batch_size=32, shuffle=False, verbose=0)
    for a, b in zip(ours.get_weights(), keras_own.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_the_same_seed_gives_the_same_weights_another_seed_others():
    X, y = blobs()
    results = []
    for seed in (1, 1, 2):
        model = model_of("sigmoid", X)
        train(
            model,
            expected_cost,
            X,
            y,
            COSTS,
            optimizer=keras.optimizers.SGD(0.1),
            epochs=2,
            batch_size=16,
            seed=seed,
        )
        results.append(np.concatenate([w.ravel() for w in model.get_weights()]))
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.allclose(results[0], results[2])


def test_reports_every_epoch_with_a_loss_that_falls():
    X, y = blobs()
    seen = []
    history = train(
        model_of("sigmoid", X),
        cross_entropy,
        X,
        y,
        COSTS,
        optimizer=keras.optimizers.Adam(0.05),
        epochs=10,
        batch_size=32,
        seed=0,
        on_epoch=lambda epoch, loss: seen.append((epoch, loss)),
    )
    assert [epoch for epoch, _ in seen] == list(range(1, 11))
    assert [loss for _, loss in seen] == history
    assert history[-1] < history[0]


def test_a_loss_that_is_not_finite_stops_with_advice():
    X, y = blobs()
    with pytest.raises(TrainingError, match=r"became (nan|inf).*lower the learning rate"):
        train(
            model_of("regularised softmax", X),
            cross_entropy,
            X,
            y,
            COSTS,
            optimizer=keras.optimizers.SGD(1e30),
            epochs=5,
            batch_size=32,
            seed=0,
        )


def test_an_epoch_visits_every_case_once_in_an_order_of_its_own():
    batches = Batches(n=50, batch_size=16, seed=3)
    first, second = batches.order(0), batches.order(1)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first.tolist() != second.tolist()
    assert first.tolist() == Batches(50, 16, 3).order(0).tolist()
