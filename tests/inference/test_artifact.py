import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from framework import CostMatrix
from framework.core.backend import keras
from framework.core.cases.images import Border
from framework.core.decisions.calibration import Calibration
from framework.core.decisions.decision import argmax
from framework.core.errors import ArtifactError, DataError
from framework.core.scaling import Scaling
from framework.inference.artifact import Artifact, Decision, Signature
from framework.inference.keras_model import KerasModel
from framework.inference.model_folder import read_model
from framework.inference.onnx_model import OnnxModel
from framework.inference.trained_model import TrainedModel
from framework.plugins.specs import DecisionRuleSpec
from framework.training.composing import in_front_of_bytes
from tests.conftest import blobs, forget_digests

X, Y = blobs(60)


def model(network, scaling, signature, decision, matrix):
    rule = DecisionRuleSpec(decision.rule, argmax)
    return TrainedModel(
        Artifact(scaling, signature, decision, matrix), KerasModel(network, scaling), rule
    )


def read(folder):
    return read_model(folder)


@pytest.fixture
def trained():
    core = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    return model(
        core,
        Scaling.fit(X),
        Signature(("no", "yes"), (3,), ("a", "b", "c")),
        Decision("threshold", {"threshold": 0.3}),
        CostMatrix("m", ("no", "yes"), [[0, 1], [5, 0]]),
    )


def test_a_loaded_artifact_gives_the_same_probabilities(trained, tmp_path):
    trained.save(tmp_path / "m", {"python": "3"})
    loaded = read(tmp_path / "m")
    np.testing.assert_allclose(loaded.predict_proba(X), trained.predict_proba(X), atol=1e-6)
    assert loaded.artifact.signature == trained.artifact.signature
    assert loaded.artifact.decision == trained.artifact.decision
    assert loaded.artifact.cost_matrix.to_dict() == trained.artifact.cost_matrix.to_dict()


def test_pictures_must_be_bytes_and_their_border_is_remembered(tmp_path):
    core = keras.Sequential(
        [keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")]
    )
    bytes_of_black = np.zeros((1, 4, 4, 3), np.uint8)
    signature = Signature(("no", "yes"), (4, 4, 3), (), "uint8", Border(0.1, 5))
    matrix = CostMatrix.equal(("no", "yes"))
    scaling = Scaling.fit(bytes_of_black)
    made = model(in_front_of_bytes(core), scaling, signature, Decision("argmax", {}), matrix)
    made.save(tmp_path / "m", {})
    loaded = read(tmp_path / "m")
    assert loaded.artifact.signature == signature
    assert loaded.artifact.signature.takes_pictures
    expected = made.predict_proba(bytes_of_black)
    np.testing.assert_allclose(loaded.predict_proba(bytes_of_black.astype(float)), expected)
    with pytest.raises(DataError, match=r"from 0 to 255, received 0\.5 in case 0"):
        loaded.predict_proba(bytes_of_black + 0.5)


def test_a_table_of_bytes_is_a_table(tmp_path):
    """A column of type uint8 (one-hot, counts) does not make pictures of a table."""
    table = np.array([[0, 7], [1, 9], [1, 250]], np.uint8)
    core = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    signature = Signature(("no", "yes"), (2,), ("a", "b"), "uint8")
    made = model(
        core, Scaling.fit(table), signature, Decision("argmax", {}), CostMatrix.equal(("no", "yes"))
    )
    made.save(tmp_path / "m", {})
    loaded = read(tmp_path / "m")
    assert not loaded.artifact.signature.takes_pictures
    np.testing.assert_allclose(loaded.predict_proba(table), made.predict_proba(table * 1.0), 1e-6)
    assert loaded.predict_proba(np.array([[0.5, -300.0]])).shape == (1, 2)


def test_calibrations_of_the_rule_and_of_what_is_told_are_kept_apart(trained, tmp_path):
    ours = Decision("argmax", {}, Calibration(2.0), Calibration(1.0, (1.0, -1.0)))
    replace(trained, artifact=replace(trained.artifact, decision=ours)).save(tmp_path / "m", {})
    loaded = read(tmp_path / "m")
    assert loaded.artifact.decision == ours
    raw = loaded.raw_proba(X)
    np.testing.assert_array_equal(loaded.predict_proba(X), ours.calibration(raw))
    np.testing.assert_array_equal(loaded.stated_proba(X), ours.reporting(raw))
    # Folders of before there was a second one: what the rule is given is told.
    decision = json.loads((tmp_path / "m" / "decision.json").read_text())
    del decision["reporting"]
    forget_digests(tmp_path)
    (tmp_path / "m" / "decision.json").write_text(json.dumps(decision))
    loaded = read(tmp_path / "m")
    np.testing.assert_array_equal(loaded.stated_proba(X), loaded.predict_proba(X))


def test_nothing_is_pickled_and_the_scaling_is_kept_to_the_last_digit(trained, tmp_path):
    trained.save(tmp_path / "m", {"framework": "0.1.0"})
    names = {path.name for path in (tmp_path / "m").iterdir()}
    assert names == {
        "model.keras",
        "model.onnx",
        "signature.json",
        "decision.json",
        "cost_matrix.json",
        "versions.json",
        "run.json",
    }
    made = json.loads((tmp_path / "m" / "run.json").read_text())
    assert made.pop("files").keys() == names - {"run.json"}
    assert made == {"format": 1, "kind": "model", "framework": "0.1.0"}
    with zipfile.ZipFile(tmp_path / "m" / "model.keras") as archive:
        assert {"config.json", "metadata.json", "model.weights.h5"} == set(archive.namelist())
    loaded = read(tmp_path / "m")
    np.testing.assert_array_equal(loaded.artifact.scaling.offset, X.mean(axis=0))
    np.testing.assert_array_equal(loaded.artifact.scaling.scale, 1 / X.std(axis=0))


@pytest.mark.slow
def test_the_model_file_loads_where_only_keras_is_installed(trained, tmp_path):
    trained.save(tmp_path / "m", {})
    code = (
        "import json, sys; sys.modules['framework'] = None; import keras, numpy as np;"
        f"m = keras.saving.load_model({str(tmp_path / 'm' / 'model.keras')!r}, safe_mode=True);"
        f"s = json.load(open({str(tmp_path / 'm' / 'signature.json')!r}))['scaling'];"
        "x = (np.array([[100., 110., 95.]]) - s['offset']) * s['scale'];"
        "print(m(x).numpy()[0, 0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ours = trained.predict_proba(np.array([[100.0, 110.0, 95.0]]))[0, 1]
    assert float(done.stdout) == pytest.approx(ours, abs=1e-6)


def test_an_existing_folder_is_not_overwritten(trained, tmp_path):
    with pytest.raises(ArtifactError, match="nothing was overwritten"):
        trained.save(tmp_path, {})


def test_a_folder_of_before_there_was_onnx_is_served_by_keras(trained, tmp_path):
    trained.save(tmp_path / "m", {})
    by_onnx = read(tmp_path / "m")
    (tmp_path / "m" / "model.onnx").unlink()
    with pytest.raises(ArtifactError, match=r"model\.onnx is missing; run\.json says"):
        read(tmp_path / "m")
    forget_digests(tmp_path)
    by_keras = read(tmp_path / "m")
    assert (type(by_onnx.network), type(by_keras.network)) == (OnnxModel, KerasModel)
    np.testing.assert_array_equal(by_keras.predict_proba(X), trained.predict_proba(X))


def test_what_was_loaded_can_be_saved_again(trained, tmp_path):
    trained.save(tmp_path / "m", {})
    read(tmp_path / "m").save(tmp_path / "again", {})
    assert (tmp_path / "again" / "model.keras").is_file()
    again = read(tmp_path / "again")
    np.testing.assert_array_equal(again.predict_proba(X), read(tmp_path / "m").predict_proba(X))


@pytest.mark.parametrize("name", ["model.keras", "decision.json"])
def test_a_missing_file_is_named(trained, tmp_path, name):
    trained.save(tmp_path / "m", {})
    (tmp_path / "m" / name).unlink()
    with pytest.raises(ArtifactError, match=f"{name} is missing; run.json says"):
        read(tmp_path / "m")
    forget_digests(tmp_path)
    with pytest.raises(ArtifactError, match=f"it has no {name}"):
        read(tmp_path / "m")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("decision.json", b"{", r"decision\.json is not valid JSON"),
        (
            "decision.json",
            b'{"rule": "argmax", "parameters": {}}',
            'the key "calibration" is missing',
        ),
        ("model.onnx", b"no graph", r"model\.onnx cannot be loaded"),
        ("model.onnx", b"", r"model\.onnx cannot be loaded"),
    ],
)
def test_a_damaged_file_is_named(trained, tmp_path, name, content, message):
    trained.save(tmp_path / "m", {})
    (tmp_path / "m" / name).write_bytes(content)
    with pytest.raises(ArtifactError, match=f"{name} is not as it was written"):
        read(tmp_path / "m")
    forget_digests(tmp_path)
    with pytest.raises(ArtifactError, match=message):
        read(tmp_path / "m")


def test_a_damaged_keras_file_is_named(trained, tmp_path):
    trained.save(tmp_path / "m", {})
    (tmp_path / "m" / "model.onnx").unlink()
    forget_digests(tmp_path)
    (tmp_path / "m" / "model.keras").write_bytes(b"not a zip")
    with pytest.raises(ArtifactError, match=r"model\.keras cannot be loaded"):
        read(tmp_path / "m")


WRONG = {
    "signature.json": [
        ({"labels": ["a", "a"]}, '"labels": expected texts, each once'),
        ({"labels": ["a"]}, '"labels": expected at least two'),
        ({"input_shape": [True]}, '"input_shape": expected whole numbers from 1'),
        ({"input_shape": [2**40]}, '"input_shape": expected whole numbers from 1'),
        ({"input_shape": [30000, 30000]}, '"input_shape": expected a shape of at most'),
        ({"input_shape": []}, '"input_shape": expected a shape of at most'),
        ({"feature_names": ["x"]}, '"feature_names": expected a name for each of'),
        ({"dtype": "code"}, '"dtype": expected the name of a type of numbers'),
        ({"image_border": {"share": 0.9}}, '"image_border": expected at most half of each side'),
        ({"scaling": {"offset": [1], "scale": [1]}}, '"scaling", "offset": expected 3 numbers'),
        (
            {"scaling": {"offset": [1, 2, "1_0"], "scale": [1, 1, 1]}},
            '"offset": expected 3 numbers',
        ),
    ],
    "decision.json": [
        ({"rule": 3}, '"rule": expected text, received 3'),
        (
            {"parameters": {"threshold": True}},
            '"threshold": expected a finite number, received True',
        ),
        ({"calibration": {"temperature": 0, "bias": []}}, "expected a finite number above 0"),
        (
            {"calibration": {"temperature": 5e-324, "bias": []}},
            '"temperature": expected a number from',
        ),
        ({"calibration": {"temperature": 1, "bias": [1]}}, '"bias": expected 2 numbers'),
        ({"reporting": {"temperature": 1, "bias": [1e300, 0]}}, '"bias": expected numbers up to'),
    ],
    "cost_matrix.json": [
        ({"labels": ["good", "other"]}, "expected the same labels in the same order")
    ],
    "run.json": [({"format": True}, '"format" to be a whole number, received True')],
}


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [(name, *one) for name, many in WRONG.items() for one in many],
    ids=lambda value: str(value)[:40],
)
def test_a_value_that_is_none_is_told_with_its_key(trained, tmp_path, name, changes, message):
    trained.save(tmp_path / "m", {})
    path = tmp_path / "m" / name
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    if name != "run.json":  # which tells of any change
        (tmp_path / "m" / "run.json").unlink()
    with pytest.raises(ArtifactError) as error:
        read(tmp_path / "m")
    assert message in str(error.value)


def test_a_network_that_does_not_fit_the_signature_is_told(trained, tmp_path):
    trained.save(tmp_path / "m", {})
    path = tmp_path / "m" / "signature.json"
    told = json.loads(path.read_text())
    told |= {"input_shape": [4], "feature_names": [], "scaling": None}
    path.write_text(json.dumps(told))
    (tmp_path / "m" / "run.json").unlink()
    with pytest.raises(ArtifactError, match="its model does not fit its signature"):
        read(tmp_path / "m")


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.ones((2, 4)), "takes cases of shape (3,); received (4,)"),
        (np.ones((0, 3)), "no cases to predict"),
        (np.array([[1, np.nan, 0]]), 'feature "b" of case 0'),
    ],
)
def test_features_that_do_not_fit_are_refused(trained, features, message):
    with pytest.raises(DataError) as error:
        trained.predict_proba(features)
    assert message in str(error.value)
