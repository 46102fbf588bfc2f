"""Small simulations with a fixed seed: nominal 95 % intervals that cover 24 % never pass again.

The large ones, with widths: bench/coverage.py.
"""

import numpy as np
import pytest

from framework.core.uncertainty.intervals import mean_interval, paired_difference
from framework.core.uncertainty.multiple_comparisons import level_of_best
from framework.studies.sweeping.break_even import break_even_interval

CELLS = np.array([0.0, -1288.0, -250_000.0])
SUPPORT = (-250_000.0, 0.0)
ROUNDS = 250
LEAST = 0.92  # of so few rounds, for a coverage of .95


def share(held):
    return np.mean([low <= truth <= high for (low, high), truth in held])


def drawn(rng, n, q):
    return rng.choice(CELLS, n, p=[0.9 - q, 0.1, q])


def truth(q):
    return np.array([0.9 - q, 0.1, q]) @ CELLS


@pytest.mark.parametrize(("n", "q"), [(143, 0.002), (143, 0.007), (500, 0.002), (500, 0.02)])
def test_rare_and_dear_mistakes(n, q):
    rng = np.random.default_rng(1)
    held = [(mean_interval(drawn(rng, n, q), SUPPORT).ends, truth(q)) for _ in range(ROUNDS)]
    assert share(held) >= LEAST


@pytest.mark.parametrize("q", [0.002, 0.01])
def test_two_models_on_the_same_cases_and_how_surely_the_dearer_one_is_called_cheaper(q):
    values = np.array([0.0, -1288.0, 1288.0, -250_000.0, 250_000.0])
    chances = np.array([0.91 - 3 * q, 0.03, 0.06, 2 * q, q])
    mean = chances @ values  # the first is dearer by 250,000 q less some false alarms
    assert mean < 0
    rng, held, wrong = np.random.default_rng(2), [], 0
    for _ in range(ROUNDS):
        found = paired_difference(rng.choice(values, 143, p=chances), np.zeros(143), 250_000.0)
        held.append((found.interval.ends, mean))
        wrong += found.probability_cheaper > 0.975
    assert share(held) >= LEAST
    assert wrong / ROUNDS <= 0.025


@pytest.mark.parametrize("alike", [0.1, 0.8])
def test_groups(alike):
    q, groups = 0.01, np.repeat(np.arange(30), 10)
    rng, held = np.random.default_rng(3), []
    for _ in range(ROUNDS):
        shares = rng.dirichlet(np.array([0.9 - q, 0.1, q]) * (1 / alike - 1), 30)[groups]
        kind = (rng.random(300)[:, None] > np.cumsum(shares, axis=1)).sum(axis=1)
        dollars = CELLS[np.minimum(kind, 2)]
        held.append((mean_interval(dollars, SUPPORT, groups).ends, truth(q)))
    assert share(held) >= LEAST


def test_seeds():
    q, rng, held = 0.01, np.random.default_rng(4), []
    for _ in range(ROUNDS):
        kind = rng.choice(3, 143, p=[0.8 - 2 * q, 0.2, 2 * q])
        fails = rng.uniform(0.2, 0.8, (5, 3))[:, kind]
        dollars = np.where(rng.random((5, 143)) < fails, CELLS[kind], 0.0)
        held.append((mean_interval(dollars, SUPPORT).ends, truth(q)))
    assert share(held) >= LEAST


def test_the_cheapest_of_ten_equally_good_models():
    q, rng, held = 0.007, np.random.default_rng(5), []
    for _ in range(ROUNDS):
        best = max((drawn(rng, 143, q) for _ in range(10)), key=np.mean)
        held.append((mean_interval(best, SUPPORT, level=level_of_best(10)).ends, truth(q)))
    assert share(held) >= LEAST


def test_break_even_points():
    """The first has q fewer misses than the second and .03 more false alarms of one dollar."""
    q, rng, held = 0.02, np.random.default_rng(6), []
    for _ in range(120):
        kind = rng.choice(5, 300, p=[0.91 - 3 * q, 0.06, 0.03, q, 2 * q])
        constant = np.array([0.0, -1, 1, 0, 0])[kind]
        slope = np.array([0.0, 0, 0, -1, 1])[kind]
        if slope.sum() > 0:
            ends = break_even_interval(constant, slope, lambda value: max(1.0, value))
            held.append((ends, 0.03 / q))
    assert len(held) > 100
    assert share(held) >= LEAST
