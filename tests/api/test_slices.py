import numpy as np
import pytest

from framework import ConfigError, DataError, slices

COSTS = {"ok": {"fraud": 10, "refer": 4}, "fraud": {"ok": 200, "refer": 4}}
LABELS = ["fraud", "ok"]


def cases(n=3000, seed=0):
    """Truths, probabilities of "fraud" and "ok" that know nothing of the region, and columns."""
    rng = np.random.default_rng(seed)
    by = {
        "region": np.where(rng.random(n) < 0.5, "north", "south"),
        "age": rng.integers(18, 90, n),
    }
    p = rng.beta(0.3, 6, n)
    true = np.where(by["region"] == "south", np.minimum(4 * p, 1), p)
    return np.where(rng.random(n) < true, "fraud", "ok"), np.column_stack([p, 1 - p]), by


def levels(found):
    return [(of.by, of.level) for of in found.sliced.figures]


def test_who_pays_is_found_from_plain_arrays():
    y, p, by = cases()
    found = slices(y, p, by, cost_matrix=COSTS, labels=LABELS)
    assert levels(found)[:2] == [("region", "north"), ("region", "south")]
    south = found.sliced.figures[1]
    assert south.against_others.word == "dearer"
    assert south.stated.word == "less than stated"
    assert all(of.against_others.word is None for of in found.sliced.figures[2:])
    assert "Slice region “south”: mistakes cost" in repr(found)
    assert found.to_json()["figures"][1]["mistakes"][0]["truth"] == "fraud"


def test_decisions_will_do_and_columns_are_cut_and_crossed():
    y, p, by = cases(500)
    decisions = np.where(p[:, 0] > 0.5, "fraud", "refer")
    found = slices(y, decisions, by, ["age:40", "region x age:40"], cost_matrix=COSTS)
    assert levels(found) == [
        ("age", "up to 40"),
        ("age", "above 40"),
        *(("region x age", f"{r}, {a} 40") for r in ("north", "south") for a in ("up to", "above")),
    ]
    assert found.sliced.figures[0].referred.mean > 0.9
    assert found.sliced.figures[0].calibration is None


def test_a_prevalence_moves_figures_and_probabilities():
    y, p, by = cases()
    plain = slices(y, p, by, "region", cost_matrix=COSTS, labels=LABELS)
    rare = slices(y, p, by, "region", cost_matrix=COSTS, labels=LABELS, prevalence={"fraud": 0.01})
    for before, after in zip(plain.sliced.figures, rare.sliced.figures, strict=True):
        assert after.dollars.mean > before.dollars.mean
    assert rare.sliced.figures[1].share < plain.sliced.figures[1].share


def test_a_data_frame_will_do():
    pandas = pytest.importorskip("pandas")
    y, p, by = cases(200)
    found = slices(y, p, pandas.DataFrame(by), "region", cost_matrix=COSTS, labels=LABELS)
    assert levels(found) == [("region", "north"), ("region", "south")]


def test_a_column_that_is_not_there_and_one_of_another_length_are_refused():
    y, p, by = cases(100)
    with pytest.raises(ConfigError, match=r'no column \'sex\'; expected one of "age", "region"'):
        slices(y, p, by, "sex", cost_matrix=COSTS, labels=LABELS)
    with pytest.raises(DataError, match="by: expected a value for each of 100 cases, received 3"):
        slices(y, p, {"a": [1, 2, 3]}, cost_matrix=COSTS, labels=LABELS)
