"""What linear models and kernels are given instead of raw features."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from framework.core.transformers import FEWEST_VALUES, SmoothClip


@parametrize_with_checks([SmoothClip(), SmoothClip(ranks=True)])
def test_it_is_a_transformer_as_scikit_learn_has_them(estimator, check):
    check(estimator)


def test_values_near_the_mean_are_standardised_and_far_ones_bent():
    X = np.random.default_rng(0).normal(50, 10, size=(1000, 1))
    bent = SmoothClip().fit(X)
    near = bent.transform([[51.0]])[0, 0]
    assert near == pytest.approx((51 - X.mean()) / X.std(), rel=0.01)
    far = bent.transform([[1e9], [-1e9]])[:, 0]
    np.testing.assert_allclose(far, [4, -4], atol=1e-3)


def test_a_constant_column_is_centred():
    X = np.full((20, 1), 7.0)
    np.testing.assert_array_equal(SmoothClip().fit_transform(X), np.zeros((20, 1)))


def test_ranks_of_columns_of_many_values_come_beside_them():
    rng = np.random.default_rng(1)
    many, few = rng.exponential(size=500), rng.integers(0, FEWEST_VALUES - 1, 500)
    X = np.column_stack([many, few])
    ranked = SmoothClip(ranks=True).fit(X)
    told = ranked.transform(X)
    assert told.shape == (500, 3)
    scores = told[:, 2]
    assert np.all(np.diff(scores[np.argsort(many)]) >= 0)
    assert scores.std() == pytest.approx(1, abs=0.05)  # normal, whatever the column's own shape
    beyond = ranked.transform([[1e9, 0], [-1e9, 0]])[:, 2]
    assert np.isfinite(beyond).all()
    assert beyond[0] == scores.max()


def test_a_value_that_many_cases_have_gets_their_middle_rank():
    X = np.concatenate([np.zeros(500), np.arange(1, 501.0)])[:, None]
    ranked = SmoothClip(ranks=True).fit(X)
    score = ranked.transform([[0.0]])[0, 1]
    assert score == pytest.approx(-0.674, abs=0.01)  # a quarter of the cases lie below its middle


def test_a_clone_is_not_fitted():
    assert not hasattr(clone(SmoothClip(ranks=True).fit(np.eye(3))), "offset_")
