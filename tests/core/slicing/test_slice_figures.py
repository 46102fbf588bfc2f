import numpy as np
import pytest

from framework.core.case_costs import expected_costs
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.slicing.levels import Levels
from framework.core.slicing.slice_figures import Decided, figures_of_slices, gaps_of_slices

COSTS = np.array([[0.0, 10.0, 4.0], [200.0, 0.0, 4.0]])  # ok, fraud; the last refers
# Ten cases: of "a" one fraud is missed and one referred, of "b" one false alarm.
Y = np.array([0, 0, 0, 1, 1, 0, 0, 0, 0, 1])
DECISIONS = np.array([0, 0, 0, 0, 2, 0, 0, 0, 1, 1])
HALVES = Levels("half", ("a", "b"), np.repeat([0, 1], 5))


def slices(n, share, seed=0, levels=4):
    """Levels at random, the first with ``share`` of fraud, the others with 5 %, and decided "ok"."""
    rng = np.random.default_rng(seed)
    at = rng.integers(0, levels, n)
    p = np.where(at == 0, share, 0.05)
    y = (rng.random(n) < p).astype(int)
    return JudgedCases(y, COSTS), np.column_stack([1 - p, p]), Levels("x", tuple("abcd"), at)


def decided(p, y):
    return Decided(np.zeros(len(y), int), 2, -expected_costs(p, COSTS)[:, 0], p)


def test_figures_of_a_slice_are_those_of_its_cases():
    found = figures_of_slices(JudgedCases(Y, COSTS), Decided(DECISIONS, 2), [HALVES], 1)
    a, b = found.figures
    assert (a.by, a.level, a.cases, a.share) == ("half", "a", 5, 0.5)
    assert a.dollars.mean == pytest.approx(-(200 + 4) / 5)
    assert a.mistakes.mean == pytest.approx(-(200 + 4) / 5)  # an oracle pays nothing
    assert a.referred.mean == pytest.approx(0.2)
    # Always "fraud" costs 10 for each of three ok: 6 a case
    assert a.saved.mean == pytest.approx(-204 / 5 + 6)
    assert a.savings == pytest.approx((-40.8 + 6) / 6)
    assert [(cell.truth, cell.decision, cell.cases) for cell in a.cells] == [(1, 0, 1), (1, 2, 1)]
    assert a.cells[0].dollars_per_case == pytest.approx(-40)
    assert b.dollars.mean == pytest.approx(-2)
    assert a.against_others.gap.mean == pytest.approx(-40.8 + 2)
    assert a.stated is None
    assert a.calibration is None


def test_too_few_cases_are_not_tested():
    found = figures_of_slices(JudgedCases(Y, COSTS), Decided(DECISIONS, 2), [HALVES], 1)
    assert found.looks == 0
    assert found.figures[0].against_others.word is None
    assert found.figures[0].dollars.ends is None


def test_a_true_gap_is_called_dearer_and_none_else():
    cases, p, levels = slices(4000, 0.25)
    tested = gaps_of_slices(cases, decided(p, cases.y), [levels])
    assert tested[0][0].word == "dearer"
    assert tested[0][0].among_all < 0.001
    assert all(pair[1].word is None for pair in tested)  # what came was stated


def test_dollars_that_were_not_stated_are_told():
    cases, p, levels = slices(4000, 0.25)
    told = np.full_like(p, 0.05)
    told[:, 0] = 0.95
    tested = gaps_of_slices(cases, decided(told, cases.y), [levels])
    assert tested[0][1].word == "less than stated"
    assert [pair[1].word for pair in tested[1:]] == [None] * 3


def test_without_a_gap_none_is_called_so():
    """Twenty worlds of eight tests each; docs/slices.md has those that count."""
    found = 0
    for seed in range(20):
        cases, p, levels = slices(400, 0.05, seed)
        tested = gaps_of_slices(cases, decided(p, cases.y), [levels])
        found += any(one.word for pair in tested for one in pair)
    assert found <= 2


def test_more_looks_make_a_gap_harder_to_call():
    cases, p, levels = slices(1000, 0.12, 1)
    rng = np.random.default_rng(5)
    others = [Levels(f"n{k}", tuple("abcd"), rng.integers(0, 4, 1000)) for k in range(10)]
    alone = gaps_of_slices(cases, decided(p, cases.y), [levels])[0][0]
    among = gaps_of_slices(cases, decided(p, cases.y), [levels, *others])[0][0]
    assert alone.chance == among.chance
    assert among.among_all > alone.among_all


def test_two_halves_are_one_look_at_their_gap_and_two_at_what_came():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 100), np.full((100, 2), 0.5)
    halves = Levels("half", ("a", "b"), np.arange(100) % 2)
    found = figures_of_slices(JudgedCases(y, COSTS), decided(p, y), [halves], 1)
    assert found.looks == 3
    a, b = found.figures
    assert a.against_others.chance == b.against_others.chance
    assert a.against_others.gap.mean == pytest.approx(-b.against_others.gap.mean)


def test_what_is_all_cases_has_no_others():
    y, p = np.zeros(20, int), np.full((20, 2), 0.5)
    found = figures_of_slices(
        JudgedCases(y, COSTS), decided(p, y), [Levels("same", ("x",), np.zeros(20, int))], 1
    )
    assert found.figures[0].against_others is None


def test_shares_stay_between_none_and_all():
    cases, p, levels = slices(200, 0.2)
    groups = np.arange(200) // 4
    cases = JudgedCases(cases.y, COSTS, groups)
    found = figures_of_slices(cases, decided(p, cases.y), [levels], 1)
    shares = [cell.share for of in found.figures for cell in of.cells if cell.share.ends]
    assert shares
    assert all(0 <= share.low <= share.high <= 1 for share in shares)
