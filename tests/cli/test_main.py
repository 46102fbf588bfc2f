"""``fw``: mistakes are told in a sentence, whatever the command; what is installed is listed."""

import json

import pytest

from framework.cli.main import main
from framework.config.settings import SETTINGS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "brest_cancer"], 'unknown dataset "brest_cancer"; did you mean breast_cancer?'),
        (["run", "breast_cancer", "--cost-matrix", "x.json"], "x.json: no such cost matrix file"),
        (["run", "breast_cancer", "--cost-matrix", "bad.json"], 'bad.json: unknown key "cots"'),
        (
            ["run", "breast_cancer", "--cost-matrix", "other.json"],
            'unknown to the dataset: "a", "b"',
        ),
        (["run", "breast_cancer", "--cost-matrix", "small.csv"], 'row "malignant"'),
        (["run", "breast_cancer", "--epochs", "0"], "epochs: input should be greater than 0"),
        (["run", "breast_cancer", "--epochs", "ten"], "epochs: input should be a valid integer"),
        (["run", "breast_cancer", "--data", "."], "takes no such folder"),
        (["run", "breast_cancer", "--promise", "much"], "expected dollars a case, and how sure"),
        (["run", "breast_cancer", "--promise", "9"], "does not say what a referral costs"),
        (["run", "breast_cancer", "--robust", "expected"], "none of its costs is a range"),
        (
            ["run", "breast_cancer", "--robust", "regret", "--threshold", "0.2"],
            'robust "regret" decides by the rule "minimax_regret", not "threshold"',
        ),
        (["run", "breast_cancer", "--model-parameter", "units"], "expected NAME=VALUE"),
        (["run", "breast_cancer", "--model-parameter", "units=3"], "has no parameter units"),
        (["run", "breast_cancer", "--augment", "rotation"], "--augment: expected NAME=NUMBER"),
        (
            ["run", "breast_cancer", "--augment", "turn=1"],
            'augment: value error, unknown option "turn"',
        ),
        (["run", "breast_cancer", "--augment", "shift=0.1"], "augment: is for pictures"),
        (["matrix", "show", "none.json"], "none.json: no such cost matrix file"),
        (["matrix", "check", "medical.json", "--dataset", "wine"], 'unknown dataset "wine"'),
        (["predict", "nowhere", "x.csv"], "nowhere: no such folder"),
        (["compare", "nowhere"], "expected the folder of a run"),
        (["sweep", "breast_cancer", "--ratio", "1..5"], "--ratio: expected something like"),
        (["sweep", "breast_cancer", "--points", "1"], "--points: expected at least 2, received 1"),
        (
            ["sweep", "breast_cancer", "--scale", "cell=a->b:1..2"],
            '"a" matches no label and is no group; labels: benign, malignant',
        ),
        (["sweep", "breast_cancer", "--scale", "cell=a", "--scale", "cell=b"], "give one --scale"),
        (["sweep", "gtsrb", "--cost-matrix", "road_safety.json"], "name the cells to sweep"),
    ],
)
def test_a_persons_mistake_is_one_sentence_and_exit_code_2(cli, tmp_path, arguments, message):
    (tmp_path / "bad.json").write_text('{"cots": 1}')
    (tmp_path / "other.json").write_text(
        '{"name": "o", "labels": ["a", "b"], "costs": [[0, 1], [1, 0]]}'
    )
    (tmp_path / "small.csv").write_text(",benign,malignant\nbenign,0,1\nmalignant,1\n")
    done = cli(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_debug_shows_the_traceback(cli):
    done = cli("--debug", "run", "brest_cancer")
    assert type(done.exception).__name__ == "PluginError"


def test_plugins_lists_everything_with_its_distribution(cli):
    done = cli("plugins")
    assert done.exit_code == 0
    for name in ("breast_cancer", "street_signs", "logistic", "expected_cost", "argmax"):
        assert name in done.stdout
    assert "fw-breast-cancer" in done.stdout
    listed = json.loads(cli("plugins", "--json").stdout)
    assert {offer["kind"] for offer in listed["offers"]} == {
        "dataset",
        "model",
        "loss",
        "decision rule",
    }
    assert listed["failures"] == []


def test_every_command_takes_the_settings_that_are_its_own():
    def taken(command):
        return {parameter.name for parameter in command.params} & set(SETTINGS)

    cloud = main.commands["sagemaker"].commands
    everything = set(SETTINGS)
    assert taken(main.commands["run"]) == everything
    assert taken(cloud["run"]) == taken(cloud["tune"]) == everything
    assert everything - taken(main.commands["sweep"]) == {
        "references",
        "robust",
        "promise",
        "members",
        "seeds",
        "slices",
        "mlflow",
        "mlflow_experiment",
        "whole_test",
    }
