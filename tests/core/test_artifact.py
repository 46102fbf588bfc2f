import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from framework import CostMatrix
from framework.core import artifact
from framework.core.artifact import Artifact, Decision, Signature
from framework.core.backend import keras
from framework.core.images import Border
from framework.core.preprocessing import Scaling
from framework.errors import ArtifactError, DataError
from tests.conftest import blobs

X, Y = blobs(60)


@pytest.fixture
def trained():
    core = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    return Artifact(
        Scaling.fit(X).in_front_of(core),
        Signature(("no", "yes"), (3,), ("a", "b", "c")),
        Decision("threshold", {"threshold": 0.3}),
        CostMatrix("m", ("no", "yes"), [[0, 1], [5, 0]]),
    )


def test_a_loaded_artifact_gives_the_same_probabilities(trained, tmp_path):
    artifact.save(trained, tmp_path / "m", {"python": "3"})
    loaded = artifact.load(tmp_path / "m")
    np.testing.assert_allclose(loaded.predict_proba(X), trained.predict_proba(X), atol=1e-6)
    assert loaded.signature == trained.signature
    assert loaded.decision == trained.decision
    assert loaded.cost_matrix.to_dict() == trained.cost_matrix.to_dict()


def test_pictures_must_be_bytes_and_their_border_is_remembered(tmp_path):
    core = keras.Sequential(
        [keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")]
    )
    bytes_of_black = np.zeros((1, 4, 4, 3), np.uint8)
    signature = Signature(("no", "yes"), (4, 4, 3), (), "uint8", Border(0.1, 5))
    matrix = CostMatrix.equal(("no", "yes"))
    made = Artifact(
        Scaling.fit(bytes_of_black).in_front_of(core), signature, Decision("argmax", {}), matrix
    )
    artifact.save(made, tmp_path / "m", {})
    loaded = artifact.load(tmp_path / "m")
    assert loaded.signature == signature
    assert loaded.signature.takes_pictures
    expected = made.predict_proba(bytes_of_black)
    np.testing.assert_allclose(loaded.predict_proba(bytes_of_black.astype(float)), expected)
    with pytest.raises(DataError, match=r"from 0 to 255, received 0\.5 in case 0"):
        loaded.predict_proba(bytes_of_black + 0.5)


def test_nothing_is_pickled_and_the_model_takes_raw_features(trained, tmp_path):
    artifact.save(trained, tmp_path / "m", {})
    names = {path.name for path in (tmp_path / "m").iterdir()}
    assert names == {
        "model.keras",
        "signature.json",
        "decision.json",
        "cost_matrix.json",
        "versions.json",
    }
    with zipfile.ZipFile(tmp_path / "m" / "model.keras") as archive:
        assert {"config.json", "metadata.json", "model.weights.h5"} == set(archive.namelist())
        assert "Normalization" in archive.read("config.json").decode()


def test_the_model_file_loads_where_only_keras_is_installed(trained, tmp_path):
    artifact.save(trained, tmp_path / "m", {})
    code = (
        "import sys; sys.modules['framework'] = None; import keras, numpy as np;"
        f"m = keras.saving.load_model({str(tmp_path / 'm' / 'model.keras')!r}, safe_mode=True);"
        "print(m(np.array([[100., 110., 95.]])).numpy()[0, 0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ours = trained.predict_proba(np.array([[100.0, 110.0, 95.0]]))[0, 1]
    assert float(done.stdout) == pytest.approx(ours, abs=1e-6)


def test_an_existing_folder_is_not_overwritten(trained, tmp_path):
    with pytest.raises(ArtifactError, match="nothing was overwritten"):
        artifact.save(trained, tmp_path, {})


@pytest.mark.parametrize("name", ["model.keras", "decision.json"])
def test_a_missing_file_is_named(trained, tmp_path, name):
    artifact.save(trained, tmp_path / "m", {})
    (tmp_path / "m" / name).unlink()
    with pytest.raises(ArtifactError, match=f"it has no {name}"):
        artifact.load(tmp_path / "m")


def test_a_damaged_file_is_named(trained, tmp_path):
    artifact.save(trained, tmp_path / "m", {})
    (tmp_path / "m" / "decision.json").write_text("{")
    with pytest.raises(ArtifactError, match=r"decision\.json cannot be read"):
        artifact.load(tmp_path / "m")
    (tmp_path / "m" / "decision.json").write_text(json.dumps({"rule": "argmax", "parameters": {}}))
    (tmp_path / "m" / "model.keras").write_bytes(b"not a zip")
    with pytest.raises(ArtifactError, match=r"model\.keras cannot be loaded"):
        artifact.load(tmp_path / "m")


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
