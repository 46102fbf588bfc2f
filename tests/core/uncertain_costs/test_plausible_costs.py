"""Models under plausible costs: what is said of them is so where the truth is drawn from the ranges."""

import numpy as np
import pytest

from framework import CostMatrix
from framework.core.case_costs import case_costs, expected_costs
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.uncertain_costs.cost_ranges import NO_MODEL
from framework.core.uncertain_costs.cost_ranges_words import in_sentences
from framework.core.uncertain_costs.plausible_costs import (
    ComparedModel,
    Plausible,
    compare_under_ranges,
)
from framework.core.uncertain_costs.plausible_costs import cheapest_at as cheapest
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts

MISS = {"low": 50, "likely": 100, "high": 1500}
ALARM = {"distribution": "lognormal", "median": 10, "sigma": 0.4}
MATRIX = CostMatrix.from_dict(
    {
        "name": "fraud",
        "labels": ["ok", "fraud"],
        "costs": [[0, ALARM], [MISS, 0]],
        "refer": {"low": 2, "likely": 4, "high": 12},
    }
)


def cases(n=1000, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.beta(0.3, 3, n)
    return np.stack([1 - p, p], axis=1), (rng.random(n) < p).astype(int)


def compared(matrix=MATRIX, draws=4000, seed=0, **keys):
    p, y = cases(**keys)
    noisy = np.clip(p[:, 1] * np.random.default_rng(9).uniform(0.3, 1.7, len(p)), 0, 1)
    other = np.stack([1 - noisy, noisy], axis=1)
    costs = matrix.dollar_costs()
    models = {
        "true": ComparedModel(minimum_expected_cost(p, costs), p),
        "noisy": ComparedModel(minimum_expected_cost(other, costs), other),
        "threshold": ComparedModel((p[:, 1] > 0.5).astype(int)),
    }
    plausible = Plausible(JudgedCases(y, costs), costs, UncertainCosts.of(matrix))
    return compare_under_ranges(plausible, models, "true", p, draws, seed), plausible, models


def drawn_plainly(n, seed):
    """Costs from the stated distributions by numpy's own generators."""
    rng = np.random.default_rng(seed)

    def pert(low, likely, high):
        width = high - low
        a, b = 1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width
        return low + width * rng.beta(a, b, n)

    refer = pert(2, 4, 12)
    costs = np.zeros((n, 2, 3))
    costs[:, 1, 0] = pert(50, 100, 1500)
    costs[:, 0, 1] = rng.lognormal(np.log(10), 0.4, n)
    costs[:, 0, 2] = costs[:, 1, 2] = refer
    return costs


def lost_by(models, y, costs):
    """What each model loses a case, by one matrix at a time."""
    lost = []
    for one in models.values():
        p, taken = one.probabilities, one.decisions
        decided = [taken if p is None else minimum_expected_cost(p, of) for of in costs]
        lost.append([case_costs(y, d, of).mean() for d, of in zip(decided, costs, strict=True)])
    lost.append([min(of[y][:, j].mean() for j in range(3)) for of in costs])
    return np.array(lost)


def test_shares_and_dollars_are_those_of_deciding_each_matrix_by_itself():
    found, plausible, models = compared()
    costs = drawn_plainly(3000, 1)
    lost = lost_by(models, plausible.cases.y, costs)
    shares = np.bincount(lost.argmin(axis=0), minlength=4) / len(costs)
    assert [one.cheapest for one in found.models] == pytest.approx(shares, abs=0.04)
    assert sum(one.cheapest for one in found.models) == pytest.approx(1)
    assert [one.mean for one in found.models] == pytest.approx(lost.mean(axis=1), rel=0.04)
    regrets = (lost - lost.min(axis=0)).mean(axis=1)
    assert [one.regret for one in found.models] == pytest.approx(regrets, rel=0.1, abs=0.02)
    assert found.models[-1].name == NO_MODEL


def test_the_value_of_information_is_that_of_deciding_with_the_truth():
    found, plausible, models = compared()
    p, costs = models["true"].probabilities, drawn_plainly(3000, 2)
    mean = plausible.numbers.moved(plausible.known, plausible.numbers.means)
    now = minimum_expected_cost(p, mean)
    every = np.arange(len(p))
    saved = []
    for of in costs:
        expected = expected_costs(p, of)
        saved.append((expected[every, now] - expected.min(axis=1)).mean())
    error = np.std(saved) / len(saved) ** 0.5
    assert found.worth == pytest.approx(np.mean(saved), abs=4 * error)
    assert found.numbers[0].worth <= found.worth


def test_robust_decisions_lose_less_over_held_out_costs():
    """In expectation by the means, at each case's worst by the least regret, than by the likely costs; the
    probabilities are true, and costs are drawn anew."""
    found, plausible, models = compared(n=4000)
    p, costs = models["true"].probabilities, drawn_plainly(2000, 3)
    lost, largest = {}, {}
    for way in ("likely", "means"):
        at = getattr(plausible.numbers, way)
        decided = minimum_expected_cost(p, plausible.numbers.moved(plausible.known, at))
        expected = [expected_costs(p, of)[np.arange(len(p)), decided].mean() for of in costs]
        lost[way] = np.mean(expected)
    assert lost["means"] < lost["likely"] * 0.98
    likely, expected, regret = found.ways
    assert likely.regret - expected.regret == pytest.approx(
        lost["likely"] - lost["means"], rel=0.15
    )
    largest = {one.name: one.largest_regret for one in found.ways}
    assert largest["regret"] < largest["likely"]
    assert min(largest, key=largest.get) == "regret"
    assert min(found.ways, key=lambda one: one.regret).name == "expected"
    assert regret.regret >= expected.regret


def test_where_it_does_not_help_that_is_said():
    """Symmetric ranges: the mean is the likely value, and the middle is both."""
    even = CostMatrix.from_dict(
        {
            "name": "even",
            "labels": ["ok", "fraud"],
            "costs": [[0, 10], [{"low": 90, "likely": 100, "high": 110}, 0]],
        }
    )
    told = in_sentences(compared(even)[0])
    assert (
        "deciding by the mean costs in place of the likely ones changes next to nothing here"
        in told
    )
    assert "deciding for the least largest regret bounds the loss no better here" in told


def test_where_no_number_changes_a_decision_nothing_is_worth_asking_for():
    sure = {"name": "sure", "labels": ["ok", "fraud"], "costs": [[0, 1e9], [MISS, 0]]}
    found, *_ = compared(CostMatrix.from_dict(sure))
    assert found.worth == found.numbers[0].worth == 0
    assert "nothing is worth asking for: “true” decides the same" in "; ".join(in_sentences(found))


def test_the_seed_gives_the_same_figures():
    assert compared(draws=200)[0].to_json() == compared(draws=200)[0].to_json()
    assert compared(draws=200)[0].to_json() != compared(draws=200, seed=1)[0].to_json()


def test_equally_cheap_models_share():
    _, plausible, models = compared(draws=10)
    twice = {"a": models["true"], "b": models["true"]}
    p = models["true"].probabilities
    found = compare_under_ranges(plausible, twice, "a", p, 500)
    a, b, _ = found.models
    assert a.cheapest == b.cheapest
    assert a.regret == b.regret


def test_each_case_counts_as_its_class_does_in_the_population():
    """With all weight on the frauds, a false alarm costs nothing."""
    _, plausible, models = compared(draws=10)
    target = np.array([1e-9, 1 - 1e-9])
    moved = Plausible(
        JudgedCases(plausible.cases.y, plausible.cases.costs, None, target),
        plausible.known,
        plausible.numbers,
    )
    found = compare_under_ranges(moved, models, "true", models["true"].probabilities, 100)
    assert found.models[-1].mean == pytest.approx(0, abs=1e-6)


def test_by_one_persons_costs_the_cheapest_is_found_by_deciding_by_them():
    _, plausible, models = compared(draws=10)
    costs = np.array([[0.0, 1.0, 90.0], [200.0, 0.0, 90.0]])
    lost = lost_by(models, plausible.cases.y, costs[None])[:3, 0]
    assert cheapest(plausible, models, costs, costs) == list(models)[int(lost.argmin())]


def test_the_sentences_name_what_matters():
    told = in_sentences(compared()[0])
    assert told[0].startswith(
        "the cheapest on these 1,000 cases, over 4,000 plausible cost matrices"
    )
    assert told[1].startswith("least regret at worst: “")
    assert told[3].startswith("ask first for “fraud as ok”, now $50.00 to $1,500.00")
