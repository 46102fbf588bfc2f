import numpy as np
import pytest

from framework import DataError, monitor

COSTS = {"good": {"bad": 1}, "bad": {"good": 5}}
LABELS = ["bad", "good"]
START = np.datetime64("2026-01-05")


def cases(n=3000, seed=0):
    """Probabilities of "bad" and "good", truths drawn from them, and times of a hundred a day."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 4, n)
    y = np.where(rng.random(n) < p, "bad", "good").astype(object)
    return y, np.column_stack([p, 1 - p]), START + np.arange(n) // 100


def test_what_came_as_promised_raises_no_alarm():
    y, p, times = cases()
    found = monitor(y, p, times=times, cost_matrix=COSTS, labels=LABELS)
    assert found.alarm.raised is None
    assert found.figures.came.low < found.figures.promised < found.figures.came.high
    assert len(found.weeks) == 5
    assert repr(found).startswith("No alarm: ")


def test_a_model_that_has_lost_its_sense_raises_one():
    y, p, times = cases()
    rng = np.random.default_rng(1)
    y[1000:] = np.where(rng.random(2000) < 0.2, "bad", "good")
    found = monitor(y, p, times=times, cost_matrix=COSTS, labels=LABELS)
    assert "2026-01-15" <= found.alarm.raised <= "2026-02-03"
    assert found.alarm.at_least > 0
    assert "a case more is lost than that" in repr(found)
    assert found.to_json()["alarm"]["raised"] is True


def test_truths_may_be_missing_and_decisions_be_given():
    y, p, times = cases()
    y[::2] = None
    lazy = np.full(3000, "good")
    found = monitor(y, p, lazy, times=times, cost_matrix=COSTS, labels=LABELS)
    assert found.figures.known == 1500
    assert found.figures.promised == pytest.approx(-5 * p[:, 0].mean())
    assert "1,500 cases of 3,000 have no outcome" in repr(found)


def test_a_reference_tells_class_mix_and_drift():
    y, p, times = cases()
    before = cases(2000, 7)
    found = monitor(
        y, p, times=times, cost_matrix=COSTS, labels=LABELS, reference=(before[0], before[1])
    )
    assert found.weeks[0].mix.shares[0] == pytest.approx(0.2, abs=0.06)
    assert found.weeks[0].scores.p_value > 1e-4
    assert found.reference_shares == pytest.approx({"bad": 0.2, "good": 0.8}, abs=0.03)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"times": ["soon"] * 3000}, "expected datetimes"),
        ({"times": START}, "a time for each case"),
        ({"times": [START] * 5}, "received 3000, 3000, 3000 and 5"),
        ({"reference": (["bad"], [[0.5, 0.5]] * 2)}, "as many truths as probabilities"),
    ],
)
def test_what_does_not_fit_is_refused(change, told):
    y, p, times = cases()
    given = {"times": times, "cost_matrix": COSTS, "labels": LABELS, **change}
    with pytest.raises(DataError, match=told):
        monitor(y, p, **given)
