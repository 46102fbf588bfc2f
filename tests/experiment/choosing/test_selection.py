"""What is made of validation: ranking recipes, when dollars overrule it, and what is served."""

import numpy as np
import pytest

from framework import CostMatrix, Dataset, RunConfig, load, run
from framework.config.resolved_config import ResolvedConfig
from framework.config.settings import AUTO_SEARCHES
from framework.core.decisions.pooling import geometric_mean
from framework.core.uncertainty.multiple_comparisons import clearly_ahead, standard_error
from framework.experiment.choosing.candidates import DECISION, EQUAL_AUTO, Role
from framework.experiment.choosing.plan import Candidate
from framework.experiment.choosing.planned_validation import validate
from framework.experiment.choosing.search_space import (
    COST_LOSSES,
    TABLE_L2,
    strategy_of,
    wanted_offers,
)
from framework.experiment.choosing.selection import steadiest
from framework.experiment.choosing.validation import Validation
from framework.experiment.fitting.recipe import Recipe
from framework.experiment.fitting.strategy import Strategy, Trial
from framework.experiment.fitting.trainer import Trainer
from tests.conftest import FIVE, THREE, blobs
from tests.experiment.conftest import PLAIN, SHORT_SEARCH, settings

MISS, FALSE_ALARM = 1000.0, 5.0
COSTS = np.array([[0.0, FALSE_ALARM], [MISS, 0.0]])
N = 400


def recipes(registry, count):
    return [Recipe(registry.loss("cross_entropy"), None, l2=float(i)) for i in range(count)]


def tried(registry, strategy_recipes, dollars):
    rule = registry.decision_rule("minimum_expected_cost")
    strategy = Strategy(tuple(strategy_recipes), rule, {}, "bias")
    return strategy, Trial(str(strategy), (), float(np.mean(dollars)), 0.0), np.asarray(dollars)


def dollars(misses, false_alarms):
    lost = np.zeros(N)
    lost[:misses] = MISS
    lost[N - false_alarms :] = FALSE_ALARM
    return -lost


def chosen(registry, single, average):
    one, *others = recipes(registry, 4)
    found = [tried(registry, [one], single), tried(registry, others, average)]
    return len(steadiest(found, dearest=MISS).recipes)


def test_fewer_false_alarms_do_not_outweigh_a_miss_that_was_only_not_seen(registry):
    # 40 false alarms fewer are 6 standard errors by themselves, and worth a fifth of one miss.
    assert chosen(registry, dollars(0, 20), dollars(0, 60)) == 3


def test_dollars_that_speak_clearly_overrule_the_average(registry):
    assert chosen(registry, dollars(1, 20), dollars(40, 20)) == 1


def test_the_cheaper_of_equally_steady_ones_is_taken(registry):
    first, second = recipes(registry, 2)
    found = [tried(registry, [first], dollars(0, 9)), tried(registry, [second], dollars(0, 8))]
    assert steadiest(found, dearest=MISS).recipes == (second,)


def test_log_loss_is_of_calibrated_probabilities(registry):
    rng = np.random.default_rng(0)
    p = rng.uniform(0.02, 0.98, N)
    y = (rng.uniform(size=N) < p).astype(int)
    right, overconfident, ignorant = recipes(registry, 3)
    odds = p / (1 - p)
    probabilities = {
        right: np.column_stack([1 - p, p])[None],
        overconfident: np.column_stack([1 / (1 + odds**3), odds**3 / (1 + odds**3)])[None],
        ignorant: np.full((1, N, 2), 0.5),
    }
    validation = Validation(np.arange(N), np.arange(N) % 5, y, COSTS, COSTS, None, probabilities)
    entropy = -np.where(y == 1, np.log(p), np.log(1 - p)).mean()
    assert validation.log_loss(right) == pytest.approx(entropy, abs=0.02)
    same = pytest.approx(validation.log_loss(right), 0.01)
    assert validation.log_loss(overconfident) == same
    assert validation.log_loss(ignorant) == pytest.approx(np.log(2), abs=0.02)


def test_a_group_is_one_observation():
    rng = np.random.default_rng(0)
    of_groups = rng.normal(size=20)
    cases = np.repeat(of_groups, 10)
    groups = np.repeat(np.arange(20), 10)
    assert standard_error(cases, groups) == pytest.approx(of_groups.std(ddof=1) / np.sqrt(20))
    assert standard_error(cases) == pytest.approx(standard_error(cases, groups) / 3.16, rel=0.05)


def test_what_is_clear_among_cases_may_not_be_among_groups():
    rng = np.random.default_rng(1)
    ahead = np.repeat(rng.normal(0.1, 1.0, size=20), 50)
    nothing = np.zeros(1000)
    assert clearly_ahead(ahead, nothing, k=2, dearest=1.0)
    assert not clearly_ahead(ahead, nothing, 2, 1.0, np.repeat(np.arange(20), 50))


@pytest.mark.slow
@pytest.mark.parametrize("searched", [{"strategy": "fixed"}, SHORT_SEARCH], ids=("fixed", "auto"))
def test_what_is_served_does_not_depend_on_the_test_part(finished, offered, searched):
    """Other labels in the test part: the same model is served, whichever then lost least."""
    right, other = (
        finished(dataset=name, model="logistic", **searched, **PLAIN)
        for name in ("right", "flipped")
    )
    assert right.served == other.served
    assert other.served.model != other.lost_least or searched is not SHORT_SEARCH
    loaded = load(other.run_dir, registry=offered)
    served = other.model(other.served.model)
    assert loaded.artifact.decision == served.decision
    told = other.to_json()
    assert told["served"]["model"] == other.served.model
    assert "5-fold cross-validation" in told["served"]["reason"]


def test_the_free_rivals_are_not_trained_twice(runs):
    result, seen = runs(strategy="auto")
    # Of networks, built-in's own, and each loss with each l2: of cross-entropy, shared by both pools.
    networks = 1 + (1 + len(COST_LOSSES)) * len(TABLE_L2)
    assert {p.total for p in seen if p.models == "validation"} == {5 * networks}
    used = {r for m in result.models for r in m.choice.strategy.recipes if isinstance(r, Recipe)}
    assert {p.total for p in seen if p.models != "validation"} == {len(used)}


def test_the_decision_rival_is_the_baselines_network(finished):
    result = finished()
    rival, baseline = result.model(DECISION), result.baseline
    assert rival.choice.strategy.recipes == baseline.choice.strategy.recipes
    fitted = rival.decision.calibration
    np.testing.assert_allclose(rival.probabilities, fitted(baseline.probabilities), atol=1e-12)
    assert rival.decision.rule == "minimum_expected_cost"
    assert fitted == baseline.decision.reporting


def test_auto_under_equal_costs_knows_no_costs_in_training(finished):
    result = finished(strategy="auto")
    model = result.model(EQUAL_AUTO)
    assert set(model.choice.strategy.losses) <= {"cross_entropy"}
    assert all(recipe.matrix is None for recipe in model.choice.strategy.recipes)
    assert [what for what, *_ in result.steps] == [
        "the decision",
        "a pool of models",
        "training with the costs",
    ]


def test_the_steps_add_up(finished):
    result = finished()
    (_, first, _, one), (_, _, last, two) = result.steps
    whole = result.model(last).dollars_per_case - result.model(first).dollars_per_case
    assert one.interval.mean + two.interval.mean == pytest.approx(whole.mean())


def test_the_strongest_rival_is_the_cheapest_of_what_is_free_besides(finished):
    result = finished()
    free = {name: dollars.mean() for name, dollars in result.free.items()}
    assert set(free) == {"built-in", DECISION, "always yes"} or "always no" in free
    del free[result.served.model]
    assert free[result.strongest_rival] == max(free.values())
    assert result.verdict.count(result.strongest_rival.removeprefix("always ")) >= 1


def test_with_seeds_every_figure_is_the_mean_over_them(finished):
    one, result = finished(seed=3), finished(seed=3, seeds=4)
    told = result.to_json()
    for model, entry in zip(result.models, told["models"], strict=True):
        assert model.seed_dollars.shape == (4, len(result.test.y))
        assert entry["dollars_per_case"] == pytest.approx(model.dollars_per_case.mean())
        assert model.interval.mean == pytest.approx(entry["dollars_per_case"])
        assert len(model.choice.decisions) == 4
    saved = result.saved[result.served.model][result.strongest_rival]
    rival = result.free[result.strongest_rival].mean()
    served = result.model(result.served.model).dollars_per_case.mean()
    assert saved.interval.mean == pytest.approx(served - rival)
    # The first seed's validation is that of a run with one seed.
    np.testing.assert_allclose(one.baseline.probabilities, result.baseline.probabilities, atol=1e-6)


def test_calibrations_are_fitted_on_the_averages_they_are_applied_to(registry):
    X, y = blobs(200)
    dataset = Dataset(X, y, ("no", "yes"))
    settled = ResolvedConfig.of(settings(), {}, "logistic").settled(len(X), pictures=False)
    trainer = Trainer(settled, wanted_offers(settled, registry), dataset)
    judge, recipe = FIVE, Recipe(registry.loss("cross_entropy"), None)
    rows = np.arange(200)
    both = validate(trainer, rows, [recipe], judge, seeds=(0,), members=2)
    # Members of seed 0 are the networks of seeds 0 and 1; the folds are the first seed's.
    single = validate(trainer, rows, [recipe], judge, seeds=(0, 1))
    np.testing.assert_allclose(
        both.probabilities[recipe][0], geometric_mean(single.probabilities[recipe]), atol=1e-6
    )


def test_the_default_decides_by_calibrated_least_expected_cost(finished):
    for dataset, matrix in (("blobs", FIVE), ("blobs3", THREE)):
        result = finished(dataset=dataset, cost_matrix=matrix)
        model = result.model(matrix.name)
        assert model.choice.strategy.rule.name == "minimum_expected_cost"
        assert model.choice.strategy.calibration == "bias"


def test_a_price_for_referring_never_meets_a_rule_that_cannot_refer():
    resolved = ResolvedConfig.of(RunConfig(dataset="d"), {"threshold": 0.5}, "m", needs_costs=True)
    assert (resolved.decision_rule, resolved.calibration) == ("minimum_expected_cost", "bias")
    assert resolved.threshold is None
    given = ResolvedConfig.of(RunConfig(dataset="d", threshold=0.5), {}, "m", needs_costs=True)
    assert given.decision_rule == "threshold"


@pytest.mark.parametrize(
    ("given", "check"),
    [
        ({"loss": "expected_cost"}, lambda s: costly(s) == {"expected_cost"}),
        ({"l2": 0.25}, lambda s: {r.l2 for r in networks(s)} == {0.25}),
        ({"threshold": "tuned"}, lambda s: s.way.threshold == "tuned"),
        ({"calibration": "temperature"}, lambda s: s.way.calibration == "temperature"),
        ({"decision_rule": "argmax"}, lambda s: s.way.rule.name == "argmax"),
        ({"scale": "raw"}, lambda s: not any(r.normalize for r in networks(s) if r.matrix)),
        ({}, lambda s: all(r.normalize for r in networks(s)) and costly(s) == set(COST_LOSSES)),
    ],
)
def test_auto_keeps_to_what_is_given(registry, given, check):
    config = RunConfig(dataset="blobs", strategy="auto", **given)
    resolved = ResolvedConfig.of(config, {"loss": "expected_cost", "scale": "raw"}, "logistic")
    assert set(AUTO_SEARCHES) - set(resolved.searched) == set(given)
    X, y = blobs(40)
    search = strategy_of(
        resolved,
        wanted_offers(resolved, registry),
        Dataset(X, y, ("no", "yes")),
        Candidate("five", FIVE, "", Role.TRAINED),
    )
    assert check(search)
    assert search.way.pooled


def networks(search):
    return [recipe for recipe in search.recipes if isinstance(recipe, Recipe)]


def costly(search):
    return {recipe.loss.name for recipe in networks(search) if recipe.matrix is not None}


def test_stated_dollars_agree_with_the_decisions_of_the_served_model(registry, elsewhere):
    matrix = CostMatrix("m", ("no", "yes"), [[0, 10], [500, 20]])
    result = run(settings(cost_matrix=matrix, epochs=20), registry)
    X = blobs()[0][result.test.rows]
    answers = load(result.run_dir, "m", registry).answer(X)
    best = answers.expected_dollars.argmax(axis=1)
    np.testing.assert_array_equal(answers.decisions, best)
    np.testing.assert_allclose(
        answers.dollars.mean(), result.model("m").stated.dollars.mean(), rtol=1e-5
    )
