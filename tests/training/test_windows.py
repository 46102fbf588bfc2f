"""Training on a stream: every case once an epoch, and what comes of it is what cases in memory give."""

import json
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from framework.core.backend import keras
from framework.core.errors import TrainingStoppedError
from framework.core.losses import cross_entropy, expected_cost
from framework.core.scaling import Scaling
from framework.training import windows
from framework.training.checkpoints import Checkpoints
from framework.training.hosts import Hosts
from framework.training.jobs import Cases, Job, Settings
from framework.training.loop import train
from framework.training.windows import WindowData
from tests.conftest import blobs
from tests.processes import python
from tests.streams import ArrayStream
from tests.training.test_hosts import free_ports, start

COSTS = np.array([[0.0, 1.0], [20.0, 0.0]])


def softmax():
    layers = [keras.layers.Dense(4, activation="relu"), keras.layers.Dense(2, activation="softmax")]
    return keras.Sequential([keras.Input((3,)), *layers])


def normalised():
    layers = keras.layers
    hidden = [layers.Dense(4), layers.BatchNormalization(momentum=0.9), layers.ReLU()]
    return keras.Sequential([keras.Input((3,)), *hidden, layers.Dense(2, activation="softmax")])


def sgd():
    return keras.optimizers.SGD(0.05)


def job(X, costs=COSTS, seed=5, loss=expected_cost, **more):
    return Job(loss, costs, seed, np.arange(len(X)), Scaling.fit(X), **more)


def small(monkeypatch, cases):
    """Windows of so many cases."""
    monkeypatch.setattr(windows, "MOST_CASES", cases)


@pytest.mark.parametrize("build", [softmax, normalised])
def test_one_window_of_one_block_trains_what_cases_in_memory_do(build):
    X, y = blobs()
    settings = Settings(sgd, 3, 32)
    scaling = Scaling.fit(X)
    jobs = [job(X), job(X, seed=6), job(X, loss=cross_entropy)]
    jobs = [replace(one, scaling=scaling) for one in jobs]
    stream = ArrayStream(X, y, len(y))
    held = train(build, jobs, Cases(X, y, y), settings)
    streamed = train(build, jobs, Cases(X[:20], y[:20], y[:20], stream), settings)
    for one, other in zip(held, streamed, strict=True):
        np.testing.assert_array_equal(one.losses, other.losses)
        for a, b in zip(one.weights.trainable, other.weights.trainable, strict=True):
            np.testing.assert_array_equal(a, b)


def test_costs_of_each_case_come_along():
    X, y = blobs()
    costs = np.random.default_rng(0).random((len(y), 2)) * (1 - np.eye(2)[y])
    stream = ArrayStream(X, y, len(y), {"dear": costs.sum(axis=1)})

    def costs_of(block):
        return block.columns["dear"][:, None] * (1 - np.eye(2)[block.y])

    settings = Settings(sgd, 3, 32)
    (held,) = train(softmax, [job(X, costs)], Cases(X, y, np.arange(len(y))), settings)
    cases = Cases(X[:20], y[:20], np.arange(20), stream)
    (streamed,) = train(softmax, [job(X[:20], costs[:20], costs_of=costs_of)], cases, settings)
    np.testing.assert_allclose(streamed.losses, held.losses, rtol=0.02)  # scaled by other cases
    (alike,) = train(softmax, [job(X, costs, costs_of=costs_of)], cases, settings)
    np.testing.assert_array_equal(alike.losses, held.losses)


def test_an_epoch_has_every_case_once_in_another_order(monkeypatch):
    X, y = blobs()
    X = np.arange(len(y), dtype=np.float64)[:, None] + np.zeros((1, 3))
    small(monkeypatch, 50)
    stream = ArrayStream(X, y, 7)
    own = job(X)
    data = WindowData(stream, X, [own], Hosts(), epochs=2)
    orders = []
    for epoch in range(2):
        seen = []
        for part in data.parts([own], data.n, epoch, 32):
            assert len(part.orders[0]) <= 50
            features, truths, _ = data.batch(part.orders, 0)
            found = np.rint(
                features.numpy()[0, :, 0] / own.scaling.scale[0] + own.scaling.offset[0]
            )
            np.testing.assert_array_equal(truths.numpy()[0], y[found.astype(int)])
            seen += found.astype(int).tolist()
        assert sorted(seen) == list(range(len(y)))
        orders.append(seen)
    assert orders[0] != orders[1]
    assert stream.were_read[: len(stream.sizes)] != sorted(stream.were_read[: len(stream.sizes)])


def test_windows_learn_what_all_cases_at_once_teach(monkeypatch):
    X, y = blobs()
    small(monkeypatch, 64)
    settings = Settings(sgd, 30, 16)
    (held,) = train(softmax, [job(X)], Cases(X, y, y), settings)
    stream = ArrayStream(X, y, 10)
    (streamed,) = train(softmax, [job(X)], Cases(X[:20], y[:20], y[:20], stream), settings)
    assert streamed.losses[-1] < streamed.losses[0]
    assert streamed.losses[-1] == pytest.approx(held.losses[-1], rel=0.15)


def test_trainings_of_different_losses_are_fed_by_one_pass(monkeypatch):
    X, y = blobs()
    small(monkeypatch, 50)
    scaling = Scaling.fit(X)
    jobs = [replace(job(X), scaling=scaling), replace(job(X, loss=cross_entropy), scaling=scaling)]
    settings = Settings(sgd, 3, 16)

    def streamed(jobs):
        stream = ArrayStream(X, y, 10)
        cases = Cases(X[:20], y[:20], y[:20], stream)
        return train(softmax, jobs, cases, settings), stream.were_read

    together, were_read = streamed(jobs)
    assert len(were_read) == 3 * -(-len(y) // 10)
    for own, one in zip(jobs, together, strict=True):
        ((alone,), _) = streamed([own])
        np.testing.assert_array_equal(alone.losses, one.losses)
        for a, b in zip(alone.weights.trainable, one.weights.trainable, strict=True):
            np.testing.assert_array_equal(a, b)


def test_all_that_are_fed_by_one_pass_are_saved_when_training_is_told_to_stop(
    monkeypatch, tmp_path
):
    X, y = blobs()
    small(monkeypatch, 50)
    scaling = Scaling.fit(X)
    jobs = [replace(job(X), scaling=scaling), replace(job(X, loss=cross_entropy), scaling=scaling)]
    jobs = [replace(own, loss_name=name) for own, name in zip(jobs, "ab", strict=True)]
    cases = Cases(X[:20], y[:20], y[:20], ArrayStream(X, y, 10))
    settings = Settings(sgd, 4, 16)
    whole = train(softmax, jobs, cases, settings)
    checkpoints = Checkpoints(tmp_path)

    def stop(_numbers, epoch, *_):
        checkpoints.stopping = epoch == 2

    with pytest.raises(TrainingStoppedError):
        train(softmax, jobs, cases, settings, stop, checkpoints)
    again, told = Checkpoints(tmp_path), []
    resumed = train(
        softmax, jobs, cases, settings, lambda n, epoch, *_: told.append((*n, epoch)), again
    )
    assert sorted(told) == [(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4)]
    for one, other in zip(whole, resumed, strict=True):
        np.testing.assert_array_equal(one.losses, other.losses)


def test_a_block_that_cannot_be_read_is_told(monkeypatch):
    X, y = blobs()
    stream = ArrayStream(X, y, 30)

    def read(_block):
        raise OSError("the disk is gone")

    stream.read = read
    with pytest.raises(OSError, match="the disk is gone"):
        train(softmax, [job(X)], Cases(X, y, y, stream), Settings(sgd, 1, 16))


# Batches as large as all cases: then it does not matter in which order they come.
DEALT = """
import json, sys
import numpy as np
from framework.training.hosts import join
hosts = join()
from framework.training import windows
from framework.training.jobs import Cases, Settings
from framework.training.loop import train
from tests.conftest import blobs
from tests.streams import ArrayStream
from tests.training.test_windows import job, normalised, sgd, softmax
windows.MOST_CASES = int(sys.argv[2])
X, y = blobs()
mine = {(2, 0): slice(0, 100), (2, 1): slice(100, None), (1, 0): slice(None)}[hosts.count, hosts.index]
stream = ArrayStream(X[mine], y[mine], 30, everywhere=y)
stream.identity = "all"
told = {}
for build in (softmax, normalised):
    (result,) = train(build, [job(X)], Cases(X, y, y, stream), Settings(sgd, 4, 2 * len(y)))
    told[build.__name__] = [result.losses, [w.tolist() for w in result.weights.trainable]]
if hosts.is_chief:
    print("TOLD", json.dumps(told))
"""


@pytest.fixture(scope="module")
def dealt():
    """What two hosts, each with cases of its own, come to: windows of all cases, and of 40."""

    def run(count, most):
        ports = free_ports(count)
        command = python(DEALT, "_", most)
        if count == 1:
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            return json.loads(done.stdout.partition("TOLD")[2])
        hosts = [start(index, ports, command) for index in range(count)]
        outputs = [host.communicate(timeout=180)[0] for host in hosts]
        assert [host.returncode for host in hosts] == [0] * count, "\n".join(outputs)
        return json.loads(outputs[0].partition("TOLD")[2].splitlines()[0])

    return {"one": run(1, 10**6), "two": run(2, 10**6), "windows": run(2, 40)}


@pytest.mark.slow
def test_two_hosts_with_cases_of_their_own_train_what_one_with_all_does(dealt):
    (losses, weights), (of_one, weights_of_one) = dealt["two"]["softmax"], dealt["one"]["softmax"]
    np.testing.assert_allclose(losses, of_one, rtol=1e-5)
    for a, b in zip(weights, weights_of_one, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("build", ["softmax", "normalised"])
def test_a_host_that_has_no_more_cases_waits_for_those_that_have(dealt, build):
    losses, weights = dealt["windows"][build]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    assert all(np.isfinite(values).all() for values in weights)
