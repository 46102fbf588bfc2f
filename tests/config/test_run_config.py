import numpy as np
import pandas as pd
import pytest

from framework import CostMatrix, CostMatrixError, RunConfig, run
from framework.config.settings import SETTINGS
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


def test_json_holds_plain_values(tmp_path):
    config = RunConfig(dataset="d", cost_matrix=[MATRIX, "x.json"], out=tmp_path)
    plain = config.to_json()
    assert plain["cost_matrix"] == ["m", "x.json"]
    assert plain["out"] == str(tmp_path)


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
