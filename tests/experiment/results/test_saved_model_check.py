"""What was tested is what is served: whatever the unit of a feature, and else the run fails."""

import json
from dataclasses import replace

import numpy as np
import onnx
import pytest

from framework import CostMatrix, DatasetSpec, ModelSpec, RunConfig, hookimpl, load, run
from framework.core.backend import keras
from framework.core.decisions.calibration import Calibration
from framework.core.errors import ArtifactError, PluginError
from framework.experiment.results.saved_model_check import check_same_decisions
from framework.inference.artifact import Decision
from framework.inference.keras_model import KerasModel
from framework.inference.trained_model import TrainedModel
from framework.plugins.registry import Plugin, Registry
from tests.conftest import blobs, changeable_copy, forget_digests, plugin
from tests.experiment.conftest import PLAIN

FIVE = CostMatrix("five", ("no", "yes"), [[0, 1], [5, 0]])


def with_constant(X):
    """A third column that is 0.1 everywhere: its mean in float64 is not quite that."""
    return np.column_stack([X, np.full(len(X), 0.1)])


FEATURES = {
    "as they are": lambda X: X,
    "x 1e-8": lambda X: 1e-8 * X,
    "x 1e-10": lambda X: 1e-10 * X,
    "+ 1.6e9": lambda X: 1.6e9 + X,
    "with a constant": with_constant,
}


def learn(registry, folder, X, y, **changed):
    name = folder.name.lower()[:40]

    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec(name, ("no", "yes"), lambda: (X, y), default_model="logistic")]

    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin(name, name, "1"))
    settings = {"cost_matrix": FIVE, "epochs": 30, "learning_rate": 0.1, "report": False, **PLAIN}
    settings |= changed
    return run(RunConfig(dataset=name, out=folder / "run", **settings), registry)


@pytest.mark.parametrize("change", FEATURES)
def test_reported_served_and_unscaled_accuracy_are_one(registry, tmp_path, change):
    X, y = blobs(400)
    result = learn(registry, tmp_path, FEATURES[change](X), y)
    for model in result.models:
        served = load(result.run_dir, model.name, registry).predict(result.test.raw())
        right = float(np.mean(served == np.array(["no", "yes"])[result.test.y]))
        assert right == pytest.approx(model.evaluation.accuracy)
    # Logistic regression on the unchanged features, trained to the end: .91.
    assert result.model("built-in").evaluation.accuracy >= 0.89
    if change == "with a constant":  # a new value of that column moves decisions little
        model, cases = load(result.run_dir, "built-in", registry), result.test.raw()
        moved = cases + np.array([0, 0, 0, 0.001])
        assert np.mean(model.predict(moved) == model.predict(cases)) > 0.98


def test_a_table_of_bytes_trains_and_serves_as_any_other(registry, tmp_path):
    X, y = blobs(400)
    table = np.clip(X, 0, 255).astype(np.uint8)
    result = learn(registry, tmp_path / "a", table, y)
    as_floats = learn(registry, tmp_path / "b", table.astype(float), y)
    model = load(result.run_dir, "five", registry)
    assert not model.artifact.signature.takes_pictures
    np.testing.assert_array_equal(
        result.model("five").probabilities, as_floats.model("five").probabilities
    )
    assert model.predict(np.array([[99.5, -3, 300]])).shape == (1,)


def moved_scaling(folder):
    """In model.onnx, of which the scaling is a part; its first constant is the offset."""
    file = onnx.load(folder / "model.onnx")
    offset = onnx.numpy_helper.to_array(file.graph.initializer[0]) + np.array([25.0, 0, 0])
    file.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(offset, "c0"))
    onnx.save(file, folder / "model.onnx")


def moved_scaling_without_onnx(folder):
    (folder / "model.onnx").unlink()
    signature = json.loads((folder / "signature.json").read_text())
    signature["scaling"]["offset"][0] += 25
    (folder / "signature.json").write_text(json.dumps(signature))


def another_rule(folder):
    decision = json.loads((folder / "decision.json").read_text())
    decision["calibration"] = {"temperature": 1.0, "bias": [0.0, 9.0]}
    (folder / "decision.json").write_text(json.dumps(decision))


@pytest.mark.parametrize(
    "tamper", [moved_scaling, moved_scaling_without_onnx, another_rule], ids=lambda f: f.__name__
)
def test_a_tampered_model_is_told(finished, tmp_path, tamper):
    result = finished()
    folder = changeable_copy(result.run_dir / "models" / "five", tmp_path / "five")
    model = result.model("five")
    check_same_decisions(model, folder, result.test)
    tamper(folder)
    with pytest.raises(ArtifactError, match=r'"five" .* decides \d+ of 60 test cases otherwise'):
        check_same_decisions(model, folder, result.test)


@keras.saving.register_keras_serializable("tests")
class Shift(keras.layers.Layer):
    """A layer that forgets to save what it knows."""

    by = 0.0

    def call(self, inputs):
        return inputs + self.by


def test_a_model_that_is_not_what_was_saved_fails_the_run(registry, tmp_path):
    def build(shape, n_classes):
        shift = Shift()
        shift.by = 2.0
        dense = keras.layers.Dense(1, activation="sigmoid")
        return keras.Sequential([keras.Input(shape), shift, dense])

    @hookimpl
    def fw_register_models():
        return [ModelSpec("forgetful", build)]

    registry.register(plugin(fw_register_models=fw_register_models), Plugin("m", "m", "1"))
    with pytest.raises(PluginError, match="an untrained one was saved, loaded again, and its"):
        learn(registry, tmp_path, *blobs(200), model="forgetful")
    assert list(tmp_path.iterdir()) == []


def test_decisions_that_rounding_ties_are_no_difference(finished):
    result = finished()
    model, folder = result.model("five"), result.run_dir / "models" / "five"
    near = replace(
        model, decisions=1 - model.decisions, probabilities=model.probabilities * (1 + 1e-5)
    )
    check_same_decisions(near, folder, result.test)


@keras.saving.register_keras_serializable("tests")
class Doubled(keras.layers.Layer):
    """A layer that saves all it knows, which is nothing; ONNX knows no such layer."""

    def call(self, inputs):
        return 2 * inputs


def test_what_cannot_be_exported_is_served_by_keras_and_says_so(registry, tmp_path):
    def build(shape, n_classes):
        dense = keras.layers.Dense(1, activation="sigmoid")
        return keras.Sequential([keras.Input(shape), Doubled(), dense])

    @hookimpl
    def fw_register_models():
        return [ModelSpec("doubled", build)]

    registry.register(plugin(fw_register_models=fw_register_models), Plugin("m", "m", "1"))
    result = learn(registry, tmp_path, *blobs(200), model="doubled")
    (told,) = [text for text in result.remarks if "ONNX" in text]
    assert '"built-in", ' in told
    assert "the layer Doubled" in told
    folder = result.run_dir / "models" / "five"
    assert not (folder / "model.onnx").exists()
    assert type(load(folder, registry=registry).network) is KerasModel


class NearlySure:
    """A network that says 1 - 6e-8 where the saved one says 1: in float32, side by side."""

    def __call__(self, X):
        return np.tile([6e-8, 1 - 6e-8], (len(X), 1))


@pytest.fixture
def amplified(finished, tmp_path):
    """A model, judged by NearlySure; its folder, which holds another network; and the test part.

    The calibration adds 19 to a logit of -16.6, which is one of -inf in the folder.
    """
    result = finished()
    of_run, rule = result.model("five"), Registry().decision_rule("minimum_expected_cost")
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    network.set_weights([np.zeros((3, 1)), np.array([30.0])])
    decision = Decision(rule.name, {}, Calibration(1.0, (19.0, 0.0)))
    artifact = replace(of_run.trained.artifact, decision=decision)
    saved = TrainedModel(artifact, KerasModel(network, artifact.scaling), rule)
    saved.save(tmp_path / "m", {})
    judged = replace(saved, network=NearlySure())
    p = judged.predict_proba(result.test.raw())
    model = replace(of_run, trained=judged, probabilities=p, decisions=judged.decide(p))
    strategy = replace(of_run.choice.strategy, rule=rule)
    return replace(model, choice=replace(of_run.choice, strategy=strategy)), tmp_path / "m", result


def test_what_a_calibration_makes_of_rounding_is_no_difference(amplified):
    model, folder, result = amplified
    assert (load(folder).predict(result.test.raw()) == "yes").all()
    assert (model.decisions == 0).all()
    check_same_decisions(model, folder, result.test)


def test_another_calibration_is_one(amplified):
    model, folder, result = amplified
    forget_digests(folder)
    decision = json.loads((folder / "decision.json").read_text())
    decision["calibration"]["bias"] = [9.0, 0.0]
    (folder / "decision.json").write_text(json.dumps(decision))
    with pytest.raises(ArtifactError, match="decides 60 of 60 test cases otherwise"):
        check_same_decisions(model, folder, result.test)
