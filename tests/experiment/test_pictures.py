"""A run of pictures with nothing else set: its model, how that is trained, what is changed at random."""

import numpy as np
import pytest

from framework import DatasetSpec, RunConfig, hookimpl, load, run
from framework.config.config_file import read_settings
from framework.core.errors import ConfigError
from framework.plugins.registry import Plugin
from tests.conftest import plugin

COSTS = ("*->*=1", "dark->bright=5")


def pictures():
    """120 pictures of 8 x 8 bytes, one half of them brighter."""
    y = np.arange(120) % 2
    X = np.random.default_rng(0).integers(0, 150, (120, 8, 8, 1), dtype=np.uint8)
    X[y == 1] += 100
    return X, y


@pytest.fixture
def with_pictures(registry):
    @hookimpl
    def fw_register_datasets():
        labels = ("dark", "bright")
        straight = {"augment": {"rotation": 0, "shear": 0, "flip": 0.5}}
        return [
            DatasetSpec("halves", labels, pictures),
            DatasetSpec("signs", labels, pictures, defaults=straight),
        ]

    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("p", "p", "1"))
    return registry


def settings(dataset, tmp_path, **more):
    return RunConfig(
        dataset=dataset,
        cost=COSTS,
        epochs=2,
        folds=2,  # convnets are trained one by one
        report=False,
        out=tmp_path / "run",
        **more,
    )


@pytest.mark.slow
def test_the_model_is_a_convnet_trained_as_it_says_itself(with_pictures, tmp_path):
    result = run(settings("halves", tmp_path), with_pictures)
    brings = with_pictures.model("convnet").defaults
    assert result.config.model == "convnet"
    assert result.config.augment == brings["augment"]
    for name in ("optimizer", "weight_decay", "learning_rate_warm_up", "batch_size"):
        assert getattr(result.config, name) == brings[name]
    assert result.config.epochs == 2
    X, _ = pictures()  # one by one or together: what was learned of batches does not change
    saved = load(result.run_dir, "built-in")
    np.testing.assert_allclose(
        saved.predict_proba(X[result.test.rows]),
        saved.predict_proba(X)[result.test.rows],
        atol=1e-6,
    )


@pytest.mark.slow
def test_a_dataset_forbids_what_would_change_the_meaning_and_the_user_has_the_last_word(
    with_pictures, tmp_path
):
    result = run(settings("signs", tmp_path, augment={"shift": 0.3, "shear": 0.1}), with_pictures)
    augment = result.config.augment
    assert (augment["rotation"], augment["flip"], augment["shift"]) == (0, 0.5, 0.3)
    assert augment["shear"] == 0.1
    assert augment["scale"] == with_pictures.model("convnet").defaults["augment"]["scale"]
    # And so it stands in the file that repeats the run.
    again = RunConfig(**read_settings(result.run_dir / "config.json", {}))
    assert again.augment == augment


@pytest.mark.slow
def test_another_model_is_trained_as_before_unless_it_is_told_to(with_pictures, tmp_path):
    result = run(settings("halves", tmp_path, model="cnn"), with_pictures)
    assert result.config.augment == {}
    assert (result.config.optimizer, result.config.batch_size) == ("adam", 32)


def test_a_table_cannot_be_augmented(registry, tmp_path):
    config = RunConfig(
        dataset="blobs", cost=("*->*=1",), augment={"rotation": 0.1}, out=tmp_path / "run"
    )
    with pytest.raises(ConfigError, match="augment: is for pictures, and these cases are none"):
        run(config, registry)


@pytest.mark.slow
def test_a_pool_of_pictures_learns_costs_only_if_it_is_told_by_which_loss(with_pictures, tmp_path):
    result = run(settings("halves", tmp_path, strategy="auto"), with_pictures)
    assert [model.networks for model in result.models] == [1, 1, 3, 3]
    equal, stated = (result.model(name) for name in ("auto, equal costs", "stated costs"))
    np.testing.assert_array_equal(stated.decisions, equal.decisions)
    # Of equal costs, validation trained one network for all rows: of the same dollars, three are served.
    assert result.model(result.served.model).networks == 3
    # Nothing was trained with costs, and so no step claims that.
    assert [what for what, *_ in result.steps] == ["the decision", "a pool of models"]

    told = settings("halves", tmp_path / "told", strategy="auto", loss="cross_entropy_plus_cost")
    result = run(told, with_pictures)
    assert result.model("auto, equal costs").networks == 3
    assert result.model("stated costs").choice.strategy.losses[-1] == "cross_entropy_plus_cost"
    assert result.steps[-1][0] == "training with the costs"
