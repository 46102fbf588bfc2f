import numpy as np
import pandas as pd
import pytest

from framework import CostMatrix, CostMatrixError, RunConfig, run
from framework.config.settings import DEFAULTS, SETTINGS
from framework.core.errors import ConfigError
from tests.conftest import FIVE

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
        ({"dataset": "d", "epoch": 3}, 'unknown setting "epoch"; known: dataset, target'),
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


@pytest.mark.parametrize(
    ("given", "kept", "width_and_height"),
    [
        (32, "32x32", (32, 32)),
        ("32", "32x32", (32, 32)),
        ("48x32", "48x32", (48, 32)),
        (" 48 X 32 ", "48x32", (48, 32)),
        (None, None, None),
    ],
)
def test_a_size_of_pictures_is_one_side_or_width_and_height(given, kept, width_and_height):
    config = RunConfig(dataset="d", picture_size=given)
    assert (config.picture_size, config.width_and_height) == (kept, width_and_height)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("32,48", "picture_size: expected pixels as 32 or 48x32, received '32,48'"),
        (-1, "picture_size: expected pixels as 32 or 48x32, received -1"),
        ("0", "picture_size: expected 1 to 4096 pixels a side, received '0'"),
        ("64x5000", "picture_size: expected 1 to 4096 pixels a side, received '64x5000'"),
    ],
)
def test_a_size_that_is_none_is_told(given, message):
    with pytest.raises(ConfigError, match=message):
        RunConfig(dataset="d", picture_size=given)


@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        ("My photos", "my_photos"),
        ("photos/", "photos"),
        ("data/2024", "table_2024"),
        ("gtsrb", "gtsrb"),
    ],
)
def test_a_folder_has_a_name_for_runs_and_jobs(dataset, name):
    assert RunConfig(dataset=dataset).short_name == name


def test_a_configuration_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        RunConfig(dataset="d").epochs = 3


def test_the_user_comes_before_the_dataset_and_the_dataset_before_the_framework():
    config = RunConfig(dataset="d", epochs=7)
    resolved = config.resolved({"epochs": 50, "batch_size": 16}, "mlp")
    assert resolved.epochs == 7
    assert resolved.batch_size == 16
    assert resolved.loss == DEFAULTS["loss"]
    assert resolved.model == "mlp"


def test_how_a_model_is_trained_its_author_says_where_neither_user_nor_dataset_does():
    brings = {"updates": 300, "optimizer": "adamw", "weight_decay": 0.01, "batch_size": 8}
    of_models = {"m": {**brings, "early_stopping": False}, "other": {"optimizer": "sgd"}}
    config = RunConfig(dataset="d", weight_decay=0.1).resolved({"batch_size": 16}, "m")
    settled = config.settled(160, False, of_models)
    assert (settled.optimizer, settled.weight_decay, settled.batch_size) == ("adamw", 0.1, 16)
    assert (settled.epochs, settled.early_stopping) == (30, False)
    assert settled.decay == DEFAULTS["decay"]
    untold = RunConfig(dataset="d").resolved({}, "untold").settled(160, False, of_models)
    assert (untold.optimizer, untold.weight_decay) == (DEFAULTS["optimizer"], None)


@pytest.mark.parametrize("given", [{"epochs": 7}, {"updates": 70}])
def test_a_length_that_is_given_takes_the_place_of_the_models(given):
    config = RunConfig(dataset="d", **given).resolved({}, "m")
    of_models = {"m": {"epochs": 99}, "n": {"updates": 9900}}
    assert config.settled(320, True, of_models).epochs == (7 if "epochs" in given else 10)
    config = RunConfig(dataset="d").resolved(given, "n")
    assert config.settled(320, True, of_models).epochs == (7 if "epochs" in given else 10)


@pytest.mark.parametrize(("pictures", "model"), [(False, "mlp"), (True, "convnet")])
def test_a_dataset_without_a_model_of_its_own_gets_what_suits_its_cases(pictures, model):
    assert RunConfig(dataset="d").resolved({}, None).settled(100, pictures).model == model
    assert RunConfig(dataset="d", model="m").resolved({}, None).settled(100, pictures).model == "m"


def test_options_of_augmentation_are_merged_one_by_one():
    of_models = {"m": {"augment": {"rotation": 0.2, "shift": 0.1, "scale": 0.1}}}
    config = RunConfig(dataset="d", augment={"scale": 0.3}).resolved(
        {"augment": {"rotation": 0, "flip": 0.5}}, "m"
    )
    settled = config.settled(100, True, of_models)
    assert settled.augment == {"rotation": 0, "shift": 0.1, "scale": 0.3, "flip": 0.5}
    assert RunConfig(dataset="d").resolved({}, "other").settled(100, True).augment == {}


def test_tables_are_not_augmented():
    of_models = {"m": {"augment": {"rotation": 0.2}}}
    plain = RunConfig(dataset="d", augment={"shift": 0}).resolved({}, "m")
    assert plain.settled(100, False, of_models).augment == {}
    with pytest.raises(ConfigError, match="augment: is for pictures, and these cases are none"):
        RunConfig(dataset="d", augment={"shift": 0.1}).resolved({}, "m").settled(100, False)


def test_a_model_brings_settings_of_its_training_alone():
    config = RunConfig(dataset="d").resolved({}, "m")
    with pytest.raises(
        ConfigError, match='"m" brings a default of "loss"; expected settings of its'
    ):
        config.settled(100, True, {"m": {"loss": "expected_cost"}})
    with pytest.raises(ConfigError, match='the defaults of the model "m": epochs: '):
        config.settled(100, True, {"m": {"epochs": "many"}})


def test_a_threshold_brings_its_rule_and_another_rule_drops_the_datasets_threshold():
    with_threshold = {"threshold": 0.5}
    plain = RunConfig(dataset="d").resolved({}, "m")
    assert (plain.decision_rule, plain.calibration) == ("minimum_expected_cost", "bias")
    assert RunConfig(dataset="d").resolved(with_threshold, "m").decision_rule == "threshold"
    chosen = RunConfig(dataset="d", decision_rule="argmax").resolved(with_threshold, "m")
    assert (chosen.decision_rule, chosen.threshold) == ("argmax", None)
    assert chosen.calibration == "none"  # calibrated, the likeliest class knows no costs
    chosen = RunConfig(dataset="d", threshold=0.2).resolved(with_threshold, "m")
    assert (chosen.decision_rule, chosen.threshold) == ("threshold", 0.2)


def test_a_wrong_default_of_a_dataset_is_found():
    with pytest.raises(ConfigError, match='unknown setting "epoch"'):
        RunConfig(dataset="d").resolved({"epoch": 3}, "m")


def test_json_holds_plain_values(tmp_path):
    config = RunConfig(dataset="d", cost_matrix=[MATRIX, "x.json"], out=tmp_path)
    plain = config.to_json()
    assert plain["cost_matrix"] == ["m", "x.json"]
    assert plain["out"] == str(tmp_path)


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
    resolved = RunConfig(dataset="d", **given).resolved(of_dataset, "mlp")
    settled = resolved.settled(n, pictures)
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
    resolved = RunConfig(dataset="d", **given).resolved(of_dataset, "mlp")
    assert resolved.settled(133, pictures).early_stopping is stops


def test_epochs_and_updates_are_two_ways_to_say_one_thing():
    with pytest.raises(ConfigError, match="epochs 5 and updates 100 both say how long to train"):
        RunConfig(dataset="d", epochs=5, updates=100)
    with pytest.raises(ConfigError, match="give one of them"):
        RunConfig(dataset="d").resolved({"epochs": 5, "updates": 100}, "mlp")


def test_every_setting_is_described_once_in_the_order_of_the_help():
    assert list(RunConfig.model_fields) == list(SETTINGS)
    for name, field in RunConfig.model_fields.items():
        assert field.description == SETTINGS[name].help
        assert field.description[-1] in ".)", name


@pytest.mark.parametrize(
    ("dataset", "name"),
    [("data/My loans.csv.gz", "my_loans"), ("2024.csv", "table_2024"), ("blobs", "blobs")],
)
def test_a_name_for_folders_and_jobs(dataset, name):
    config = RunConfig(dataset=dataset)
    assert config.short_name == name
    assert config.is_table == (dataset != name)


def test_a_cost_matrix_may_have_any_form():
    frame = pd.DataFrame([[0, 1], [5, 0]], index=["no", "yes"], columns=["no", "yes"])
    for given in (frame, {"no": {"yes": 1}, "yes": {"no": 5}}, FIVE):
        (matrix,) = RunConfig(dataset="blobs", cost_matrix=given).cost_matrix
        assert matrix.labels == ("no", "yes")
    both = RunConfig(dataset="blobs", cost_matrix=[frame, "mine.json"]).cost_matrix
    assert [type(one).__name__ for one in both] == ["CostMatrix", "str"]
    with pytest.raises(CostMatrixError, match="received 3"):
        RunConfig(dataset="blobs", cost_matrix=3)


@pytest.mark.parametrize("given", [[[0, 1], [5, 0]], np.array([[0, 1], [5, 0]])])
def test_numbers_without_labels_have_those_of_the_dataset(given, registry, elsewhere):
    config = RunConfig(dataset="blobs", cost_matrix=given, epochs=1, report=False)
    result = run(config, registry)
    assert result.matrix.labels == ("no", "yes")
    assert result.matrix.costs.tolist() == [[0, 1], [5, 0]]
    assert config.to_json()["cost_matrix"] == ["costs"]
    with pytest.raises(CostMatrixError, match="3 classes"):
        run(RunConfig(dataset="blobs3", cost_matrix=given), registry)


@pytest.mark.parametrize(
    "settings",
    [
        {"learning_rate": "1_0"},
        {"learning_rate": True},
        {"epochs": "1_0"},
        {"epochs": False},
        {"epochs": "9" * 400},
        {"epochs": 10**400},
        {"seed": "1_0"},
        {"l2": "nan"},
        {"l2": "\u0663"},
        {"threshold": True},
        {"cuts": "1,nan"},
        {"cuts": [1, True]},
        {"augment": {"shift": True}},
        {"prevalence": {"a": "1_0"}},
        {"prevalence": {"a": True}},
        {"time_budget": "1.2.3m"},
        {"time_budget": True},
        {"model_parameters": {"units": float("nan")}},
        {"columns": {"a": {"kind": "number", "median": float("inf")}}},
    ],
    ids=str,
)
def test_what_only_python_takes_for_a_number_is_none(settings):
    with pytest.raises(ConfigError, match=f"{next(iter(settings))}: .*(received|expected)"):
        RunConfig(dataset="a", **settings)


def test_a_parameter_of_a_model_may_be_yes_or_no():
    given = {"units": 3, "wide": True, "rate": 0.5, "kind": "x"}
    assert RunConfig(dataset="a", model_parameters=given).model_parameters == given


def test_the_address_of_mlflow_is_one_and_has_no_password():
    for address in ("http://localhost:5000", "sqlite:///a.db", "arn:aws:sagemaker:x:1:y/z"):
        assert RunConfig(dataset="blobs", mlflow=address).mlflow == address
    with pytest.raises(
        ConfigError, match=r"mlflow: .*expected an address as http://localhost:5000"
    ):
        RunConfig(dataset="blobs", mlflow="mine")
    with pytest.raises(ConfigError, match=r"a password does not belong into settings") as error:
        RunConfig(dataset="blobs", mlflow="https://me:secret@example.com")
    assert "secret" not in str(error.value)
