"""Distributions of a cost: what stands for them, their means, what is drawn, and what is refused."""

import numpy as np
import pytest

from framework.core.costs.cost_range import CostRange, pooled
from framework.core.errors import CostMatrixError

PERT = {"low": 800, "likely": 1300, "high": 4000}
LOGNORMAL = {"distribution": "lognormal", "median": 100, "sigma": 0.5}


def of(**written):
    return CostRange.of(written, "a cell")


@pytest.mark.parametrize(
    ("written", "likely", "mean", "ends"),
    [
        (PERT, 1300, (800 + 4 * 1300 + 4000) / 6, (800, 4000)),
        ({**PERT, "distribution": "triangular"}, 1300, 6100 / 3, (800, 4000)),
        ({"distribution": "uniform", "low": 2, "high": 6}, 4, 4, (2, 6)),
        ({"distribution": "normal", "mean": 5, "sd": 2}, 5, 5, (-0.151659, 10.151659)),
        (LOGNORMAL, 100, 100 * np.exp(0.125), (27.5834, 362.537)),
        ({"opinions": [1, 3, {"low": 2, "likely": 5, "high": 8}]}, 3, 3, (1, 8)),
    ],
)
def test_what_stands_for_a_range_and_its_mean(written, likely, mean, ends):
    found = of(**written)
    assert found.likely == pytest.approx(likely)
    assert found.mean == pytest.approx(mean)
    assert found.ends == pytest.approx(ends, rel=1e-4)
    assert found.to_json() == written


@pytest.mark.parametrize(
    "written",
    [
        PERT,
        {**PERT, "distribution": "triangular"},
        LOGNORMAL,
        {"opinions": [7, LOGNORMAL]},
        {"distribution": "normal", "mean": 5, "sd": 2},
    ],
)
def test_what_is_drawn_has_that_mean_and_stays_within(written):
    found = of(**written)
    drawn = found.drawn(np.random.default_rng(0).random(200_000))
    assert drawn.mean() == pytest.approx(found.mean, abs=4 * drawn.std() / 200_000**0.5)
    low, high = found.ends
    assert 0.985 < np.mean((drawn >= low) & (drawn <= high)) <= 1
    assert found.nodes(256).mean() == pytest.approx(found.mean, rel=1e-3)


def test_a_pert_draw_is_the_beta_distribution_of_the_source():
    """Of 0, 0, 1: Beta(1, 5), whose distribution function is 1 - (1 - x)^5."""
    u = np.array([0.1, 0.5, 0.9])
    assert of(low=0, likely=0, high=1).drawn(u) == pytest.approx(1 - (1 - u) ** 0.2)


def test_a_triangular_draw_by_hand():
    """Of 0, 1, 2: half of it lies below 1; an eighth below a half."""
    found = of(distribution="triangular", low=0, likely=1, high=2)
    assert found.drawn(np.array([0.125, 0.5, 0.875])) == pytest.approx([0.5, 1, 1.5])


def test_gains_are_costs_turned_round():
    turned = of(**PERT).scaled(-1)
    assert turned.to_json() == {"low": -4000, "likely": -1300, "high": -800}
    assert of(**LOGNORMAL).scaled(-2).mean == pytest.approx(-2 * of(**LOGNORMAL).mean)


def test_each_opinion_is_as_likely_as_the_others():
    u = (np.arange(300) + 0.5) / 300
    found = pooled((of(distribution="uniform", low=0, high=1), of(**PERT), of(**LOGNORMAL)))
    assert np.mean(found.drawn(u) <= 1) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"low": 800, "high": 4000}, "expected {"),
        ({"low": 9, "likely": 1, "high": 4}, "low < high, and likely between"),
        ({"low": 1, "likely": 1, "high": 1}, "low < high"),
        ({"low": 1, "likely": "x", "high": 2}, '"likely": expected a finite number'),
        ({"distribution": "weibull", "low": 1}, "pert (low, likely, high)"),
        ({"distribution": "normal", "mean": 1, "sd": 0}, 'a positive "sd"'),
        ({"distribution": "lognormal", "median": 0, "sigma": 1}, 'a "median" other than 0'),
        ({"opinions": [1]}, "at least two numbers or ranges"),
        ({"opinions": [1, "x"]}, "opinion 2: expected a finite number"),
        ({"opinions": [1, {"opinions": [1, 2]}]}, "opinion 2: expected a finite number"),
        ({"distribution": "uniform", "low": -1e31, "high": 0}, "at most 1e+30"),
    ],
)
def test_what_is_no_range_is_refused_with_its_place(written, message):
    with pytest.raises(CostMatrixError) as error:
        of(**written)
    assert str(error.value).startswith("a cell")
    assert message in str(error.value)
