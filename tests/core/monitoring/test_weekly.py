import numpy as np
import pytest

from framework.core.errors import DataError
from framework.core.monitoring.decided_cases import DecidedCases, Reference
from framework.core.monitoring.weekly import alarm_of, monitor_cases

COSTS = np.array([[0.0, 100.0], [1000.0, 50.0]])  # truths good, bad; lend, refuse
LEND, REFUSE = 0, 1
MONDAY = 20458.0  # 2026-01-05


def logged(p_bad, y, decisions=None, days=None, **more):
    p = np.column_stack([1 - np.asarray(p_bad), p_bad])
    decisions = (p @ COSTS).argmin(axis=1) if decisions is None else np.asarray(decisions)
    days = np.full(len(p), MONDAY) if days is None else days
    return DecidedCases(p, decisions, COSTS, days, np.asarray(y), np.full(len(p), np.nan), **more)


def test_promised_came_and_estimated_by_hand():
    # 10 lent at 1 % bad are to cost 10 each; one of the five known was bad.
    figures = monitor_cases(logged([0.01] * 10, [0, 0, 0, 0, 1] + [-1] * 5)).figures
    assert (figures.n, figures.known) == (10, 5)
    assert figures.promised == pytest.approx(-10)
    assert figures.came_mean == pytest.approx(-200)
    assert figures.came.ends is None  # of five
    assert figures.estimate.mean == pytest.approx(-(5 * 200 + 5 * 10) / 10)


def test_weeks_begin_on_monday_and_those_without_a_case_are_left_out():
    days = MONDAY + np.array([0.0, 6.9, 7.0, 28.5])
    weeks = monitor_cases(logged([0.01] * 4, [0] * 4, days=days)).weeks
    assert [week.start for week in weeks] == ["2026-01-05", "2026-01-12", "2026-02-02"]
    assert [week.figures.n for week in weeks] == [2, 1, 1]


def test_cases_without_an_outcome_count_at_the_class_mix_of_their_week():
    rng = np.random.default_rng(0)
    reference_p = np.where(rng.random(4000) < 0.5, 0.05, 0.95)
    reference_y = (rng.random(4000) < reference_p).astype(int)
    labelled = np.column_stack([1 - reference_p, reference_p])
    taken = (labelled @ COSTS).argmin(axis=1)
    reference = Reference(labelled, reference_y, taken, (labelled @ COSTS)[np.arange(4000), taken])
    # Of the new, 90 % look bad and are refused; none is known.
    p = np.where(rng.random(2000) < 0.9, 0.95, 0.05)
    (week,) = monitor_cases(logged(p, np.full(2000, -1)), reference).weeks
    # p(looks bad) = .95 s + .05 (1 - s) = .9, so the share s of the bad is .85 / .9.
    assert week.mix.shares[1] == pytest.approx(0.944, abs=0.02)
    assert week.figures.came is None
    # At that share, who looks good is bad with .05 * .944 / (.05 * .944 + .95 * .056) = .47, and lent to:
    # .1 * 470 + .9 * 50 = 92, where .1 * 50 + .9 * 52.5 was promised.
    assert week.figures.promised == pytest.approx(-52.25, abs=0.3)
    assert week.figures.estimate.mean == pytest.approx(-92, abs=12)
    assert week.scores.p_value < 1e-6
    assert week.decisions.moved == pytest.approx(0.4, abs=0.03)


def loans(n, seed, explore):
    """Refused loans tell nothing; and the refused are half as bad as the model says."""
    rng = np.random.default_rng(seed)
    p = rng.choice([0.02, 0.3], n)
    y = (rng.random(n) < np.where(p > 0.1, p / 2, p)).astype(int)
    rule = (np.column_stack([1 - p, p]) @ COSTS).argmin(axis=1)
    odds = np.full((n, 2), explore / 2)
    odds[np.arange(n), rule] += 1 - explore
    decisions = (rng.random(n) > odds[:, 0]).astype(int)
    known = np.where(decisions == LEND, y, -1)
    truth = COSTS[y, rule].mean()
    more = {"rule": rule, "odds": odds} if explore else {}
    return logged(p, known, decisions, **more), truth


def test_exploring_makes_up_for_outcomes_that_depend_on_the_decision():
    cases, truth = loans(40_000, 0, 0.1)
    figures = monitor_cases(cases).figures
    low, high = figures.estimate.ends
    assert low <= -truth <= high
    assert figures.estimate.mean == pytest.approx(-truth, abs=5)
    assert abs(figures.came_mean + truth) > 10  # what is known alone misleads
    # Half of the tenth that is drawn refuses what would be lent (.98 * 100 + .02 * 50 - 20 = 79), or
    # lends what would be refused (.3 * 1000 - .7 * 100 - .3 * 50 = 215).
    assert figures.explored == pytest.approx(-0.05 * (79 + 215) / 2, rel=0.02)


def test_without_exploring_it_is_as_wrong_as_the_probabilities_are():
    cases, truth = loans(40_000, 0, 0.0)
    found = monitor_cases(cases)
    assert not cases.telling[REFUSE]
    assert found.figures.estimate.ends is None
    assert (
        found.figures.estimate.mean > -truth + 2
    )  # the refused were good, and cost more to refuse


def test_the_estimate_of_exploring_covers():
    covered = []
    for seed in range(60):
        cases, truth = loans(4000, seed, 0.1)
        low, high = monitor_cases(cases).figures.estimate.ends
        covered.append(low <= -truth <= high)
    assert np.mean(covered) > 0.9


def test_one_figure_may_be_promised_for_all():
    rng = np.random.default_rng(3)
    y = (rng.random(3000) < 0.05).astype(int)
    cases = logged(np.full(3000, 0.05), y)
    assert monitor_cases(cases, promise=60.0).alarm.raised is None
    assert monitor_cases(cases, promise=25.0).alarm.raised == "2026-01-05"
    assert monitor_cases(cases, promise=60.0).figures.promised == -60
    with pytest.raises(DataError, match="less than any case can cost"):
        monitor_cases(cases, promise=-1.0)


def test_with_odds_known_cases_stand_for_those_that_are_not_known():
    cases, truth = loans(20_000, 5, 0.1)
    assert alarm_of(cases, 1.1 * truth).raised is None
    assert alarm_of(cases, 0.5 * truth).raised is not None


def test_an_alarm_is_dated_by_when_outcomes_came():
    y = np.ones(60, dtype=int)
    cases = logged(np.full(60, 0.02), y)
    late = DecidedCases(
        cases.probabilities, cases.decisions, COSTS, cases.days, y, MONDAY + np.arange(60.0)
    )
    found = alarm_of(late)
    assert found.looks[0] == "2026-01-05"
    assert len(found.looks) == 60
    assert "2026-01-05" < found.raised < "2026-01-12"


def test_nothing_is_not_monitored():
    with pytest.raises(DataError, match="there are no decisions"):
        monitor_cases(logged([], np.empty(0, dtype=int)))
