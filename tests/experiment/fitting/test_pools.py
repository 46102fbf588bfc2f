"""--strategy auto on tables: what is pooled, what is saved of it, and what there is no time for."""

import json
import re
from functools import partial

import numpy as np
import pytest

from framework import EstimatorSpec, load, read_run, run
from framework.core.errors import ConfigError, PluginError
from framework.core.files import size_of
from framework.experiment.choosing.candidates import EQUAL_AUTO
from framework.experiment.choosing.search_space import COST_LOSSES
from framework.experiment.fitting.recipe import EstimatorRecipe, Recipe
from framework.inference.folders import model_folder
from framework.plugins.families import POOLED
from tests.conftest import FIVE, blobs, plugin
from tests.experiment.conftest import settings


@pytest.fixture(scope="module")
def result(finished):
    return finished(strategy="auto")


@pytest.mark.slow
def test_every_family_was_tried_and_is_named(result):
    model = result.model("five")
    seen = {
        recipe.model for recipe in model.choice.strategy.recipes if not isinstance(recipe, Recipe)
    }
    assert len(seen) >= 3
    assert seen <= set(POOLED)
    assert str(model.choice.strategy).startswith("pool of ")
    assert not [remark for remark in result.remarks if "left out of the pool" in remark]


@pytest.mark.slow
def test_each_row_decides_by_the_cheapest_decision_of_calibrated_probabilities(result):
    for name in ("five", EQUAL_AUTO):
        model = result.model(name)
        assert model.choice.strategy.rule.name == "minimum_expected_cost"
        costs = result.test.known
        np.testing.assert_array_equal(model.decisions, (model.probabilities @ costs).argmin(axis=1))
        np.testing.assert_array_equal(model.probabilities, model.stated.probabilities)


@pytest.mark.slow
def test_networks_trained_with_costs_join_the_pool_of_a_matrix_alone(result):
    tried = {
        loss for name in ("five", EQUAL_AUTO) for loss in result.model(name).choice.strategy.losses
    }
    assert tried <= {"cross_entropy", *COST_LOSSES}
    assert set(result.model(EQUAL_AUTO).choice.strategy.losses) <= {"cross_entropy"}


@pytest.mark.slow
def test_the_ladder_says_what_each_family_brought(result):
    model = result.model("five")
    rungs = model.ladder
    assert {family for rung in rungs for family in [rung.family]} == {
        recipe.model if isinstance(recipe, EstimatorRecipe) else f"network, {recipe.loss.name}"
        for recipe in model.choice.strategy.recipes
    }
    assert sum(rung.share for rung in rungs) == pytest.approx(1)
    told = json.loads((result.run_dir / "metrics.json").read_text())
    (entry,) = (m for m in told["models"] if m["name"] == "five")
    assert [rung["family"] for rung in entry["ladder"]] == [rung.family for rung in rungs]
    assert result.baseline.ladder == ()


@pytest.mark.slow
def test_a_pool_is_loaded_and_decides_as_reported(result, offered):
    model = load(result.run_dir, "five", offered)
    X = blobs()[0][result.test.rows]
    decided = model.decide(model.predict_proba(X))
    np.testing.assert_array_equal(decided, result.model("five").decisions)
    assert not list(result.run_dir.rglob("*.pkl"))


@pytest.fixture(scope="module")
def saving(tmp_path_factory):
    """Settings of the same run, which saves what it has trained."""
    folder = tmp_path_factory.mktemp("saving")
    return partial(settings, strategy="auto", checkpoints=folder / "saved"), folder


@pytest.fixture(scope="module")
def again(saving, offered):
    told, folder = saving
    return run(told(out=folder / "a"), offered)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_pool(result, again):
    for name in ("five", EQUAL_AUTO):
        np.testing.assert_array_equal(
            again.model(name).probabilities, result.model(name).probabilities
        )


@pytest.mark.slow
def test_without_time_the_first_family_is_all(offered, tmp_path):
    result = run(settings(strategy="auto", time_budget="0.001s", out=tmp_path / "r"), offered)
    (remark,) = (remark for remark in result.remarks if "left out of the pool" in remark)
    assert re.search(f"{POOLED[1]} .no time left., {POOLED[2]} .no time left.", remark)
    assert "--time-budget" in remark
    seen = {
        r.model for r in result.model("five").choice.strategy.recipes if not isinstance(r, Recipe)
    }
    assert seen <= {POOLED[0]}


@pytest.mark.slow
def test_a_run_that_was_stopped_takes_its_families_up(saving, again, offered):
    told, folder = saving
    saved = set((folder / "saved").glob("*.npz"))
    assert saved
    second = run(told(out=folder / "b"), offered)
    assert set((folder / "saved").glob("*.npz")) == saved
    np.testing.assert_array_equal(
        again.model("five").probabilities, second.model("five").probabilities
    )


def register(registry, build, **spec):
    from framework import hookimpl

    @hookimpl
    def fw_register_models():
        return [EstimatorSpec("mine", build, **spec)]

    registry.register(plugin(fw_register_models=fw_register_models))
    assert registry.failures == []


def stumps(shape, rounds=5):
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(n_estimators=rounds, max_depth=1)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["fixed", "auto"])
def test_an_authors_own_classifier_is_trained_saved_and_pooled(registry, tmp_path, strategy):
    register(registry, stumps, parameters={"rounds": 5}, settings=[{"rounds": 5}, {"rounds": 10}])
    result = run(settings(model="mine", strategy=strategy, out=tmp_path / "r"), registry)
    names = set(result.model("five").choice.strategy.models)
    assert "mine" in names
    assert len(names) > 1 or strategy == "fixed"
    assert result.baseline.choice.strategy.recipes == (EstimatorRecipe("mine"),)
    loaded = load(result.run_dir, "built-in", registry)
    X = blobs()[0][result.test.rows]
    np.testing.assert_allclose(loaded.predict_proba(X), result.baseline.probabilities, atol=1e-6)


@pytest.mark.slow
def test_a_matrix_weights_the_cases_of_a_classifier(finished):
    result = finished(model="linear", cost_matrix=FIVE)
    trained, baseline = result.model("five"), result.baseline
    assert str(trained.choice.strategy).startswith("linear (weighted by costs)")
    raw = trained.trained.raw_proba(blobs()[0])
    assert raw[:, 1].mean() > baseline.trained.raw_proba(blobs()[0])[:, 1].mean() + 0.1


def test_what_cannot_be_fitted_is_left_out_of_a_pool_and_told_where_it_was_asked_for(
    registry, tmp_path
):
    def broken(shape):
        class Broken:
            def get_params(self, deep=True):
                return {}

            def set_params(self):
                return self

            def fit(self, X, y):
                raise ValueError("no")

            def predict_proba(self, X):
                return X

        return Broken()

    register(registry, broken)
    with pytest.raises(PluginError, match=r'"mine" .* cannot be fitted to .* ValueError: no'):
        run(settings(model="mine", out=tmp_path / "a"), registry)
    with pytest.raises(PluginError, match="cannot be fitted"):
        run(settings(model="mine", strategy="auto", out=tmp_path / "b"), registry)


def test_pictures_are_no_tables(registry, tmp_path):
    pictures = np.zeros((40, 4, 4, 3), np.uint8)
    from framework import DatasetSpec, hookimpl

    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("dark", ("no", "yes"), lambda: (pictures, np.arange(40) % 2))]

    registry.register(plugin(fw_register_datasets=fw_register_datasets))
    with pytest.raises(ConfigError, match='"forest" is for tables'):
        run(settings(dataset="dark", model="forest", out=tmp_path / "r"), registry)


@pytest.mark.slow
def test_of_many_cases_settings_are_chosen_on_some(offered, tmp_path, monkeypatch):
    """With more training cases than that, one setting of a family is fitted on all of them."""
    monkeypatch.setattr("framework.experiment.fitting.estimator_fits.HALVED_FROM", 100)
    result = run(settings(strategy="auto", out=tmp_path / "r"), offered)
    recipes = result.model(EQUAL_AUTO).choice.strategy.recipes
    # Of boosting, rounds of one fit.
    names = [name for recipe in recipes if (name := str(recipe).split()[0]) != "boosting"]
    assert len(set(names)) == len(names) > 1


@pytest.mark.slow
def test_of_many_cases_rounds_are_chosen_on_all_of_them(offered, tmp_path, monkeypatch):
    """More cases bear more rounds than some of them do; they come of the same fit."""
    monkeypatch.setattr("framework.experiment.fitting.estimator_fits.HALVED_FROM", 5)
    monkeypatch.setattr("framework.experiment.choosing.search_space.POOLED", ("boosting",))
    result = run(settings(strategy="auto", out=tmp_path / "r"), offered)
    rounds = [
        dict(recipe.parameters)["rounds"]
        for recipe in result.model(EQUAL_AUTO).choice.strategy.recipes
        if isinstance(recipe, EstimatorRecipe)
    ]
    assert min(rounds) > 10  # 5 cases are not split: all rounds are as good as the first


@pytest.mark.slow
def test_of_many_cases_only_what_there_is_time_for_is_fitted_or_the_quickest(
    offered, tmp_path, monkeypatch
):
    """How long a family takes is told by some of the cases; one there is, whatever it takes."""
    monkeypatch.setattr("framework.experiment.fitting.estimator_fits.HALVED_FROM", 100)
    short = settings(strategy="auto", time_budget="0.001s", out=tmp_path / "r")
    result = run(short, offered)
    (name,) = {
        recipe.model
        for recipe in result.model(EQUAL_AUTO).choice.strategy.recipes
        if not isinstance(recipe, Recipe)
    }
    (remark,) = (remark for remark in result.remarks if "left out of the pool" in remark)
    assert f"{name} (no time left)" not in remark
    assert remark.count("no time left") >= len(POOLED) - 2  # one has no settings for so few cases


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["fixed", "auto"])
def test_of_many_cases_every_row_that_searches_nothing_has_its_own_fit(
    offered, tmp_path, monkeypatch, strategy
):
    """The baseline and a matrix's row are of one family, of which a search would keep one."""
    monkeypatch.setattr("framework.experiment.fitting.estimator_fits.HALVED_FROM", 100)
    result = run(settings(model="linear", strategy=strategy, out=tmp_path / "r"), offered)
    assert result.baseline.choice.strategy.recipes == (EstimatorRecipe("linear"),)
    assert len(result.models) == (3 if strategy == "fixed" else 4)


@pytest.mark.slow
def test_a_compact_pool_is_smaller_and_nearly_as_good(finished, offered, tmp_path):
    whole = finished(strategy="auto").model(EQUAL_AUTO)
    result = run(settings(strategy="auto", compact=True, out=tmp_path / "r"), offered)
    small = result.model(EQUAL_AUTO)
    assert len(small.choice.strategy.recipes) < len(whole.choice.strategy.recipes)
    size = {model.name: model.size for model in read_run(result.run_dir).models}[EQUAL_AUTO]
    assert size < size_of(model_folder(finished(strategy="auto").run_dir, EQUAL_AUTO)) / 2
    truth = np.arange(len(result.test.y)), result.test.y
    losses = [-np.log(model.probabilities[truth]).mean() for model in (small, whole)]
    assert losses[0] < losses[1] + 0.05
