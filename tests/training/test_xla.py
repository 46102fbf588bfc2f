import numpy as np
import pytest

from framework.core.backend import keras, tf
from framework.core.losses import cross_entropy
from framework.core.scaling import UNSCALED
from framework.training.jobs import Cases, Job, Schedule, Settings
from framework.training.loop import train
from framework.training.xla import pays
from tests.conftest import blobs

N, BATCH, EPOCHS = 702, 4, 40  # 176 steps an epoch, the last of 2 cases: 7,040 in all


def network(*more):
    layers = keras.layers
    hidden = [layers.Dense(4, activation="tanh"), *more]
    return keras.Sequential([keras.Input((3,)), *hidden, layers.Dense(2, activation="softmax")])


def with_dropout():
    return network(keras.layers.Dropout(0.2))


def trained(parts=1, seeds=(5, 5), loss=cross_entropy, build=network):
    """Weights and last losses of a member for each seed, whose epochs are trained in ``parts``."""
    X, y = blobs(N)
    starts, epochs = [None] * len(seeds), EPOCHS // parts
    rows, schedule = np.arange(N), Schedule(EPOCHS, "cosine")
    for part in range(parts):
        jobs = [
            Job(loss, np.eye(2), seed, rows, UNSCALED, l2=0.01 * k, start=start)
            for k, (seed, start) in enumerate(zip(seeds, starts, strict=True))
        ]
        sgd = lambda: keras.optimizers.SGD(0.01)  # noqa: E731
        settings = Settings(sgd, epochs, BATCH, part * epochs, schedule)
        results = train(build, jobs, Cases(X, y, y), settings)
        starts = [result.weights for result in results]
    return starts, [result.losses[-1] for result in results]


def assert_close(members, others, tolerance):
    for one, other in zip(members, others, strict=True):
        for value, expected in zip(one.trainable, other.trainable, strict=True):
            np.testing.assert_allclose(value, expected, atol=tolerance)


def python_in_between(y_true, y_pred, cost_rows):
    values = cross_entropy(y_true, y_pred, cost_rows)
    return values + 0 * tf.stop_gradient(tf.py_function(np.float32, [0.0], tf.float32))


def test_so_many_steps_pay():
    assert pays(70, 8, 778)  # of 9 steps an epoch: 7,002
    assert not pays(70, 8, 777)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [(5, 5), (5, 6)])
def test_a_long_training_learns_what_its_parts_learn_without_xla(seeds):
    """A schedule, l2 and a last batch that is smaller; with shared batches and with others."""
    whole, losses = trained(seeds=seeds)
    parts, expected = trained(2, seeds)
    np.testing.assert_allclose(losses, expected, atol=1e-5)
    assert_close(whole, parts, 1e-4)


@pytest.mark.slow
def test_a_long_training_gives_the_same_again():
    (first, losses), (again, same) = trained(seeds=(5,)), trained(seeds=(5,))
    assert losses == same
    assert_close(first, again, 0)


@pytest.mark.slow
def test_dropout_draws_the_same_in_a_long_training():
    whole, _ = trained(seeds=(5,), build=with_dropout)
    parts, _ = trained(2, (5,), build=with_dropout)
    assert_close(whole, parts, 1e-4)


@pytest.mark.slow
def test_a_loss_that_xla_cannot_compile_is_trained_without(caplog):
    whole, _ = trained(seeds=(5,), loss=python_in_between)
    assert "XLA cannot compile this training, which goes on without" in caplog.text
    parts, _ = trained(2, (5,), python_in_between)
    assert_close(whole, parts, 1e-4)
