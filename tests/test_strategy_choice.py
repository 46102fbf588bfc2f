"""What ``--strategy auto`` makes of validation: ranking recipes, and when dollars overrule it."""

import numpy as np
import pytest

from framework import Dataset, RunConfig
from framework.fitting import Recipe, Request, Task
from framework.strategy import Strategy, Trial, Validation, log_loss, steadiest
from tests.conftest import blobs

MISS, FALSE_ALARM = 1000.0, 5.0
COSTS = np.array([[0.0, FALSE_ALARM], [MISS, 0.0]])
N = 400


def recipes(registry, count):
    return [Recipe(registry.loss("cross_entropy"), None, l2=float(i)) for i in range(count)]


def tried(registry, strategy_recipes, dollars):
    rule = registry.decision_rule("minimum_expected_cost")
    strategy = Strategy(tuple(strategy_recipes), rule, {}, "bias")
    return strategy, Trial(str(strategy), (), float(np.mean(dollars)), 0.0), np.asarray(dollars)


def dollars(misses, false_alarms):
    lost = np.zeros(N)
    lost[:misses] = MISS
    lost[N - false_alarms :] = FALSE_ALARM
    return -lost


def chosen(registry, single, average):
    one, *others = recipes(registry, 4)
    found = [tried(registry, [one], single), tried(registry, others, average)]
    return len(steadiest(found, dearest=MISS).recipes)


def test_fewer_false_alarms_do_not_outweigh_a_miss_that_was_only_not_seen(registry):
    # 40 false alarms fewer are 6 standard errors by themselves, and worth a fifth of one miss.
    assert chosen(registry, dollars(0, 20), dollars(0, 60)) == 3


def test_dollars_that_speak_clearly_overrule_the_average(registry):
    assert chosen(registry, dollars(1, 20), dollars(40, 20)) == 1


def test_the_cheaper_of_equally_steady_ones_is_taken(registry):
    first, second = recipes(registry, 2)
    found = [tried(registry, [first], dollars(0, 9)), tried(registry, [second], dollars(0, 8))]
    assert steadiest(found, dearest=MISS).recipes == (second,)


def test_log_loss_is_of_calibrated_probabilities_for_cases_not_fitted_on(registry):
    rng = np.random.default_rng(0)
    p = rng.uniform(0.02, 0.98, N)
    y = (rng.uniform(size=N) < p).astype(int)
    right, overconfident, ignorant = recipes(registry, 3)
    odds = p / (1 - p)
    probabilities = {
        id(right): np.column_stack([1 - p, p]),
        id(overconfident): np.column_stack([1 / (1 + odds**3), odds**3 / (1 + odds**3)]),
        id(ignorant): np.full((N, 2), 0.5),
    }
    validation = Validation(np.arange(N), np.arange(N) % 5, y, COSTS, probabilities)
    entropy = -np.where(y == 1, np.log(p), np.log(1 - p)).mean()
    assert log_loss(validation, right) == pytest.approx(entropy, abs=0.02)
    assert log_loss(validation, overconfident) == pytest.approx(log_loss(validation, right), 0.01)
    assert log_loss(validation, ignorant) == pytest.approx(np.log(2), abs=0.02)


def test_recipes_of_another_draw_start_from_other_weights(registry):
    X, y = blobs(60)
    config = RunConfig(dataset="blobs", epochs=1).resolved({}, "mlp", 2)
    task = Task(config, registry, Dataset(X, y, ("no", "yes")))
    loss = registry.loss("cross_entropy")
    requests = [Request(Recipe(loss, None, draw=draw), 0, np.arange(60), "m") for draw in (0, 0, 1)]
    one, same, other = (task.predict(network, np.arange(60)) for network in task.fit(requests))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)
