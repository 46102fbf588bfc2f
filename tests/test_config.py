import pytest

from framework import CostMatrix, RunConfig
from framework.config import DEFAULTS
from framework.errors import ConfigError

MATRIX = CostMatrix("m", ("a", "b"), [[0, 1], [5, 0]])


def test_strings_mean_what_they_say():
    config = RunConfig(dataset="d", epochs="50", learning_rate="0.01", stratify="false", seeds="2")
    assert (config.epochs, config.learning_rate, config.stratify, config.seeds) == (
        50,
        0.01,
        False,
        2,
    )


def test_one_cost_matrix_needs_no_list(tmp_path):
    assert RunConfig(dataset="d", cost_matrix="m.json").cost_matrix == ("m.json",)
    assert RunConfig(dataset="d", cost_matrix=MATRIX).cost_matrix == (MATRIX,)
    path = tmp_path / "m.json"
    assert RunConfig(dataset="d", cost_matrix=[path, "b"]).cost_matrix == (str(path), "b")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "dataset: is required"),
        ({"dataset": "d", "epoch": 3}, 'unknown setting "epoch"; known: dataset, cost_matrix'),
        ({"dataset": "d", "epochs": "many"}, "epochs: input should be a valid integer"),
        ({"dataset": "d", "epochs": "many"}, "received 'many'"),
        ({"dataset": "d", "epochs": 0}, "epochs: input should be greater than 0, received 0"),
        (
            {"dataset": "d", "threshold": 1.5},
            "threshold: input should be less than 1, received 1.5",
        ),
        (
            {"dataset": "d", "learning_rate": "nan"},
            "learning_rate: input should be a finite number",
        ),
        ({"dataset": "d", "scale": "big"}, "scale: input should be 'normalized' or 'raw'"),
        (
            {"dataset": "d", "threshold": 0.2, "decision_rule": "argmax"},
            'threshold goes with the rule "threshold", not "argmax"',
        ),
    ],
)
def test_an_unacceptable_setting_is_one_sentence(settings, message):
    with pytest.raises(ConfigError) as error:
        RunConfig(**settings)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_configuration_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        RunConfig(dataset="d").epochs = 3


def test_the_user_comes_before_the_dataset_and_the_dataset_before_the_framework():
    config = RunConfig(dataset="d", epochs=7)
    resolved = config.resolved({"epochs": 50, "batch_size": 16}, "mlp", 2)
    assert resolved.epochs == 7
    assert resolved.batch_size == 16
    assert resolved.optimizer == DEFAULTS["optimizer"]
    assert resolved.model == "mlp"


def test_a_threshold_brings_its_rule_and_another_rule_drops_the_datasets_threshold():
    with_threshold = {"threshold": 0.5}
    assert RunConfig(dataset="d").resolved({}, "m", 2).decision_rule == "argmax"
    assert RunConfig(dataset="d").resolved(with_threshold, "m", 2).decision_rule == "threshold"
    chosen = RunConfig(dataset="d", decision_rule="argmax").resolved(with_threshold, "m", 2)
    assert (chosen.decision_rule, chosen.threshold) == ("argmax", None)
    chosen = RunConfig(dataset="d", threshold=0.2).resolved(with_threshold, "m", 2)
    assert (chosen.decision_rule, chosen.threshold) == ("threshold", 0.2)


def test_a_wrong_default_of_a_dataset_is_found():
    with pytest.raises(ConfigError, match='unknown setting "epoch"'):
        RunConfig(dataset="d").resolved({"epoch": 3}, "m", 2)


def test_the_default_loss_of_many_classes_is_one_that_does_not_collapse():
    assert RunConfig(dataset="d").resolved({}, "m", 2).loss == "expected_cost"
    of_many = RunConfig(dataset="d").resolved({}, "m", 3)
    assert (of_many.loss, of_many.decision_rule) == (
        "cross_entropy_plus_cost",
        "minimum_expected_cost",
    )


def test_json_holds_plain_values(tmp_path):
    config = RunConfig(dataset="d", cost_matrix=[MATRIX, "x.json"], out=tmp_path)
    plain = config.to_json()
    assert plain["cost_matrix"] == ["m", "x.json"]
    assert plain["out"] == str(tmp_path)
