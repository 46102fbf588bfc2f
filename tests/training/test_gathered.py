import numpy as np
import pytest

from framework.core.backend import keras
from framework.core.losses import cross_entropy, expected_cost
from framework.core.scaling import UNSCALED, Scaling
from framework.training.device_data import DeviceData
from framework.training.gathered import NEXT_BYTES, WHOLE_BYTES, GatheredData, are_many
from framework.training.jobs import Cases, Job, Settings
from framework.training.loop import train
from tests.conftest import blobs

pytestmark = pytest.mark.slow

N = 70
COSTS = np.array([[0.0, 1.0], [5.0, 0.0]])


def network():
    layers = keras.layers
    hidden = [layers.Dense(4, activation="relu"), layers.Dropout(0.2)]
    return keras.Sequential([keras.Input((3,)), *hidden, layers.Dense(2, activation="softmax")])


def trained(more, seeds, per_case):
    """Weights of members that learn from 70 cases, among so many ``more`` that nobody learns from."""
    X, y = blobs(N)
    X = np.concatenate([X.astype(np.float32), np.zeros((more, 3), np.float32)])
    y = np.concatenate([y, np.zeros(more, int)])
    rows = np.arange(N)
    table = np.random.default_rng(1).uniform(0, 2, (N, 2)) if per_case else COSTS
    index = np.minimum(np.arange(len(y)), N - 1) if per_case else y
    scalings = {seed: Scaling.fit(X[rows]) for seed in seeds}
    loss = expected_cost if per_case else cross_entropy
    jobs = [Job(loss, table, seed, rows, scalings[seed]) for seed in seeds]
    settings = Settings(lambda: keras.optimizers.Adam(0.01), epochs=3, batch_size=32)
    cases = Cases(X, y, index)
    return are_many(cases, list(scalings.values())), train(network, jobs, cases, settings)


@pytest.mark.parametrize(
    ("seeds", "per_case"), [((5,), False), ((5, 5), True), ((5, 6), False), ((5, 6), True)]
)
def test_many_cases_teach_bit_for_bit_what_few_do(seeds, per_case):
    none, few = trained(0, seeds, per_case)
    some, many = trained(WHOLE_BYTES // 12, seeds, per_case)
    assert (none, some) == (False, True)
    for one, other in zip(few, many, strict=True):
        assert one.losses == other.losses
        for ours, theirs in zip(one.weights.trainable, other.weights.trainable, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("members", [1, 2])
def test_batches_are_those_of_all_cases_on_the_device_part_by_part(members):
    n, batch_size = 7, 2
    rng = np.random.default_rng(0)
    X = rng.random((n, NEXT_BYTES // 16)).astype(np.float32)  # room for two batches of them
    cases = Cases(X, np.arange(n) % 2, np.arange(n))
    scalings = [Scaling.fit(X), UNSCALED][:members]
    jobs = [Job(None, COSTS, k, np.arange(n), scaling) for k, scaling in enumerate(scalings)]
    whole = DeviceData(cases, scalings)
    gathered = GatheredData(cases, scalings, batch_size).for_members(members)
    found = []
    for data in (whole, gathered):
        first = np.array(data.first_rows_of(jobs, False))[:, None]
        parts, batches = 0, []
        for part in data.parts(jobs, n, 3, batch_size):
            parts += 1
            for start in range(0, int(part.counts[0]), batch_size):
                rows = part.orders[:, start : start + batch_size]
                batches.append([values.numpy() for values in data.batch(rows, first)])
        found.append((parts, batches))
    (_, expected), (parts, batches) = found
    assert parts == {1: 2, 2: 4}[members]
    for one, other in zip(batches, expected, strict=True):
        for values, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(values, right)
