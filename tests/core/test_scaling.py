import numpy as np
import pytest

from framework.core import scaling as scaling_module
from framework.core.errors import DataError
from framework.core.scaling import CHUNK, LARGE, UNSCALED, Scaling


def scaled(X):
    return Scaling.fit(X)(X)


def test_tables_are_standardised_per_feature():
    X = scaled(np.random.default_rng(0).normal([5, -3], [2, 0.1], (500, 2)))
    assert X.dtype == np.float32
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(X.std(axis=0), 1, atol=1e-6)


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e-150, 1e-10, 1e-8, 1, 1e8, 1e150, 1e200, 1e300])
def test_the_unit_of_a_feature_does_not_matter(size):
    """Keras's Normalization takes each deviation below 1e-7 for 1e-7."""
    X = np.random.default_rng(0).normal(3, 2, (100, 2))
    np.testing.assert_allclose(scaled(size * X), scaled(X), rtol=1e-6, atol=1e-6)


def test_extreme_units_of_some_features_leave_the_others_to_the_last_digit():
    X = np.random.default_rng(0).normal([3, 40, -1], [2, 7, 1e-3], (101, 3))
    scaling = Scaling.fit(X * [1e-200, 1, 1e200])
    assert scaling.offset[1] == X.mean(axis=0)[1]
    assert scaling.scale[1] == 1 / X.std(axis=0)[1]


@pytest.mark.parametrize("size", [1e-320, 1.7e308])
def test_a_feature_that_no_number_can_scale_is_named(size):
    X = np.array([[1.0, size], [2.0, size], [3.0, 0.0], [4.0, 0.0]])
    with pytest.raises(DataError, match=r'feature "b" cannot be scaled: .* in another unit'):
        Scaling.fit(X, ("a", "b"))
    with pytest.raises(DataError, match=r"channel 1 \(from 0\)"):
        Scaling.fit(X)


def test_what_is_small_beside_its_offset_is_kept():
    """Unix times: float32 would keep steps of 128 seconds."""
    seconds = np.random.default_rng(0).uniform(0, 100, (100, 1))
    np.testing.assert_allclose(scaled(1.6e9 + seconds), scaled(seconds), atol=1e-6)


@pytest.mark.parametrize("constant", [0.0, 0.1, 3.0, -1.6e9])
def test_a_constant_feature_is_centred_not_blown_up(constant):
    """Forty times 0.1 have a standard deviation of 1.4e-17."""
    scaling = Scaling.fit(np.full((40, 1), constant))
    assert scaling(np.array([[constant + 0.5]]))[0, 0] == pytest.approx(0.5)


def test_a_table_of_bytes_is_standardised_as_any_other():
    X = np.random.default_rng(0).integers(0, 256, (50, 3)).astype(np.uint8)
    np.testing.assert_array_equal(scaled(X), scaled(X.astype(np.float64)))


def test_float_images_are_standardised_per_channel():
    X = scaled(np.random.default_rng(0).normal([5, -3], [2, 0.1], (50, 4, 4, 2)))
    np.testing.assert_allclose(X.mean(axis=(0, 1, 2)), 0, atol=1e-5)


def test_large_tables_are_scaled_piece_by_piece():
    X = np.random.default_rng(0).normal(size=(CHUNK // 2 + 3, 3))
    by_hand = ((X - X.mean(axis=0)) / X.std(axis=0)).astype(np.float32)
    np.testing.assert_allclose(scaled(X), by_hand, atol=1e-6)


def test_rows_are_the_cases_that_are_taken():
    X = np.random.default_rng(0).normal(3, 2, (50, 4))
    rows = np.array([3, 1, 40, 17])
    found, expected = Scaling.fit(X, rows=rows), Scaling.fit(X[rows])
    np.testing.assert_array_equal(found.offset, expected.offset)
    np.testing.assert_array_equal(found.scale, expected.scale)


@pytest.mark.parametrize("shape", [(LARGE // 2 + 3, 3), (LARGE // 16, 2, 3, 4)])
def test_a_large_table_is_scaled_as_numpy_says(shape):
    X = np.random.default_rng(0).normal(3, 2, shape).astype(np.float32)
    rows, axes = np.arange(0, len(X), 2), tuple(range(X.ndim - 1))
    for found, part in ((Scaling.fit(X), X), (Scaling.fit(X, rows=rows), X[rows])):
        np.testing.assert_allclose(found.offset, part.mean(axes, np.float64), rtol=1e-12)
        np.testing.assert_allclose(1 / found.scale, part.std(axes, np.float64), rtol=1e-12)


def test_rows_are_scaled_as_if_they_had_been_taken_first(monkeypatch):
    monkeypatch.setattr(scaling_module, "AT_ONCE", 7)  # two cases at a time
    X = np.random.default_rng(0).normal(1e9, 3.0, size=(20, 3))
    rows = np.array([4, 19, 4, 0, 7])
    fitted = Scaling.fit(X)
    expected = ((X[rows] - fitted.offset) * fitted.scale).astype(np.float32)
    np.testing.assert_array_equal(fitted(X, rows), expected)
    pictures = np.arange(48, dtype=np.uint8).reshape(4, 2, 2, 3)
    np.testing.assert_array_equal(UNSCALED(pictures, rows[3:4]), pictures[:1])
