"""Which model a sweep recommends, and up to which costs: decisions made up by hand."""

import numpy as np
import pytest

from framework.core.uncertainty.multiple_comparisons import margin
from framework.studies.sweeping.analysis import Analysis
from framework.studies.sweeping.axis import read_axis
from framework.studies.sweeping.models import CONSTANT, EQUAL, MOVED, TRAINED, SweepModel
from framework.studies.sweeping.part import Part
from framework.studies.sweeping.recommending import recommended
from framework.studies.sweeping.sensitivity import sensitivity
from tests.conftest import FIVE

N = 2000


def model(family, at=None):
    return SweepModel(f"{family} at {at}", family, at, np.zeros(N), np.zeros(N))


MODELS = [model(CONSTANT), model(EQUAL), *(model(f, v) for f in (MOVED, TRAINED) for v in (1, 5))]
CONSTANTLY, EQUALLY, MOVED_1, MOVED_5, TRAINED_1, TRAINED_5 = range(6)


def dollars(*means):
    """Of all cases alike but for a little that differs from model to model."""
    noise = np.random.default_rng(0).normal(0, 0.1, (N, len(means)))
    return np.array(means) + noise - noise.mean(axis=0)


def test_luck_among_many_does_not_speak_against_the_decision_moved_to_the_costs():
    close = dollars(-2, -1.0, -1.0, -1.0, -0.999, -1.0)
    assert recommended(MODELS, 4.0, close, 1.0, None) == MOVED_5
    assert recommended(MODELS, 1.2, close, 1.0, None) == MOVED_1


def test_what_is_clearly_ahead_is_recommended():
    assert recommended(MODELS, 5.0, dollars(-2, -1, -1, -1, -0.9, -1), 1.0, None) == TRAINED_1
    assert recommended(MODELS, 5.0, dollars(-2, -1, -1, -1, -0.9, -0.9), 1.0, None) == TRAINED_5


def test_a_dear_mistake_that_did_not_show_makes_it_less_clear():
    ahead = dollars(-2, -1, -1, -1, -0.9, -1)
    assert recommended(MODELS, 5.0, ahead, 500.0, None) == MOVED_5


def test_few_groups_of_cases_make_it_less_clear():
    ahead = dollars(-2, -1, -1, -1, -0.9, -1)
    assert recommended(MODELS, 5.0, ahead, 1.0, np.arange(N) % 12) == MOVED_5


def test_a_constant_decision_is_recommended_only_where_it_lost_less():
    assert recommended(MODELS, 5.0, dollars(-0.9, -1, -1, -1, -1, -1), 1.0, None) == CONSTANTLY
    assert recommended(MODELS, 5.0, dollars(-1.0001, -1, -1, -1, -1, -1), 500.0, None) == MOVED_5


@pytest.fixture
def analysis():
    """The equal-cost model misses 300 of 1,000 and gives no false alarm; the others the reverse:
    moved at 1 and at 10, trained at 1 and at 10 miss 100 and have 400 false alarms."""
    y = np.repeat([0, 1], N // 2)
    few_alarms, few_missed = y.copy(), y.copy()
    few_alarms[-300:] = 0
    few_missed[-100:], few_missed[:400] = 0, 1
    made = [np.zeros(N, int), np.ones(N, int), few_alarms, *[few_missed] * 4]
    families = [(CONSTANT, None)] * 2 + [(EQUAL, None)]
    families += [(family, at) for family in (MOVED, TRAINED) for at in (1.0, 10.0)]
    models = [
        SweepModel(f"{family} {k}", family, at, decided, decided)
        for k, ((family, at), decided) in enumerate(zip(families, made, strict=True))
    ]
    part = Part(y, np.stack(made), {}, None)
    return Analysis(models, read_axis("fn:fp=1..10", None, 2, FIVE), FIVE, part, part)


def test_a_cost_may_move_to_where_another_model_is_clearly_ahead(analysis):
    """At 5 a case missed: 300 x 5 against 100 x 5 + 400. They cost the same at 2; at the end the
    other one is ahead by the allowance."""
    assert analysis.models[analysis.now].name == "moved 4"
    axis, _, missed = sensitivity(analysis)
    for row in (axis, missed):
        assert row["present"] == 5
        assert row["low"]["model"] == "equal costs 2"
        assert row["low"]["at"] < 2
        assert row["high"]["model"] == "constant 1"
        # Always yes: 1,000 false alarms against 400 and 100 missed, the same at 6.
        assert row["high"]["at"] > 6
    at = axis["low"]["at"]
    other, own = (
        -FIVE_AT(at)[analysis.validation.y, analysis.validation.decisions[k]] for k in (2, 4)
    )
    assert margin(other, own, 7, max(1.0, at)) == pytest.approx(0, abs=1e-4)


def FIVE_AT(cost):  # noqa: N802
    return np.array([[0.0, 1.0], [cost, 0.0]])


def test_looks_along_the_axis_are_corrected_for_their_number(analysis):
    rows = analysis.training_against_moving()
    assert [row["beyond_chance"] for row in rows] == [0, 0]  # the same decisions
    assert rows[0]["interval"][0] < 0 < rows[0]["interval"][1]


def test_too_few_groups_give_no_intervals(analysis):
    few = Part(analysis.test.y, analysis.test.decisions, {}, np.arange(N) % 7)
    told = Analysis(analysis.models, analysis.axis, FIVE, analysis.validation, few)
    assert {row["interval"] for row in told.present()} == {None}
    assert {row["interval"] for row in told.ways()["moved"]} == {None}
    assert {row["interval"] for row in told.oracle()} == {None}
    assert [row["beyond_chance"] for row in told.training_against_moving()] == [0, 0]
    (pair,) = [pair for pair in told.break_evens() if pair["below"] == "equal costs 2"][:1]
    assert pair["interval"] is None
