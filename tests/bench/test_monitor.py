"""The simulation of docs/monitor.md, in small."""

import numpy as np
import pytest
from monitor import (
    MORE,
    WORLDS,
    Drawn,
    World,
    called,
    deviation,
    false_alarms,
    much_of,
    oracle,
    worse,
)

(IN_SIX,) = [world for world in WORLDS if world.name == "one mistake in 6"]


@pytest.mark.parametrize("one_figure", [False, True])
def test_a_promise_that_is_kept_seldom_raises_an_alarm(one_figure):
    # Of 40 years with 5 % each, 6 or more come once in seventy.
    assert false_alarms(IN_SIX, 40, one_figure) * 40 < 6


def test_a_fifth_more_than_promised_is_called_within_six_weeks():
    # 96 % of the time; 35 or fewer of 40 once in fifty.
    assert called(IN_SIX, "odds", 40) * 40 >= 34


def test_where_a_fifth_more_cannot_be_seen_the_oracle_does_not_see_it():
    (rare,) = [world for world in WORLDS if world.name == "one mistake in 50"]
    assert oracle(deviation(rare)) < 0.8
    assert called(rare, "odds", 20) < 0.5


def test_the_oracle_by_hand():
    # Mistakes of 100 in 15 of 100: a deviation of sqrt(.85 / .15); 3,000 cases; one-sided 5 %.
    assert deviation(IN_SIX) == pytest.approx(np.sqrt(0.85 / 0.15))
    # .2 * sqrt(3000) / 2.38 = 4.60; less 1.645: 2.96 deviations.
    assert oracle(deviation(IN_SIX)) == pytest.approx(0.9985, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_what_is_changed_costs_a_fifth_more(world: World):
    tried = []
    for kind in world.kinds:
        much = much_of(world, kind)
        if much is not None:  # else no change of this kind costs so much
            drawn = Drawn.of(world, 20_000, np.random.default_rng(1))
            true = worse(kind, drawn.stated, drawn.by_truth, much)
            lost = (true * drawn.by_truth).sum(axis=1).mean()
            assert lost == pytest.approx(MORE * drawn.promised.mean(), rel=0.1), kind
            tried.append(kind)
    assert tried
