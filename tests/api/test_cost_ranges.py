"""``cost_ranges`` and robust ``decide``: of any classifier's probabilities, in Python."""

import numpy as np
import pytest

from framework import CostMatrix, cost_ranges, decide
from framework.core.errors import ConfigError, CostMatrixError, DataError

MISS = {"low": 50, "likely": 100, "high": 900}
COSTS = {"labels": ["fraud", "ok"], "costs": [[0, MISS], [10, 0]]}


def cases(n=400):
    rng = np.random.default_rng(0)
    p = rng.beta(0.3, 3, n)
    return np.where(rng.random(n) < p, "fraud", "ok"), 1 - p


def test_one_models_probabilities_will_do():
    y, p = cases()
    found = cost_ranges(y, p, cost_matrix=COSTS, draws=500)
    assert [one.name for one in found.found.numbers] == ["fraud as ok"]
    assert found.found.model == "model"
    assert str(found) == "\n".join(found.sentences())
    assert found.to_json()["draws"] == 500


def test_decisions_stay_and_probabilities_decide_anew():
    y, p = cases()
    models = {"rule": np.where(p < 0.8, "fraud", "ok"), "model": p}
    found = cost_ranges(y, models, cost_matrix=COSTS, draws=500)
    assert [one.anew for one in found.found.models] == [False, True, True]
    assert found.found.model == "model"
    rule = found.found.models[0]
    missed = np.mean((y == "fraud") & (p >= 0.8))
    false = np.mean((y == "ok") & (p < 0.8))
    assert rule.likely == pytest.approx(100 * missed + 10 * false)
    assert rule.mean == pytest.approx(225 * missed + 10 * false, rel=1e-3)


def test_several_people_stand_side_by_side():
    y, p = cases()
    other = CostMatrix.of({"fraud": {"ok": 700}, "ok": {"fraud": 30}}, name="Ben")
    found = cost_ranges(y, p, cost_matrix=[{"name": "Anna", **COSTS}, other], draws=500)
    names = [one.name for one in found.found.numbers]
    assert sorted(names) == ["fraud as ok", "ok as fraud"]
    assert set(found.found.people) == {"Anna", "Ben"}


def test_the_currency_is_the_matrixs():
    y, p = cases()
    told = str(cost_ranges(y, p, cost_matrix={**COSTS, "unit": "EUR"}, draws=200))
    assert "EUR" in told
    assert "$" not in told


def test_robust_decisions_go_by_means_or_by_the_least_regret():
    """A fraud of .06: by the likely costs 6.0 against 9.4 it passes; by the mean, 225, it is stopped."""
    p = [[0.06, 0.94], [0.02, 0.98]]
    assert decide(p, cost_matrix=COSTS).tolist() == ["ok", "ok"]
    assert decide(p, cost_matrix=COSTS, robust="expected").tolist() == ["fraud", "ok"]
    # The middle is 475: .02 * 475 = 9.5 against 9.8.
    assert decide(p, cost_matrix=COSTS, robust="regret").tolist() == ["fraud", "ok"]
    assert decide([[0.021, 0.979]], cost_matrix=COSTS, robust="regret").tolist() == ["fraud"]


@pytest.mark.parametrize(
    ("models", "matrix", "error", "message"),
    [
        ([0.5], COSTS, DataError, "an answer for each truth"),
        (["ok", "ok"], COSTS, ConfigError, "goes by probabilities"),
        ([0.5, 0.5], [[0, 1], [2, 0]], CostMatrixError, "none of its costs is a range"),
    ],
)
def test_what_cannot_be_compared_is_told(models, matrix, error, message):
    with pytest.raises(error, match=message):
        cost_ranges(["ok", "fraud"], models, cost_matrix=matrix)


def test_robust_needs_a_range():
    with pytest.raises(CostMatrixError, match="none of its costs is a range"):
        decide([0.5], cost_matrix=[[0, 1], [2, 0]], robust="expected")
