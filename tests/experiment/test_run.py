import csv
import json

import numpy as np
import pytest

from framework import CostMatrix, Dataset, DatasetSpec, ModelSpec, RunConfig, hookimpl, load, run
from framework.config.resolved_config import ResolvedConfig
from framework.core.errors import (
    ArtifactError,
    ConfigError,
    CostMatrixError,
    DataError,
    PluginError,
)
from framework.core.files import read_json
from framework.experiment.run import run as run_experiment
from framework.plugins.registry import Plugin
from tests.conftest import FIVE, THREE, blobs, plugin
from tests.experiment.conftest import PLAIN, settings

pytestmark = pytest.mark.usefixtures("elsewhere")

FIFTY = CostMatrix("fifty", ("yes", "no"), [[0, 50], [1, 0]])  # labels in another order


def test_the_baseline_is_always_there_and_every_matrix_gives_a_model(registry):
    result = run(settings(cost_matrix=[FIVE, FIFTY]), registry)
    names = ["built-in", "built-in + decision", "five", "fifty"]
    assert [model.name for model in result.models] == names
    losses = 2 * ["cross_entropy"] + 2 * [result.config.loss]
    assert [model.loss for model in result.models] == losses
    assert result.matrix.name == "five"


def test_all_models_are_judged_by_the_evaluation_matrix(registry):
    result = run(settings(cost_matrix=[FIVE], evaluation_matrix=FIFTY, **PLAIN), registry)
    assert result.matrix.labels == ("no", "yes")
    for model in result.models:
        counts = model.evaluation.confusion_matrix
        expected = -(counts * [[0, 1], [50, 0]]).sum() / len(result.test.y)
        assert model.evaluation.dollars_per_case == pytest.approx(expected)


def test_every_model_is_compared_with_the_best_constant_decision(finished):
    result = finished()
    for model in result.models:
        gap = model.evaluation.dollars_per_case - result.bounds.constant
        name = f"always {result.labels[result.bounds.constant_decision]}"
        saved = result.saved[model.name][name]
        assert saved.interval.mean == pytest.approx(gap)
        assert saved.interval.low <= gap <= saved.interval.high
        told = result.to_json()["models"][result.models.index(model)]["saved_against"]
        assert told[name]["mean"] == saved.interval.mean


def test_what_lost_least_is_said_of_the_test_cases(finished):
    result = finished()
    losses = {model.name: model.evaluation.dollars_per_case for model in result.models}
    assert losses[result.lost_least] == max(losses.values())


def test_the_same_configuration_gives_the_same_figures(registry, finished):
    first, second = finished(), run(settings(), registry)
    for a, b in zip(first.models, second.models, strict=True):
        np.testing.assert_array_equal(a.probabilities, b.probabilities)


def test_models_of_one_seed_start_from_the_same_weights(registry):
    # Trained with costs proportional to those of plain training, normalized: the same model.
    equal = CostMatrix("equal", ("no", "yes"), [[0, 7], [7, 0]])
    plain = {"loss": "cross_entropy", "decision_rule": "argmax"}
    result = run(settings(cost_matrix=equal, **plain), registry)
    np.testing.assert_allclose(
        result.model("equal").probabilities, result.baseline.probabilities, atol=1e-6
    )


def test_the_currency_does_not_matter_unless_costs_are_taken_raw(registry):
    cents = CostMatrix("cents", ("no", "yes"), [[0, 100], [500, 0]])
    plain = {"cost_matrix": [FIVE, cents], "optimizer": "sgd", "learning_rate": 0.005}
    result = run(settings(**plain), registry)
    np.testing.assert_allclose(
        result.model("five").probabilities, result.model("cents").probabilities, atol=1e-6
    )
    raw = run(settings(**plain, scale="raw"), registry)
    assert not np.allclose(raw.model("five").probabilities, raw.model("cents").probabilities)


def test_seeds_repeat_and_the_first_one_is_the_row(finished):
    single, result = finished(seed=3), finished(seed=3, seeds=4)
    model = result.model("five")
    assert [outcome.seed for outcome in model.outcomes] == [3, 4, 5, 6]
    np.testing.assert_array_equal(model.probabilities, single.model("five").probabilities)
    told = model.to_json()["seeds"]
    assert told["mean"] == pytest.approx(np.mean(told["dollars_per_case"]))
    assert told["standard_deviation"] == pytest.approx(np.std(told["dollars_per_case"], ddof=1))


def test_the_threshold_moves_the_decisions(registry):
    result = run(settings(threshold=0.2, **PLAIN), registry)
    model = result.baseline
    np.testing.assert_array_equal(model.decisions, model.probabilities[:, 1] >= 0.2)
    assert model.decision.parameters == {"threshold": 0.2}


def test_three_classes(finished):
    result = finished(dataset="blobs3", cost_matrix=THREE)
    assert result.model("three").probabilities.shape == (60, 3)
    np.testing.assert_allclose(result.model("three").probabilities.sum(axis=1), 1, atol=1e-5)


def test_the_run_folder_holds_everything(finished):
    result = finished()
    folder = result.run_dir
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "cost_matrix.json",
        "metrics.json",
        "models",
        "predictions",
        "run.json",
    ]
    assert read_json(folder / "metrics.json") == json.loads(json.dumps(result.to_json()))
    assert read_json(folder / "config.json")["epochs"] == 3
    assert CostMatrix.from_file(folder / "cost_matrix.json").name == "five"
    with (folder / "predictions" / "five.csv").open() as file:
        rows = list(csv.DictReader(file))
    model = result.model("five")
    assert len(rows) == len(result.test.y)
    assert [row["predicted"] for row in rows] == [("no", "yes")[d] for d in model.decisions]
    total = sum(float(row["dollars"]) for row in rows)
    assert total == pytest.approx(model.evaluation.dollars_total)
    versions = read_json(folder / "models" / "five" / "versions.json")
    assert versions["plugins"] == {"fw-blobs": "1.0"}
    assert versions["keras"]
    made = read_json(folder / "run.json")
    files = made.pop("files")
    assert made == {"format": 1, "kind": "run", "framework": versions["framework"]}
    slugs = ("built-in", "built-in-decision", "five")
    assert sorted(files) == sorted(
        ["config.json", "cost_matrix.json", "metrics.json"]
        + [f"models/{slug}/run.json" for slug in slugs]
        + [f"predictions/{slug}.csv" for slug in slugs]
    )


def test_a_page_belongs_to_the_folder(registry, finished):
    result = run(settings(report=True, **PLAIN), registry)
    assert "five" in (result.run_dir / "report.html").read_text()
    assert not (finished().run_dir / "report.html").exists()


def test_without_its_page_a_folder_is_not_there(registry, tmp_path):
    def add(folder):
        assert (folder / "metrics.json").is_file()
        assert not (tmp_path / "r").exists()
        raise ArtifactError("the page cannot be drawn")

    with pytest.raises(ArtifactError, match="cannot be drawn"):
        run_experiment(settings(out=tmp_path / "r", epochs=1, **PLAIN), registry, add=add)
    assert list(tmp_path.iterdir()) == []


def test_a_loaded_model_gives_the_same_probabilities(finished, registry):
    result = finished()
    X = blobs()[0][result.test.rows]
    for model in result.models:
        loaded = load(result.run_dir, model.name, registry)
        np.testing.assert_allclose(loaded.predict_proba(X), model.probabilities, atol=1e-6)
        np.testing.assert_array_equal(loaded.predict(X), np.array(result.labels)[model.decisions])


def test_progress_counts_every_epoch_of_every_training(runs):
    _, seen = runs(seed=3, seeds=4)
    # Models of one loss are trained together: two groups of three epochs; two recipes, four seeds,
    # on five folds and then on all.
    other = ResolvedConfig.of(RunConfig(dataset="blobs"), {}, "logistic").loss
    told = [
        *(("validation", 1 + k % 3, 20 * ((k + 1) // 3)) for k in range(6)),
        *(("cross_entropy", epoch, 40 + 4 * (epoch == 3)) for epoch in (1, 2, 3)),
        *((other, epoch, 44 + 4 * (epoch == 3)) for epoch in (1, 2, 3)),
    ]
    assert [(p.models, p.epoch, p.done) for p in seen] == told
    assert {p.total for p in seen} == {48}


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"dataset": "blob"}, PluginError, 'unknown dataset "blob"; did you mean blobs'),
        ({"model": "tree"}, PluginError, 'unknown model "tree"'),
        ({"loss": "mse"}, PluginError, 'unknown loss "mse"'),
        ({"decision_rule": "coin"}, PluginError, 'unknown decision rule "coin"'),
        ({"optimizer": "sdg"}, ConfigError, 'unknown optimizer "sdg"'),
        ({"model_parameters": {"depth": 3}}, ConfigError, '"logistic" has no parameter depth'),
        ({"cost_matrix": ()}, ConfigError, 'dataset "blobs" has no default cost matrix'),
        ({"cost_matrix": [FIVE, FIVE]}, ConfigError, 'two models would be called "five"'),
        (
            {"cost_matrix": CostMatrix("Built in", ("no", "yes"), [[0, 1], [1, 0]])},
            ConfigError,
            'two models would be called "Built in"',
        ),
        ({"cost_matrix": "none.json"}, CostMatrixError, "none.json: no such cost matrix"),
        (
            {"cost_matrix": CostMatrix("m", ("a", "b"), [[0, 1], [1, 0]])},
            CostMatrixError,
            'missing in the matrix: "no", "yes"; unknown to the dataset: "a", "b"',
        ),
        ({"data": "."}, ConfigError, '--data: the dataset "blobs" takes no such folder'),
        (
            {"dataset": "blobs3", "threshold": 0.5, "cost_matrix": THREE},
            ConfigError,
            '"threshold" is for two classes; "blobs3" has 3',
        ),
    ],
)
def test_a_mistake_is_told_before_anything_is_trained(registry, tmp_path, changed, error, message):
    with pytest.raises(error) as raised:
        run(settings(**changed), registry)
    assert message in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_another_run_is_not_overwritten(registry, finished):
    folder = finished().run_dir
    before = (folder / "metrics.json").read_bytes()
    with pytest.raises(ArtifactError, match="holds another run"):
        run(settings(out=folder), registry)
    assert (folder / "metrics.json").read_bytes() == before


def test_a_folder_with_other_files_or_a_file_is_left_alone(registry, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x")
    with pytest.raises(ArtifactError, match="holds other files"):
        run(settings(out=tmp_path / "mine"), registry)
    with pytest.raises(ArtifactError, match="a file of that name exists"):
        run(settings(out=tmp_path / "mine" / "notes.txt"), registry)


def test_an_empty_folder_is_used(registry, tmp_path):
    (tmp_path / "r").mkdir()
    run(settings(out=tmp_path / "r", epochs=1, **PLAIN), registry)
    assert (tmp_path / "r" / "metrics.json").is_file()


def offering(registry, load, labels=("no", "yes"), build=None):
    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("theirs", labels, load, default_model="logistic")]

    @hookimpl
    def fw_register_models():
        return [ModelSpec("their_model", build or (lambda shape, n: None))]

    registry.register(
        plugin(fw_register_datasets=fw_register_datasets, fw_register_models=fw_register_models),
        Plugin("theirs", "fw-theirs", "2.0"),
    )
    return registry


def with_nan():
    X, y = blobs()
    X[5, 1] = np.nan
    return X, y


@pytest.mark.parametrize(
    ("load_function", "error", "message"),
    [
        (lambda: 1 / 0, PluginError, '"theirs" (fw-theirs 2.0) failed to load: ZeroDivisionError'),
        (lambda: 3, PluginError, '"theirs" (fw-theirs 2.0) failed to load: TypeError'),
        (lambda: (np.empty((0, 3)), []), DataError, 'dataset "theirs": the dataset has no cases'),
        (with_nan, DataError, 'feature "x1" of case 5 (counting from 0) is nan'),
        (
            lambda: Dataset(*blobs(), ("yes", "no")),
            PluginError,
            "its data has the labels ('yes', 'no'), its description ('no', 'yes')",
        ),
    ],
)
def test_data_that_cannot_be_used_names_the_dataset(registry, load_function, error, message):
    with pytest.raises(error) as raised:
        run(settings(dataset="theirs"), offering(registry, load_function))
    assert message in str(raised.value)


def test_a_missing_data_folder_is_named(registry):
    offering(registry, lambda data_dir=None: blobs())
    with pytest.raises(DataError, match="--data nowhere: no such file or folder"):
        run(settings(dataset="theirs", data="nowhere"), registry)


def test_a_model_that_cannot_be_built_names_its_plugin(registry):
    def build(shape, n):
        raise RuntimeError("boom")

    offering(registry, blobs, build=build)
    with pytest.raises(PluginError, match=r"their_model.*\(fw-theirs 2\.0\).*boom"):
        run(settings(model="their_model"), registry)


def test_a_model_with_the_wrong_outputs_names_its_plugin(registry):
    def build(shape, n):
        import keras

        return keras.Sequential([keras.Input(shape), keras.layers.Dense(5)])

    offering(registry, blobs, build=build)
    with pytest.raises(PluginError, match=r"outputs of shape \(None, 2\), received \(None, 5\)"):
        run(settings(model="their_model"), registry)


def test_observers_find_every_epoch_and_dollars_where_these_are_told_to_somebody(registry):
    calls = []
    given = settings(cost_matrix=[FIVE], epochs=3, folds=2)
    result = run_experiment(given, registry, calls.append)
    told = [(one.models, one.number, one.of, one.loss) for one in result.epochs]
    assert told == [(one.models, one.epoch, one.epochs, one.loss) for one in calls]
    assert {one.dollars_per_case for one in result.epochs} == {None}
    with pytest.raises(ConfigError, match=r"the plugin fw-mlflow, .* is not installed"):
        run_experiment(given.model_copy(update={"mlflow": "http://127.0.0.1:9"}), registry)

    class Observer:
        @hookimpl
        def fw_run_finished(self, config, result):
            heard.append((config.mlflow, result.epochs))

    heard = []
    registry.register(Observer(), Plugin("mlflow", "fw-mlflow", "1.0"))
    run_experiment(given.model_copy(update={"mlflow": "http://127.0.0.1:9"}), registry)
    ((address, epochs),) = heard
    assert address == "http://127.0.0.1:9"
    dollars = [one.dollars_per_case for one in epochs if one.dollars_per_case is not None]
    assert len(dollars) == 3  # an epoch of all folds of the tuned model each
