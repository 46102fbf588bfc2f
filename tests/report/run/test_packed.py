import numpy as np
import pytest

from framework.report.run.packed import packed, unpacked


@pytest.mark.parametrize(("width", "exact"), [(2, 2**-10), (3, 2**-18)])
def test_small_probabilities_are_as_exact_as_large_ones(width, exact):
    values = np.array([1e-12, 3.7e-6, 0.004, 0.0123456, 0.37, 0.9999999, 1.0])
    kept = unpacked(packed(values, width), width)
    assert np.all(np.abs(kept / values - 1) <= exact)


@pytest.mark.parametrize("width", [2, 3])
def test_nothing_and_certainty_stay_what_they_are(width):
    assert unpacked(packed(np.array([[0.0, 1.0], [0.5, 0.25]]), width), width).tolist() == [
        *(0.0, 1.0, 0.5, 0.25)
    ]


def test_every_byte_takes_four_thirds_of_a_character():
    assert len(packed(np.full(300, 0.3), 2)) == 800
    assert len(packed(np.full(300, 0.3), 3)) == 1200
