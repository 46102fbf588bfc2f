"""Hyperparameters and channels mean the RunConfig they were made from."""

import json
import re
from pathlib import Path

import pytest

from framework import CostMatrix, RunConfig
from framework.config.settings import SETTINGS
from framework.core.errors import ConfigError, CostMatrixError
from framework.sagemaker.contract import from_hyperparameters, to_hyperparameters
from framework.sagemaker.jobs.metric_lines import METRICS

from ..conftest import FIVE

EVERY_SETTING = {
    "dataset": "my loans.csv",
    "target": "status",
    "cuts": (8, 10.5),
    "drop": ("id", "a b"),
    "groups": "customer",
    "text": ("note",),
    "columns": {"zip": "category", "size": {"kind": "category", "levels": ["S", "M"]}},
    "stream": "no",
    "whole_test": "yes",
    "picture": "path",
    "picture_size": "48x32",
    "cost_matrix": ("medical.json", FIVE),
    "evaluation_matrix": FIVE,
    "prevalence": {"paid": 0.98},
    "robust": "expected",
    "promise": "12000@0.95",
    "references": False,
    "model": "mlp",
    "time_budget": 90.0,
    "compact": True,
    "model_parameters": {"units": 64, "dropout": 0.5, "batch_norm": True, "activation": "relu"},
    "augment": {"rotation": 0.1, "flip": 0},
    "frozen": 0.5,
    "loss": "expected_cost",
    "scale": "raw",
    "cost_weight": 1e-7,
    "warm_up": 0.25,
    "l2": 0.001,
    "members": 3,
    "calibration": "bias",
    "decision_rule": "threshold",
    "threshold": 0.3,
    "strategy": "auto",
    "folds": 3,
    "optimizer": "sgd",
    "weight_decay": 0.01,
    "learning_rate": 0.1,
    "learning_rate_warm_up": 0.125,
    "decay": "none",
    "early_stopping": True,
    "batch_size": 64,
    "precision": "bfloat16",
    "test_fraction": 0.2,
    "split_seed": 7,
    "stratify": False,
    "slices": ("age:30,50", "sex x age"),
    "seed": 3,
    "seeds": 2,
    "report": False,
    "mlflow": "sqlite:///mlflow.db",
    "mlflow_experiment": "None",
}


def plain(value):
    """With matrices as the objects of their files, which can be compared."""
    if isinstance(value, RunConfig):
        return {name: plain(getattr(value, name)) for name in RunConfig.model_fields}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.to_dict() if isinstance(value, CostMatrix) else value


ONE_OR_THE_OTHER = [
    {"epochs": 50},
    {"updates": 50},
    {"cost": ("a->*=1", "*->a=2"), "cost_matrix": ()},
]


@pytest.mark.parametrize("others", ONE_OR_THE_OTHER, ids=lambda others: next(iter(others)))
def test_every_setting_comes_back(others):
    known = set(EVERY_SETTING).union(*ONE_OR_THE_OTHER)
    assert known == {name for name, setting in SETTINGS.items() if not setting.is_folder}
    config = RunConfig(**EVERY_SETTING | others)
    values = to_hyperparameters(config)
    assert all(isinstance(value, str) for value in values.values())
    assert plain(from_hyperparameters(values, {})) == plain(config)


@pytest.mark.parametrize("value", ["tuned", "natural_break", 0.25])
def test_a_threshold_in_words_or_as_a_number(value):
    values = to_hyperparameters(RunConfig(dataset="d", threshold=value))
    assert from_hyperparameters(values, {}).threshold == value


def test_what_is_not_set_stays_open():
    assert to_hyperparameters(RunConfig(dataset="d", loss=None)) == {"dataset": "d"}


def test_folders_are_channels(tmp_path):
    channels = {name: tmp_path / name for name in ("train", "validation", "test", "plugins")}
    config = from_hyperparameters({"dataset": "d"}, channels)
    assert (config.data, config.validation_data, config.test_data) == (
        channels["train"],
        channels["validation"],
        channels["test"],
    )
    assert to_hyperparameters(config) == {"dataset": "d"}
    with pytest.raises(ConfigError, match=r'data: is no hyperparameter.*channel "train"'):
        from_hyperparameters({"dataset": "d", "data": "/x"}, {})


def test_numbers_without_labels_arrive_as_such():
    values = to_hyperparameters(RunConfig(dataset="d", cost_matrix=[[0, 1], [5, 0]]))
    (matrix,) = from_hyperparameters(values, {}).cost_matrix
    assert matrix.cells == [[0, 1], [5, 0]]


def test_a_matrix_in_a_channel_inline_or_the_plugins_own(tmp_path):
    (tmp_path / "mine.json").write_text(json.dumps(FIVE.to_dict()))
    channels = {"matrices": tmp_path}
    values = {
        "dataset": "d",
        "cost_matrix": json.dumps(["mine.json", FIVE.to_dict(), "shipped.json"]),
        "evaluation_matrix": "mine.json",
    }
    config = from_hyperparameters(values, channels)
    in_channel, inline, shipped = config.cost_matrix
    assert in_channel == config.evaluation_matrix == str(tmp_path / "mine.json")
    assert inline.costs.tolist() == FIVE.costs.tolist()
    assert shipped == "shipped.json"
    with pytest.raises(ConfigError, match=r"2 channels have a file mine\.json"):
        from_hyperparameters(values, {**channels, "other": tmp_path})


def test_a_path_goes_by_its_file_name():
    config = RunConfig(dataset="d", cost_matrix="costs/mine.json")
    assert to_hyperparameters(config)["cost_matrix"] == "mine.json"


def test_what_sagemaker_and_a_tuner_add():
    config = from_hyperparameters(
        {
            "dataset": '"breast_cancer"',  # the SDK writes strings as JSON
            "sagemaker_job_name": "j",
            "_tuning_objective_metric": "m",
            "model_parameters": '{"dropout": 0.5}',
            "model_parameters.units": "64",
            "model_parameters.activation": '"relu"',
            "augment.rotation": "0.1",
            "augment.shift": "0",
        },
        {},
    )
    assert config.dataset == "breast_cancer"
    assert config.model_parameters == {"dropout": 0.5, "units": 64, "activation": "relu"}
    assert config.augment == {"rotation": 0.1, "shift": 0}


# What HyperparameterTuner of sagemaker 3.27.0 posted (its values were Python's own), off the wire.
SDK_TUNER = Path(__file__).parent / "fixtures" / "sdk_3_27_tuner.json"


def test_what_the_sdks_tuner_sends_is_read_as_it_was_meant():
    request = json.loads(SDK_TUNER.read_text())
    static = request["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static["model_parameters"] == "{'units': 8, 'batch_norm': True}"
    tuned = {"learning_rate": "0.05", "_tuning_objective_metric": "m"}
    config = from_hyperparameters({**static, **tuned}, {})
    matrix = {"name": "mine's", "labels": ["benign", "malignant"], "costs": [[0, 1], [20.5, 0]]}
    assert plain(config) == plain(
        RunConfig(
            dataset="breast_cancer",
            model="mlp",
            model_parameters={"units": 8, "batch_norm": True},
            cost_matrix=(CostMatrix.from_dict(matrix),),
            evaluation_matrix="medical.json",
            loss=None,
            references=False,
            folds=3,
            drop=("id", "a b"),
            l2=0.001,
            augment={"rotation": 0.1},
            early_stopping=True,
            learning_rate=0.05,
        )
    )


def test_text_that_looks_like_python_stays_text():
    values = {"dataset": "(1).csv", "target": "None", "groups": "['a']", "drop": "['None']"}
    config = from_hyperparameters({**values, "cost": "None", "threshold": "tuned"}, {})
    assert (config.dataset, config.target, config.groups) == ("(1).csv", "None", "['a']")
    assert (config.drop, config.cost) == (("None",), ())
    one = from_hyperparameters({"dataset": "d", "model_parameters.norm": "True"}, {})
    assert one.model_parameters == {"norm": True}


@pytest.mark.parametrize("text", ["{'a': open('x')}", "[" * 300, "{'a': 1", "{1, 2}", "b'x'"])
def test_what_is_neither_json_nor_a_literal_is_refused_as_text(text):
    with pytest.raises(ConfigError, match=r"^model_parameters: "):
        from_hyperparameters({"dataset": "d", "model_parameters": text}, {})


@pytest.mark.parametrize(
    ("values", "settings"),
    [
        ({"epochs": "0"}, {"epochs": "0"}),
        ({"epochs": "many"}, {"epochs": "many"}),
        ({"nonsense": "1"}, {"nonsense": "1"}),
        ({"threshold": "0.5", "decision_rule": "argmax"},) * 2,
    ],
)
def test_mistakes_are_told_in_the_words_of_the_command_line(values, settings):
    with pytest.raises(ConfigError) as ours:
        from_hyperparameters({"dataset": "d", **values}, {})
    with pytest.raises(ConfigError) as theirs:
        RunConfig(dataset="d", **settings)
    assert str(ours.value) == str(theirs.value)


def test_a_malformed_inline_matrix():
    bad = json.dumps({"name": "m", "labels": ["a", "b"], "costs": [[0, "x"], [1, 0]]})
    with pytest.raises(CostMatrixError, match=r"cost_matrix: .*row"):
        from_hyperparameters({"dataset": "d", "cost_matrix": bad}, {})


def test_a_matrix_too_large_for_a_hyperparameter():
    labels = [f"sign {k}" for k in range(43)]
    with pytest.raises(ConfigError, match=r"cost_matrix: .* in a channel"):
        to_hyperparameters(RunConfig(dataset="d", cost_matrix=CostMatrix.equal(tuple(labels))))


def test_metrics_have_names_and_expressions_that_sagemaker_takes():
    for metric in METRICS:
        assert set(metric) == {"Name", "Regex"}
        assert re.compile(metric["Regex"]).groups == 1
        assert len(metric["Regex"]) <= 500
