import numpy as np
import pytest

from framework.core.uncertainty.intervals import mean_interval, reach
from framework.studies.explanation.permutation_importance import (
    Feature,
    correlations,
    families,
    grouped,
    orders,
    shuffled,
    tells,
)


def test_codes_of_one_attribute_are_one_feature():
    features = grouped(["job=A", "age", "job=B", "sex=m", "job=C"])
    assert features == (
        Feature("job", (0, 2, 4)),
        Feature("age", (1,)),
        Feature("sex=m", (3,)),
    )


def test_shuffling_moves_the_columns_of_a_feature_together_and_no_other():
    X = np.arange(40.0).reshape(10, 4)
    copies = shuffled(X, (0, 2), orders(10, 3, (7,)))
    np.testing.assert_array_equal(copies[:, :, [1, 3]], np.repeat(X[None][:, :, [1, 3]], 3, axis=0))
    np.testing.assert_array_equal(copies[:, :, 2] - copies[:, :, 0], np.full((3, 10), 2.0))
    for copy in copies:
        assert sorted(copy[:, 0]) == X[:, 0].tolist()
    assert len({tuple(copy[:, 0]) for copy in copies}) == 3


def test_families_hold_what_correlates_either_way_and_nothing_else():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 500))
    X = np.stack([a, b, -a + 0.1 * rng.normal(size=500), np.ones(500), a, b + a], axis=1)
    features = grouped(list("abcdef"))
    alike = correlations(X, features)
    assert alike[0, 4] == pytest.approx(1)
    assert alike[0, 1] < 0.2
    assert alike[3, :3].tolist() == [0, 0, 0]  # what does not vary is like nothing
    assert alike[0, 5] == pytest.approx(abs(np.corrcoef(a, b + a)[0, 1]))
    (family,) = families(features, alike)
    assert family.name == "a and 2 like it"
    assert set(family.members) == {"a", "c", "e"}
    assert sorted(family.columns) == [0, 2, 4]


def test_what_never_changes_a_decision_does_not_tell():
    assert not tells(mean_interval(np.zeros((3, 20)), (-5.0, 5.0)))
    assert not tells(
        mean_interval(np.zeros((3, 20)), (-5.0, 5.0), np.arange(20) % 4)
    )  # no interval
    assert tells(mean_interval(np.full((3, 20), 2.0), (-5.0, 5.0)))


def test_intervals_cover_as_often_as_they_say():
    """A feature that a model uses, but that means nothing: its importance is 0 in the population."""
    n, repeats, trials = 300, 10, 120
    costs = np.array([[0.0, 1.0], [5.0, 0.0]])
    covered, means, errors = 0, [], []
    for seed in range(trials):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(n, 2))
        y = (X[:, 0] + rng.normal(size=n) > 0).astype(int)

        def cost(X, y=y):
            return costs[y, (X[..., 0] + 0.7 * X[..., 1] > -0.5).astype(int)]

        lost = cost(shuffled(X, (1,), orders(n, repeats, (seed,)))) - cost(X)
        interval = mean_interval(lost, (-reach(costs), reach(costs)))
        covered += not tells(interval)
        means.append(interval.mean)
        errors.append(interval.standard_error)
    assert covered / trials >= 0.92
    assert 0.9 < np.mean(errors) / np.std(means) < 1.35
