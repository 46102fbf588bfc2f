"""Layers that a model brings trained stay as they are for a while, then learn too."""

from functools import partial

import numpy as np
import pytest

from framework import CostMatrix, Dataset, ModelSpec, RunConfig, hookimpl
from framework.config.resolved_config import ResolvedConfig
from framework.core.backend import keras
from framework.core.errors import TrainingStoppedError
from framework.experiment.choosing.search_space import wanted_offers
from framework.experiment.fitting.phases import Phase, phases
from framework.experiment.fitting.recipe import MemberSpec, Recipe
from framework.experiment.fitting.trainer import Trainer
from framework.plugins.registry import Plugin
from framework.training.checkpoints import NO_CHECKPOINTS, Checkpoints
from tests.conftest import blobs, plugin

MATRIX = CostMatrix("m", ("no", "yes"), np.array([[0.0, 1.0], [3.0, 0.0]]))


@pytest.mark.parametrize(
    ("epochs", "warm_up", "frozen", "expected"),
    [
        (10, 0.0, 1.0, [Phase(0, 10, False, False)]),
        (10, 0.7, 1.0, [Phase(0, 7, True, False), Phase(7, 10, False, False)]),
        (10, 0.0, 0.5, [Phase(0, 5, False, True), Phase(5, 10, False, False)]),
        (10, 0.0, 0.0, [Phase(0, 10, False, False)]),
        (
            10,
            0.7,
            0.4,
            [Phase(0, 4, True, True), Phase(4, 7, True, False), Phase(7, 10, False, False)],
        ),
        (
            10,
            0.2,
            0.5,
            [Phase(0, 2, True, True), Phase(2, 5, False, True), Phase(5, 10, False, False)],
        ),
        (2, 0.0, 0.9, [Phase(0, 1, False, True), Phase(1, 2, False, False)]),  # one is left
        (1, 0.0, 0.9, [Phase(0, 1, False, False)]),
    ],
)
def test_a_training_goes_through_its_phases(epochs, warm_up, frozen, expected):
    assert list(phases(epochs, warm_up, frozen)) == expected


def test_a_phase_says_what_is_special_about_it():
    assert [str(phase) for phase in phases(10, 0.5, 0.2)] == [
        "warm-up, trained layers frozen",
        "warm-up",
        "",
    ]


def build(input_shape, n_classes, learns=False):
    """A layer that is brought trained (all ones), below one that is not."""
    layers = keras.layers
    brought = layers.Dense(4, activation="tanh", kernel_initializer="ones", trainable=learns)
    return keras.Sequential(
        [keras.Input(input_shape), brought, layers.Dense(1, activation="sigmoid")]
    )


@pytest.fixture
def bringing(registry):
    @hookimpl
    def fw_register_models():
        return [
            ModelSpec("frozen", build),
            ModelSpec("learning", partial(build, learns=True)),
            ModelSpec("fine_tuned", build, defaults={"frozen": 0.5}),
        ]

    registry.register(plugin(fw_register_models=fw_register_models), Plugin("b", "b", "1"))
    return registry


def trained(registry, model, checkpoints=NO_CHECKPOINTS, loss="cross_entropy", **given):
    """One network of 6 epochs, and what was told of its training."""
    X, y = blobs(60)
    config = ResolvedConfig.of(RunConfig(dataset="d", epochs=6, **given), {}, model)
    offers = wanted_offers(config, registry)
    of_models = {model: registry.model(model).defaults}
    trainer = Trainer(
        config.settled(60, False, of_models), offers, Dataset(X, y, ("no", "yes")), checkpoints
    )
    spec = registry.loss(loss)
    matrix = None if loss == "cross_entropy" else MATRIX
    recipe = Recipe(spec, matrix, warm_up=spec.warm_up)
    told = []
    (network,) = trainer.fit([MemberSpec(recipe, 0, np.arange(60), "net")], told.append)
    assert np.isfinite(trainer.predict(network, np.arange(60))).all()
    return network, told


def brought(network):
    weights = (*network.weights.trainable, *network.weights.non_trainable)
    (kernel,) = (value for value in weights if value.shape == (3, 4))
    return kernel


@pytest.mark.parametrize(
    ("model", "given", "learns"),
    [
        ("frozen", {}, False),
        ("fine_tuned", {}, True),
        ("fine_tuned", {"frozen": 1}, False),
        ("frozen", {"frozen": 0}, True),
        ("fine_tuned", {"loss": "cross_entropy_then_cost"}, True),
    ],
)
def test_what_a_model_brings_trained_learns_when_it_is_time(bringing, model, given, learns):
    network, told = trained(bringing, model, **given)
    assert np.array_equal(brought(network), np.ones((3, 4))) is not learns
    assert len(network.losses) == 6
    frozen_first = learns and given.get("frozen") != 0
    assert any("trained layers frozen" in each.models for each in told) is frozen_first


def test_what_a_model_brings_trained_learns_slowly(bringing):
    # Plain steps of a rate that stays: those of the layer that was frozen are a tenth as long.
    plain = {"optimizer": "sgd", "decay": "none", "learning_rate": 0.01}
    from_the_start, _ = trained(bringing, "frozen", frozen=0, **plain)
    as_slow, _ = trained(bringing, "learning", **{**plain, "learning_rate": 0.001})
    np.testing.assert_allclose(brought(from_the_start), brought(as_slow), atol=1e-6)


def test_a_training_that_was_stopped_after_the_thaw_goes_on(bringing, tmp_path):
    unbroken, _ = trained(bringing, "fine_tuned")

    class StopsEarly(Checkpoints):
        """Saves every epoch, and is told to stop in the first one after the thaw."""

        saves = 0

        def save(self, key, saved):
            super().save(key, saved)
            self.saves += 1
            self.stopping = self.saves == 4

    with pytest.raises(TrainingStoppedError):
        trained(bringing, "fine_tuned", StopsEarly(tmp_path, seconds_between=0.0))
    resumed, told = trained(bringing, "fine_tuned", Checkpoints(tmp_path))
    np.testing.assert_allclose(brought(resumed), brought(unbroken), atol=1e-6)
    assert resumed.losses == pytest.approx(unbroken.losses, abs=1e-6)
    assert len(told) == 1 + 2  # the first phase, and of the second what was done and what was left
