"""The files of a run folder are checked, and must agree, as they are read."""

import json
import shutil

import pytest

from framework.core.errors import ArtifactError
from framework.experiment.stored_runs.stored_run import read_run
from tests.conftest import OLD_RUN

FIRST = "predictions/built-in.csv"


@pytest.fixture
def run_dir(tmp_path):
    shutil.copytree(OLD_RUN, tmp_path / "run")
    return tmp_path / "run"


def change(path, change):
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda m: m.pop("labels"), 'the key "labels" is missing'),
        (lambda m: m.update(labels=3), '"labels": expected a list, received 3'),
        (lambda m: m.update(models=[]), '"models": expected models, each once'),
        (lambda m: m["served"].update(model="x"), "expected one of the models, received 'x'"),
        (lambda m: m["bounds"].update(oracle_dollars_per_case=True), "expected a finite number"),
        (lambda m: m["models"][0].update(dollars_per_case="1_0"), "expected a finite number"),
        (lambda m: m["models"][0].update(dollars_per_case_interval=[2, 1]), "its lower end first"),
        (lambda m: m["models"][0].update(name={}), '"models", 1, "name": expected text'),
        (lambda m: m["models"][0]["reporting"].update(temperature=0), "a finite number above 0"),
        (lambda m: m["models"][0]["reporting"].update(bias=[1]), "expected 2 numbers"),
        (lambda m: m["models"][0].update(confusion_matrix=[[1, 2], [3, 4]]), "does not count what"),
        (lambda m: m["models"][0].update(confusion_matrix=[[True]]), "does not count what"),
        (lambda m: m.update(prevalence={"training": {"benign": 2}}), "is missing"),
    ],
)
def test_a_figure_that_is_none_is_told_with_its_key(run_dir, wrong, message):
    change(run_dir / "metrics.json", wrong)
    with pytest.raises(ArtifactError) as error:
        read_run(run_dir)
    assert message in str(error.value)
    assert "metrics.json" in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",malignant,malignant,", ",ill,malignant,", "its truths hold 'ill', which is no label"),
        (",malignant,malignant,", ",malignant,ill,", "holds 'ill', which cannot be decided"),
        ("-35280.0", "nan", "dollars: expected a number, received 'nan'"),
        ("-35280.0", "1_0", "dollars: expected a number, received '1_0'"),
        ("\n47,", "\n9999,", "is about other cases than"),
        ("case,true", "true,case", "its columns are true, case"),
        ("p(benign)", "p(x)", "its columns are"),
        (",0.9", ",7.9", "expected probabilities that make up 1"),
    ],
)
def test_predictions_that_are_none_are_told_with_their_line(run_dir, old, new, message):
    path = run_dir / FIRST
    text = path.read_text()
    if old not in text:
        path = run_dir / "predictions" / "5-1.csv"
        text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ArtifactError) as error:
        read_run(run_dir)
    assert message in str(error.value)
    assert path.name in str(error.value)


def test_a_config_that_is_no_object(run_dir):
    (run_dir / "config.json").write_text("[]")
    with pytest.raises(ArtifactError, match=r"config\.json: expected an object"):
        read_run(run_dir)
