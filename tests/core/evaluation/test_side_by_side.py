"""Deciders beside each other: paired on the same cases, unpaired on their own, and which is cheaper."""

import numpy as np
import pytest

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import DataError
from framework.core.evaluation.side_by_side import Known, side_by_side

# A missed "bad" costs 10, a false alarm 1.
MATRIX = CostMatrix.of([[0, 1], [10, 0]], ["good", "bad"])
IDS = [f"case {k}" for k in range(400)]
TRUTHS = ["bad" if k % 4 == 0 else "good" for k in range(400)]
KNOWN = Known(IDS, TRUTHS)


def perfect(ids):
    return {one: TRUTHS[int(one.split()[1])] for one in ids}


def always(label, ids):
    return dict.fromkeys(ids, label)


def test_on_the_same_cases_the_difference_is_paired():
    found = side_by_side({"old": always("bad", IDS), "new": perfect(IDS)}, KNOWN, MATRIX)
    old, new = found.deciders
    # Three of four cases are false alarms of 1; a perfect one loses nothing.
    assert (old.interval.mean, new.interval.mean) == (-0.75, 0)
    (ahead,) = found.against
    assert ahead.shared == 400
    assert ahead.saved.interval.mean == pytest.approx(0.75)
    # A normal interval of 400 differences of 0 and 1 were 0.75 +- 0.04; this one knows of the rare 10.
    low, high = ahead.saved.interval.ends
    assert 0.6 < low < 0.71
    assert 0.79 < high < 0.95
    assert found.verdict.startswith("“new” is cheaper than “old”: “new” saves $0.75 a case (95% ")
    assert found.verdict.endswith("on the same 400 cases")


def test_on_cases_of_their_own_it_is_not():
    first, second = IDS[:300], IDS[300:]
    found = side_by_side({"old": always("bad", first), "new": perfect(second)}, KNOWN, MATRIX)
    (ahead,) = found.against
    assert ahead.shared is None
    assert ahead.saved.interval.mean == pytest.approx(0.75)
    assert "on different cases" in found.verdict
    told = found.to_json()
    assert [one["share"] for one in told["deciders"]] == [0.75, 0.25]
    assert [one["n"] for one in told["deciders"]] == [300, 100]
    assert told["against_the_first"][0]["paired"] is False


def test_what_cases_cannot_tell_is_said():
    first, second = IDS[:200], IDS[200:]
    found = side_by_side({"old": always("bad", first), "new": always("bad", second)}, KNOWN, MATRIX)
    assert found.verdict.startswith("These cases cannot tell which is cheaper: “new” saves $0.00")
    few = side_by_side({"old": always("bad", IDS[:4]), "new": perfect(IDS[4:8])}, KNOWN, MATRIX)
    assert "too few cases" in few.verdict


def test_the_first_is_told_when_it_is_the_cheapest():
    found = side_by_side({"old": perfect(IDS), "new": always("bad", IDS)}, KNOWN, MATRIX)
    assert found.verdict.startswith("“old” is cheaper than “new”: “new” loses $0.75 more a case")
    three = {"old": perfect(IDS), "new": always("bad", IDS), "third": always("good", IDS)}
    # Always good misses a quarter of the cases, at 10 each.
    told = side_by_side(three, KNOWN, MATRIX)
    assert told.verdict.startswith("“old” is the cheapest; nearest to it is “new”: ")


def test_of_several_the_intervals_hold_together():
    def width(deciders):
        low, high = side_by_side(deciders, KNOWN, MATRIX).against[0].saved.interval.ends
        return high - low

    two = {"old": always("bad", IDS), "new": perfect(IDS)}
    assert width({**two, "third": always("good", IDS)}) > width(two)


def test_cases_without_an_outcome_are_left_out_and_counted():
    known = Known(IDS[:100], TRUTHS[:100])
    found = side_by_side({"old": always("bad", IDS), "new": perfect(IDS)}, known, MATRIX)
    assert [(one.decided, len(one.rows)) for one in found.deciders] == [(400, 100), (400, 100)]


def test_costs_of_the_case_come_from_the_columns_of_outcomes():
    matrix = CostMatrix.from_dict(
        {"name": "loans", "labels": ["good", "bad"], "costs": [[0, 1], [{"column": "amount"}, 0]]}
    )
    amounts = np.arange(400, dtype=float)
    known = Known(IDS, TRUTHS, {"amount": amounts})
    found = side_by_side({"old": always("good", IDS), "new": perfect(IDS)}, known, matrix)
    # Every fourth case is missed at its own amount: 0, 4, ..., 396.
    assert found.deciders[0].interval.mean == -sum(range(0, 400, 4)) / 400


def test_cases_of_a_group_count_as_one():
    groups = [str(k // 40) for k in range(400)]
    deciders = {"old": always("bad", IDS), "new": perfect(IDS)}
    found = side_by_side(deciders, Known(IDS, TRUTHS, groups=groups), MATRIX)
    assert found.against[0].saved.interval.n == 10


@pytest.mark.parametrize(
    ("decisions", "known", "message"),
    [
        ({"old": perfect(IDS)}, KNOWN, "takes two that have decided at least, received old"),
        (
            {"old": perfect(IDS), "new": {"x": "good"}},
            KNOWN,
            '"new": no outcome has the id of one of its 1 decision',
        ),
        (
            {"old": perfect(IDS), "new": always("ugly", IDS)},
            KNOWN,
            'decisions of "new": case 0 (counting from 0) has "ugly"',
        ),
        (
            {"old": perfect(IDS), "new": perfect(IDS)},
            Known(["case 1", "case 1"], ["bad", "good"]),
            'the case "case 1" has two outcomes',
        ),
    ],
)
def test_a_mistake_is_one_sentence(decisions, known, message):
    with pytest.raises(DataError) as error:
        side_by_side(decisions, known, MATRIX)
    assert message in str(error.value)
