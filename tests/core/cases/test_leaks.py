import numpy as np
import pytest

from framework import Dataset
from framework.core.cases.leaks import (
    duplicates_across,
    duplicates_warnings,
    ignored_options,
    telltale_levels,
    telltale_warnings,
    telltales,
)
from framework.core.cases.splitting import Split
from tests.streams import ArrayStream

LABELS = ("no", "yes")


def halves(X):
    X = np.asarray(X)
    n = len(X)
    dataset = Dataset(X, np.arange(n) % 2, LABELS)
    return dataset, Split(np.arange(n // 2), np.arange(n // 2, n))


def across(dataset, parts):
    return duplicates_across(dataset.X, parts.train, parts.test)


def test_test_cases_with_the_features_of_a_training_case_are_counted():
    # Case 2 is case 0 again, case 5 is case 1; 0.0 and -0.0 are one number to a model.
    dataset, parts = halves([[0.0, 1], [2, 3], [4, 5], [-0.0, 1], [4, 5.0001], [2, 3]])
    assert across(dataset, parts) == 2
    (text,) = duplicates_warnings(dataset, parts)
    assert text.startswith("2 of 3 test cases have exactly the features of a training case")


def test_validation_cases_are_looked_at_too():
    X, y = np.array([[0.0], [1], [2], [3], [1], [4]]), np.arange(6) % 2
    dataset = Dataset(X, y, LABELS, validation=np.arange(6) >= 4)
    (text,) = duplicates_warnings(dataset, Split(np.arange(2), np.arange(2, 4)))
    assert text.startswith("1 of 2 validation cases has exactly the features of a training case")


def test_pictures_are_compared_whole():
    X = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3)).astype(np.uint8)
    X[4] = X[1]
    X[5] = X[2]
    X[5, 7, 7, 2] += 1
    assert across(*halves(X)) == 1


def test_nothing_is_said_where_no_case_comes_twice():
    assert duplicates_warnings(*halves(np.arange(20.0)[:, None])) == ()


def test_two_hundred_thousand_different_cases_are_told_apart():
    X = np.random.default_rng(0).normal(size=(200_000, 10))
    assert across(*halves(X)) == 0


@pytest.mark.parametrize(
    ("given", "parts", "told"),
    [
        ({"test_fraction", "stratify"}, {"test": [0, 0, 0, 1]}, "--test-fraction, --stratify are"),
        ({"split_seed"}, {"test": [0, 0, 0, 1]}, "--split-seed is ignored: the test part came"),
        (
            {"stratify", "split_seed"},
            {"groups": [1, 2, 3, 4]},
            "--stratify is ignored: the dataset",
        ),
    ],
)
def test_settings_without_an_effect_are_said(given, parts, told):
    parts = {name: np.array(values) for name, values in parts.items()}
    dataset = Dataset(np.ones((4, 1)), np.array([0, 1, 0, 1]), LABELS, **parts)
    (text,) = ignored_options(given, dataset)
    assert text.startswith(told)


def test_settings_that_are_used_are_not():
    dataset = Dataset(np.ones((2, 1)), np.array([0, 1]), LABELS)
    assert ignored_options({"test_fraction", "split_seed", "stratify", "seed"}, dataset) == ()


def test_of_cases_that_are_streamed_a_hash_makes_the_parts():
    X, y = np.ones((4, 1)), np.array([0, 1, 0, 1])
    stream = ArrayStream(X, y, 2)
    dataset = Dataset(X, y, LABELS, test=np.array([0, 0, 0, 1]), stream=stream)
    (text,) = ignored_options({"test_fraction", "split_seed", "stratify"}, dataset)
    assert text.startswith("--stratify is ignored: cases that are streamed are in a part by a hash")


def test_a_column_that_alone_tells_the_class_is_told():
    rng = np.random.default_rng(0)
    y = (np.arange(400) % 20 == 0).astype(int)  # one in twenty: always "no" is right in .95
    X = np.column_stack([rng.normal(size=400), y + 0.01 * rng.normal(size=400), y * 0.5])
    found = telltales(X, y, ("noise", "copy", "later=yes"))
    assert list(found) == ["copy", "later"]
    assert telltales(X[:20], y[:20], ("noise", "copy", "later=yes")) == {}
    dataset = Dataset(X, y, ("no", "yes"), feature_names=("noise", "copy", "later=yes"))
    told = telltale_warnings(dataset, np.arange(400))
    assert told[0].startswith('"copy" alone tells the class of 100% of the cases')
    pictures = Dataset(np.zeros((400, 2, 2, 1)), y, ("no", "yes"))
    assert telltale_warnings(pictures, np.arange(400)) == ()


def test_a_level_that_only_one_class_has_is_told():
    """A comment that is written when a thing has come back, for half of what comes back."""
    y = (np.arange(400) % 4 == 0).astype(int)
    after = (y == 1) & (np.arange(400) < 200)
    few = (y == 1) & (np.arange(400) < 60)
    X = np.column_stack([after, few, np.arange(400) % 3 == 0]).astype(float)
    names = ("comment=too small", "rare=yes", "third=yes")
    assert telltale_levels(X, y, names) == [("comment=too small", 1, 50)]
    dataset = Dataset(X, y, ("kept", "returned"), feature_names=names)
    (told,) = telltale_warnings(dataset, np.arange(400))
    assert told.startswith('all 50 training cases with "comment=too small" are "returned"; if')
    assert told.endswith('leave "comment" out')


def test_cases_held_out_are_counted_however_often_they_were_trained_on():
    X = np.array([[1.0], [1.0], [2.0], [1.0], [3.0], [-9.0], [0.0], [-0.0]])
    assert duplicates_across(X, np.array([0, 1, 2, 6]), np.array([3, 4, 5, 7])) == 2
