"""Many classes, from the command to the dollars, on rendered and on real signs."""

import numpy as np
import pytest

from framework import RunConfig, load, run
from tests.conftest import SHARED

pytestmark = pytest.mark.slow

GTSRB = SHARED / "data" / "gtsrb"


def check(result, *pooled):
    names = [model.name for model in result.models]
    assert names == ["built-in", "built-in + decision", *pooled, "road safety"]
    for model in result.models:
        n = len(result.labels)
        assert model.probabilities.shape == (len(result.test.y), n)
        counts = model.evaluation.confusion_matrix
        expected = -(counts * result.matrix.costs).sum() / counts.sum()
        assert model.evaluation.dollars_per_case == pytest.approx(expected)
    # One epoch, and yet better than not looking at the sign.
    assert result.model("road safety").dollars_per_case[0] > result.bounds.constant


def test_street_signs_by_a_small_network(signs_result):
    check(signs_result)
    loaded = load(signs_result.run_dir, "road safety")
    images = np.zeros((2, 32, 32, 3), dtype=np.uint8)
    assert loaded.predict_proba(images).shape == (2, len(signs_result.labels))


@pytest.mark.skipif(not GTSRB.is_dir(), reason="the GTSRB photographs are not here")
def test_gtsrb_photographs(tmp_path):
    result = run(
        RunConfig(
            dataset="gtsrb", data=GTSRB, model="cnn", decay="none", epochs=2, out=tmp_path / "r"
        )
    )
    assert len(result.labels) == 43
    check(result, "auto, equal costs")
    # Three networks, of which validation trained one; they serve every matrix.
    assert [model.networks for model in result.models] == [1, 1, 3, 3]
    assert not list(result.run_dir.rglob("pool.json"))  # a pool of networks is one network
