import subprocess
import sys

import numpy as np
import pytest

from framework.core.backend import keras
from framework.core.errors import ArtifactError
from framework.core.scaling import Scaling
from framework.inference.keras_model import KerasModel
from framework.inference.onnx_model import OnnxModel, read_network
from tests.conftest import blobs

X, _ = blobs(60)


@pytest.fixture
def network(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    network = KerasModel(model, Scaling.fit(X))
    network.save(tmp_path / "m.keras")
    return network


def test_of_any_numbers_the_answer_is_the_same(network, tmp_path):
    served = read_network(tmp_path / "m.keras", network.scaling)
    whole = np.round(X)
    wanted = network(whole)
    for dtype in (np.float64, np.float32, np.int64, np.int16):
        np.testing.assert_allclose(served(whole.astype(dtype)), wanted, rtol=1e-6)


def test_a_row_has_the_probabilities_it_has_among_others(network, tmp_path):
    served = read_network(tmp_path / "m.keras", network.scaling)
    together = served(X)
    alone = np.concatenate([served(X[i : i + 1]) for i in range(len(X))])
    np.testing.assert_allclose(alone, together, rtol=1e-6)


def test_the_keras_network_is_there_for_what_needs_gradients(network, tmp_path):
    served = read_network(tmp_path / "m.keras", network.scaling)
    assert served.needs_keras is None
    for ours, theirs in zip(served.model.get_weights(), network.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_file_for_other_operators_is_told(network, tmp_path):
    (tmp_path / "m.onnx").write_bytes(b"\x08\x63")  # a version of the format that there is not
    with pytest.raises(ArtifactError, match=r"m\.onnx cannot be loaded"):
        OnnxModel.read(tmp_path / "m.keras")


def test_where_keras_must_answer_and_is_not_installed_one_sentence_says_so(network, tmp_path):
    (tmp_path / "m.onnx").unlink()
    code = (
        "import sys; sys.modules |= {'keras': None, 'tensorflow': None}\n"
        "from pathlib import Path\n"
        "from framework.core.errors import ArtifactError\n"
        "from framework.inference.onnx_model import read_network\n"
        "try: read_network(Path('m.keras'))\n"
        "except ArtifactError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "m.keras has no m.onnx beside it, so Keras must answer, and keras is not" in done.stdout
