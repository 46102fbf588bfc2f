import pytest

from framework import RunConfig
from framework.config.defaults import DEFAULTS
from framework.config.resolved_config import ResolvedConfig
from framework.core.errors import ConfigError


def resolved(of_dataset, default_model, **given):
    return ResolvedConfig.of(RunConfig(dataset="d", **given), of_dataset, default_model)


def test_the_user_comes_before_the_dataset_and_the_dataset_before_the_framework():
    config = resolved({"epochs": 50, "batch_size": 16}, "mlp", epochs=7)
    assert config.epochs == 7
    assert config.batch_size == 16
    assert config.loss == DEFAULTS["loss"]
    assert config.model == "mlp"


def test_how_a_model_is_trained_its_author_says_where_neither_user_nor_dataset_does():
    brings = {"updates": 300, "optimizer": "adamw", "weight_decay": 0.01, "batch_size": 8}
    of_models = {"m": {**brings, "early_stopping": False}, "other": {"optimizer": "sgd"}}
    config = resolved({"batch_size": 16}, "m", weight_decay=0.1)
    settled = config.settled(160, False, of_models)
    assert (settled.optimizer, settled.weight_decay, settled.batch_size) == ("adamw", 0.1, 16)
    assert (settled.epochs, settled.early_stopping) == (30, False)
    assert settled.decay == DEFAULTS["decay"]
    untold = resolved({}, "untold").settled(160, False, of_models)
    assert (untold.optimizer, untold.weight_decay) == (DEFAULTS["optimizer"], None)


@pytest.mark.parametrize("given", [{"epochs": 7}, {"updates": 70}])
def test_a_length_that_is_given_takes_the_place_of_the_models(given):
    config = resolved({}, "m", **given)
    of_models = {"m": {"epochs": 99}, "n": {"updates": 9900}}
    assert config.settled(320, True, of_models).epochs == (7 if "epochs" in given else 10)
    config = resolved(given, "n")
    assert config.settled(320, True, of_models).epochs == (7 if "epochs" in given else 10)


@pytest.mark.parametrize(("pictures", "model"), [(False, "mlp"), (True, "convnet")])
def test_a_dataset_without_a_model_of_its_own_gets_what_suits_its_cases(pictures, model):
    assert resolved({}, None).settled(100, pictures).model == model
    assert resolved({}, None, model="m").settled(100, pictures).model == "m"


def test_options_of_augmentation_are_merged_one_by_one():
    of_models = {"m": {"augment": {"rotation": 0.2, "shift": 0.1, "scale": 0.1}}}
    config = resolved({"augment": {"rotation": 0, "flip": 0.5}}, "m", augment={"scale": 0.3})
    settled = config.settled(100, True, of_models)
    assert settled.augment == {"rotation": 0, "shift": 0.1, "scale": 0.3, "flip": 0.5}
    assert resolved({}, "other").settled(100, True).augment == {}


def test_tables_are_not_augmented():
    of_models = {"m": {"augment": {"rotation": 0.2}}}
    plain = resolved({}, "m", augment={"shift": 0})
    assert plain.settled(100, False, of_models).augment == {}
    with pytest.raises(ConfigError, match="augment: is for pictures, and these cases are none"):
        resolved({}, "m", augment={"shift": 0.1}).settled(100, False)


def test_a_model_brings_settings_of_its_training_alone():
    config = resolved({}, "m")
    with pytest.raises(
        ConfigError, match='"m" brings a default of "loss"; expected settings of its'
    ):
        config.settled(100, True, {"m": {"loss": "expected_cost"}})
    with pytest.raises(ConfigError, match='the defaults of the model "m": epochs: '):
        config.settled(100, True, {"m": {"epochs": "many"}})


def test_a_threshold_brings_its_rule_and_another_rule_drops_the_datasets_threshold():
    with_threshold = {"threshold": 0.5}
    plain = resolved({}, "m")
    assert (plain.decision_rule, plain.calibration) == ("minimum_expected_cost", "bias")
    assert resolved(with_threshold, "m").decision_rule == "threshold"
    chosen = resolved(with_threshold, "m", decision_rule="argmax")
    assert (chosen.decision_rule, chosen.threshold) == ("argmax", None)
    assert chosen.calibration == "none"  # calibrated, the likeliest class knows no costs
    chosen = resolved(with_threshold, "m", threshold=0.2)
    assert (chosen.decision_rule, chosen.threshold) == ("threshold", 0.2)


def test_a_wrong_default_of_a_dataset_is_found():
    with pytest.raises(ConfigError, match='unknown setting "epoch"'):
        resolved({"epoch": 3}, "m")


@pytest.mark.parametrize(
    ("given", "of_dataset", "n", "pictures", "epochs", "rate"),
    [
        ({}, {}, 133, False, 400, 0.005),  # 2,000 updates of 5 batches
        ({}, {}, 100_000, False, 10, 0.005),  # more updates, but each case ten times
        ({}, {}, 5_000, True, 30, 0.002),
        ({"updates": 500}, {}, 133, False, 100, 0.005),
        ({"updates": 12}, {}, 133, False, 10, 0.005),
        ({"updates": 3200}, {}, 3200, True, 32, 0.002),
        ({"epochs": 7}, {}, 133, False, 7, 0.005),
        ({"learning_rate": 0.1}, {}, 5_000, True, 30, 0.1),
        ({}, {"epochs": 50, "learning_rate": 0.01}, 133, False, 50, 0.01),
        ({"updates": 500}, {"epochs": 50}, 133, False, 100, 0.005),
        ({"epochs": 7}, {"updates": 500}, 133, False, 7, 0.005),
        ({"batch_size": 133}, {}, 133, False, 2000, 0.005),
    ],
)
def test_how_long_and_how_fast_to_train(given, of_dataset, n, pictures, epochs, rate):
    settled = resolved(of_dataset, "mlp", **given).settled(n, pictures)
    assert (settled.epochs, settled.updates, settled.learning_rate) == (epochs, None, rate)
    assert settled.decay == "cosine"


@pytest.mark.parametrize(
    ("given", "of_dataset", "pictures", "stops"),
    [
        ({}, {}, False, True),
        ({}, {}, True, False),
        ({"updates": 100}, {}, True, True),
        ({"epochs": 5}, {}, False, False),
        ({}, {"epochs": 50}, False, False),
        ({"epochs": 5, "early_stopping": True}, {}, False, True),
        ({"updates": 100, "early_stopping": "false"}, {}, False, False),
    ],
)
def test_updates_are_the_most_there_are_and_epochs_exact(given, of_dataset, pictures, stops):
    settled = resolved(of_dataset, "mlp", **given).settled(133, pictures)
    assert settled.early_stopping is stops


def test_epochs_and_updates_are_two_ways_to_say_one_thing():
    with pytest.raises(ConfigError, match="epochs 5 and updates 100 both say how long to train"):
        RunConfig(dataset="d", epochs=5, updates=100)
    with pytest.raises(ConfigError, match="give one of them"):
        resolved({"epochs": 5, "updates": 100}, "mlp")
