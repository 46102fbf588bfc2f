"""A newcomer's table, at the settings that hold when nobody says otherwise."""

import re
from types import ModuleType

import numpy as np
import pytest
from sklearn import datasets
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from framework import CostMatrix, Dataset, RunConfig, run
from framework.config.resolved_config import ResolvedConfig
from framework.core.cases.splitting import split
from framework.experiment.choosing.search_space import wanted_offers
from framework.experiment.fitting.recipe import MemberSpec, Recipe
from framework.experiment.fitting.trainer import Trainer
from framework.plugins.registry import Plugin
from tests.conftest import ROOT

DOCS = ROOT / "docs"
SEEDS = range(5)


@pytest.mark.parametrize("model", ["logistic", "mlp"])
@pytest.mark.parametrize("name", ["wine", "iris"])
def test_trains_to_the_accuracy_of_scikit_learns_logistic_regression(name, model, registry):
    bunch = getattr(datasets, f"load_{name}")()
    data = Dataset(bunch.data, bunch.target, tuple(bunch.target_names))
    parts = [split(data, test_fraction=0.25, seed=seed) for seed in SEEDS]
    config = ResolvedConfig.of(RunConfig(dataset=name), {}, model)
    trainer = Trainer(
        config.settled(len(parts[0].train), pictures=False), wanted_offers(config, registry), data
    )
    recipe = Recipe(registry.loss("cross_entropy"), None)
    requests = [MemberSpec(recipe, seed, parts[seed].train, "") for seed in SEEDS]
    ours, theirs = [], []
    for network, part in zip(trainer.fit(requests), parts, strict=True):
        truth = data.y[part.test]
        ours.append((trainer.predict(network, part.test).argmax(axis=1) == truth).mean())
        peer = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
        peer.fit(data.X[part.train], data.y[part.train])
        theirs.append(peer.score(data.X[part.test], truth))
        assert network.still_falling is None
    assert (np.array(ours) >= 0.97 * np.array(theirs)).all(), (ours, theirs)


@pytest.fixture
def documented(registry):
    """The registry with the plugin that docs/plugins.md prints."""
    code = re.search(r"whole:\n\n((?:    .*\n|\n)+)", (DOCS / "plugins.md").read_text())[1]
    module = ModuleType("fw_wine")
    exec(re.sub("^    ", "", code, flags=re.MULTILINE), module.__dict__)
    registry.register(module, Plugin("wine", "fw-wine", "1.0"))
    return registry


WINE = CostMatrix("mine", ("barolo", "grignolino", "barbera"), [[0, 1, 2], [1, 0, 1], [2, 1, 0]])


def test_the_documented_plugin_trains(documented, tmp_path):
    settings = {"dataset": "wine", "cost_matrix": WINE, "report": False}
    result = run(RunConfig(**settings, out=tmp_path / "r"), documented)
    for model in result.models:
        assert model.evaluation.accuracy >= 0.95
    assert not any("still falling" in warning for warning in result.warnings)
    assert (result.config.epochs, result.config.learning_rate) == (400, 0.005)


def test_a_training_that_was_too_short_is_told(documented, tmp_path):
    settings = {"dataset": "wine", "cost_matrix": WINE, "report": False, "references": False}
    settings |= {"epochs": 30, "learning_rate": 0.001}
    result = run(RunConfig(**settings, out=tmp_path / "r"), documented)
    told = [warning for warning in result.warnings if "still falling" in warning]
    assert len(told) == 1
    assert '"built-in + decision", "mine" was still falling at the end' in told[0]
    assert "--epochs 60" in told[0]
