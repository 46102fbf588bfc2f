import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from framework import DatasetSpec, RunConfig, explain, hookimpl, load, run
from framework.core.case_costs import case_costs
from framework.core.cases.splitting import split
from framework.core.errors import ArtifactError, ConfigError, DataError
from framework.core.words import TOO_FEW
from framework.experiment.loading.checked_dataset import split_cases
from framework.experiment.stored_runs import reloaded_run as source_module
from framework.experiment.stored_runs.reloaded_run import reload_run
from framework.plugins.registry import Plugin, Registry
from framework.report.explanation.text import explanation_text
from framework.studies.explanation.permutation_importance import orders
from tests.conftest import changeable_copy, plugin
from tests.studies.explanation.conftest import PRICED, loans


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
    folder = changeable_copy(loans_dir, tmp_path / "run")
    explanation = explain(
        folder, ["priced"], repeats=2, together=[["amount", "hue=g"]], registry=offered
    )
    found = explanation.found
    assert list(found.importances) == ["priced"]
    joined = next(feature for feature in found.features if feature.name == "amount + hue")
    assert joined.columns == (2, 3, 4, 5)
    assert all(importance.moved is None for importance in found.importances["priced"])


def test_the_page_is_about_the_served_model_and_not_the_one_that_lost_least(
    loans_dir, offered, tmp_path
):
    folder = changeable_copy(loans_dir, tmp_path / "run")
    metrics = json.loads((folder / "metrics.json").read_text())
    for served in ("built-in", "priced"):
        metrics["served"]["model"] = served
        (folder / "metrics.json").write_text(json.dumps(metrics))
        explanation = explain(folder, repeats=2, registry=offered)
        assert explanation.reloaded.served == served
        page = (folder / "importance.html").read_text(encoding="utf-8")
        assert f"“{served}” depends most on" in page or f"cannot tell what “{served}”" in page
    alone = explain(folder, ["built-in"], repeats=2, registry=offered)
    assert alone.reloaded.served == "built-in"


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (
            {"models": ["other"]},
            ArtifactError,
            r'no model "other"; it has: built-in, built-in \+ decision, priced',
        ),
        ({"together": [["risk", "size"]]}, ConfigError, 'no feature "size"; they have: risk'),
        ({"together": [["hue=r", "hue=g"]]}, ConfigError, '"hue=g" is named twice'),
        ({"repeats": 1}, ConfigError, "expected at least 2"),
    ],
)
def test_a_mistake_is_told(loans_dir, offered, settings, error, message):
    with pytest.raises(error, match=message):
        explain(loans_dir, registry=offered, **settings)


def test_a_data_folder_that_has_moved_is_told_and_can_be_named(loans_dir, offered, tmp_path):
    folder = changeable_copy(loans_dir, tmp_path / "run")
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
    monkeypatch.setattr(
        source_module, "split_cases", lambda *given: split_cases(*given[:2], loans())
    )
    with pytest.raises(DataError, match=message):
        explain(loans_dir, repeats=2, registry=offered)


def test_columns_go_by_name_when_the_data_are_loaded_again(loans_dir, offered, monkeypatch):
    ours, names = loans(), list(loans().feature_names)
    expected = reload_run(loans_dir, registry=offered)

    def loads(order, called):
        again = replace(ours, X=ours.X[:, order], feature_names=tuple(called))
        monkeypatch.setattr(source_module, "load_dataset", lambda *_: again)
        return reload_run(loans_dir, registry=offered)

    order = [2, 0, 1, 5, 4, 3]
    reordered = loads(order, [names[k] for k in order])
    np.testing.assert_array_equal(reordered.X, expected.X)
    for one, other in zip(reordered.models, expected.models, strict=True):
        np.testing.assert_array_equal(one.answers.probabilities, other.answers.probabilities)
    with pytest.raises(DataError, match="lacks 1 of 6 columns: risk; instead it has: danger"):
        loads([0, 1, 2, 3, 4, 5], ["danger", *names[1:]])


@pytest.mark.usefixtures("elsewhere")
def test_too_few_groups_give_no_intervals_and_are_said():
    """200 loans of 20 banks, of which the test part holds 5."""

    def banks():
        dataset = loans(n=200)
        return replace(dataset, groups=np.arange(200) // 10)

    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("banks", ("good", "bad"), banks, default_model="logistic")]

    registry = Registry(entry_points=[])
    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("b", "b", "1"))
    run(RunConfig(dataset="banks", cost_matrix=PRICED, epochs=2, report=False, out="r"), registry)
    explanation = explain("r", repeats=2, registry=registry)
    for record in explanation.records():
        assert (record["low"], record["high"], record["tells"]) == (None, None, False)
    page = Path("r/importance.html").read_text(encoding="utf-8")
    assert TOO_FEW in page
    assert "These test cases cannot tell what" in page
    text = Console(width=200, record=True, file=io.StringIO())
    text.print(explanation_text(explanation, 3))
    assert TOO_FEW in text.export_text()


def test_shuffles_are_weighed_as_the_run_was_judged(offered, tmp_path):
    """At another prevalence what a shuffle costs is the mean of the classes' means, by their shares."""
    out = tmp_path / "rare"
    settings = {"dataset": "loans", "cost_matrix": PRICED, "epochs": 2, "report": False}
    result = run(RunConfig(**settings, prevalence={"bad": 0.05}, out=out), offered)
    found = explain(out, ["priced"], repeats=4, seed=3, registry=offered).found
    reloaded = reload_run(out, ["priced"], registry=offered)
    (model,) = reloaded.models
    lost = []
    for row in orders(len(reloaded.X), 4, (3, 1)):  # of risk alone
        X = reloaded.X.copy()
        X[:, found.features[1].columns] = X[row][:, found.features[1].columns]
        after = case_costs(
            reloaded.y, model.trained.answer(X, reloaded.columns).decisions, reloaded.costs
        )
        lost.append(after - case_costs(reloaded.y, model.answers.decisions, reloaded.costs))
    by_class = np.array([np.mean(lost, axis=0)[reloaded.y == k].mean() for k in (0, 1)])
    told = found.importances["priced"][1].lost
    assert told.mean == pytest.approx(float(result.test.mix.target @ by_class))
