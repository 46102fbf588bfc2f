import csv
import json
import shutil

import numpy as np
import pytest

from framework import explain, load
from framework.core.dataset import split
from framework.core.importance import orders
from framework.errors import ArtifactError, ConfigError, DataError
from framework.explanation import source as source_module
from tests.explanation.conftest import loans


@pytest.fixture(scope="module")
def explanation(loans_dir, offered):
    return explain(loans_dir, repeats=8, seed=3, registry=offered)


def test_what_decides_is_worth_dollars_and_what_means_nothing_is_not(explanation):
    found = explanation.found
    assert [feature.name for feature in found.features] == [
        "risk and 1 like it",
        "risk",
        "opposite",
        "amount",
        "hue",
    ]
    family, risk, opposite, _, hue = found.importances["priced"]
    assert family.lost.low > 0
    # Each of the two copies still tells the model half of it.
    assert family.lost.mean > 1.5 * max(risk.lost.mean, opposite.lost.mean)
    assert hue.lost.low <= 0 <= hue.lost.high
    assert found.ranked("priced")[0] == [0]
    assert found.relative(1) == ("opposite", pytest.approx(1.0))


@pytest.mark.parametrize("name", ["built-in", "priced"])
@pytest.mark.parametrize(("number", "columns"), [(1, [0]), (3, [2]), (4, [3, 4, 5])])
def test_figures_are_those_of_a_plain_loop_whose_costs_stay_with_the_cases(
    explanation, loans_dir, offered, name, number, columns
):
    dataset = loans()
    rows = split(dataset).test
    X, y, amount = dataset.X[rows], dataset.y[rows], dataset.X[rows, 2]
    model = load(loans_dir, name, offered)

    def dollars(X):
        decided = model.predict(X, {"amount": amount})
        cost = np.where(y == 1, 10 + amount, 0.0) * (decided == "good")
        return (cost + 30 * ((y == 0) & (decided == "bad"))).mean()

    lost = []
    for order in orders(len(X), 8, (3, number)):
        copy = X.copy()
        copy[:, columns] = X[order][:, columns]
        lost.append(dollars(copy) - dollars(X))
    importance = explanation.found.importances[name][number]
    assert importance.lost.mean == pytest.approx(np.mean(lost))
    assert importance.lost.low <= np.mean(lost) <= importance.lost.high


def test_movement_is_the_paired_difference_to_the_baseline(explanation):
    baseline, trained = (explanation.found.importances[name] for name in ("built-in", "priced"))
    for before, after in zip(baseline, trained, strict=True):
        assert before.moved is None
        assert after.moved.mean == pytest.approx(after.lost.mean - before.lost.mean)
        assert after.moved.low <= after.moved.mean <= after.moved.high


def test_files_hold_the_same_figures_and_the_page_names_all(explanation, loans_dir):
    told = json.loads((loans_dir / "importance.json").read_text())
    assert told["repeats"] == 8
    assert told["features"] == explanation.to_json()["features"]
    with (loans_dir / "importance.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [float(line["dollars_lost"]) for line in lines] == [
        entry["dollars_lost"] for entry in told["features"]
    ]
    assert lines[0]["columns"] == "risk; opposite"
    page = (loans_dir / "importance.html").read_text(encoding="utf-8")
    for text in ("“risk” and 1 like it", "share their importance", "hue", "seed 3", "built-in"):
        assert text in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert (loans_dir / "plots" / "importance.png").is_file()


def test_one_model_and_features_shuffled_together(loans_dir, offered, tmp_path):
    folder = shutil.copytree(loans_dir, tmp_path / "run")
    explanation = explain(
        folder, ["priced"], repeats=2, together=[["amount", "hue=g"]], registry=offered
    )
    found = explanation.found
    assert list(found.importances) == ["priced"]
    joined = next(feature for feature in found.features if feature.name == "amount + hue")
    assert joined.columns == (2, 3, 4, 5)
    assert all(importance.moved is None for importance in found.importances["priced"])


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"models": ["other"]}, ArtifactError, 'no model "other"; it has: built-in, priced'),
        ({"together": [["risk", "size"]]}, ConfigError, 'no feature "size"; they have: risk'),
        ({"together": [["hue=r", "hue=g"]]}, ConfigError, '"hue=g" is named twice'),
        ({"repeats": 1}, ConfigError, "expected at least 2"),
    ],
)
def test_a_mistake_is_told(loans_dir, offered, settings, error, message):
    with pytest.raises(error, match=message):
        explain(loans_dir, registry=offered, **settings)


def test_a_data_folder_that_has_moved_is_told_and_can_be_named(loans_dir, offered, tmp_path):
    folder = shutil.copytree(loans_dir, tmp_path / "run")
    config = json.loads((folder / "config.json").read_text())
    config["data"] = str(tmp_path / "gone")
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(DataError, match="gone, which is no longer there; name the folder with"):
        explain(folder, repeats=2, registry=offered)
    assert explain(folder, repeats=2, data=tmp_path, registry=offered).found.repeats == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.y.__isub__(data.y), "is not the one the run was judged on"),
        (lambda data: data.X.__imul__(-1), "decides .*% of the test cases otherwise"),
    ],
)
def test_data_that_have_changed_are_told(loans_dir, offered, monkeypatch, change, message):
    def changed(config, registry):
        data = loans()
        data.y.flags.writeable = data.X.flags.writeable = True
        change(data)
        return data

    monkeypatch.setattr(source_module, "load_dataset", changed)
    monkeypatch.setattr(source_module, "split", lambda data, **settings: split(loans(), **settings))
    with pytest.raises(DataError, match=message):
        explain(loans_dir, repeats=2, registry=offered)
