"""The rendered signs, and the matrix that comes with them."""

import numpy as np
import pytest
from fw_street_signs import renderer, synthetic
from fw_street_signs.signs import LABELS, SIGNS, SPEEDS
from fw_street_signs.templates import SIZE, template_bank
from sklearn.linear_model import LogisticRegression

from framework import CostMatrix, Registry, RunConfig
from framework.core.cases.splitting import split
from framework.experiment.loading.checked_dataset import load_dataset

CLASSES = np.arange(len(LABELS))


@pytest.fixture(scope="module")
def dataset():
    return synthetic.load()


@pytest.fixture(scope="module")
def matrix():
    shipped = Registry().dataset("street_signs").shipped_matrices()
    return CostMatrix.from_file(shipped["road_safety.json"]).aligned(LABELS)


def cost(matrix, true, predicted):
    return matrix.costs[LABELS.index(true), LABELS.index(predicted)]


def test_the_dataset_is_found_by_name_and_splits_with_every_class():
    dataset = load_dataset(
        RunConfig(dataset="street_signs"), Registry().offer("dataset", "street_signs")
    )
    parts = split(dataset, test_fraction=0.25)
    assert set(dataset.y[parts.train]) == set(dataset.y[parts.test]) == set(CLASSES)


def test_images_are_small_bytes_in_the_frequencies_of_the_catalogue(dataset):
    assert dataset.X.shape == (5992, 32, 32, 3)
    assert dataset.X.dtype == np.uint8
    counts = dict(zip(LABELS, np.bincount(dataset.y), strict=True))
    assert (counts["wrong_way"], counts["speed_25"], counts["stop"]) == (107, 321, 428)
    assert len(LABELS) == len(set(LABELS)) == 28


def test_loading_twice_gives_the_same_images(dataset):
    again = synthetic.load()
    np.testing.assert_array_equal(dataset.X, again.X)
    np.testing.assert_array_equal(dataset.y, again.y)


def test_another_seed_gives_other_images():
    first, second = renderer.render(CLASSES, seed=1), renderer.render(CLASSES, seed=2)
    assert (first != second).mean() > 0.9


def test_two_images_of_one_class_differ():
    images = renderer.render(np.zeros(50, dtype=int))
    assert len(np.unique(images.reshape(50, -1), axis=0)) == 50


@pytest.mark.parametrize("chunk_size", [1, 7, 64, 300])
def test_an_image_does_not_depend_on_the_chunk_size(chunk_size):
    y = np.arange(150) % len(LABELS)
    np.testing.assert_array_equal(
        renderer.render(y, seed=3, chunk_size=chunk_size), renderer.render(y, seed=3)
    )


def test_the_first_images_do_not_depend_on_how_many_follow():
    y = np.arange(100) % len(LABELS)
    np.testing.assert_array_equal(renderer.render(y)[:30], renderer.render(y[:30]))


def test_no_images_are_an_empty_array():
    assert renderer.render(np.array([], dtype=int)).shape == (0, 32, 32, 3)


@pytest.mark.parametrize("y", [[-1], [len(LABELS)]])
def test_an_unknown_class_is_an_error(y):
    with pytest.raises(ValueError, match="expected class indices 0 to 27"):
        renderer.render(np.array(y))


def test_a_chunk_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="chunk_size: expected at least 1, received 0"):
        renderer.render(CLASSES, chunk_size=0)


def test_templates_are_premultiplied_and_transparent_at_the_rim():
    bank = template_bank()
    assert bank.shape[0] == len(SIGNS)
    assert (bank[:, :, :3] <= bank[:, :, 3:] + 2 / 255).all()
    rim = np.ones((SIZE, SIZE), dtype=bool)
    rim[1:-1, 1:-1] = False
    assert bank[:, :, 3, rim].max() < 0.05
    assert bank[:, 0, 3, SIZE // 2, SIZE // 2].min() > 0.99


def test_left_and_right_are_mirror_images():
    for left, right in (("one_way_left", "one_way_right"), ("curve_left", "curve_right")):
        a, b = (template_bank()[LABELS.index(label), 0, :3] for label in (left, right))
        mirrored, same = np.abs(a - b[:, :, ::-1]).mean(), np.abs(a - b).mean()
        assert mirrored < same


def test_a_linear_classifier_tells_the_signs_apart_far_better_than_chance(dataset):
    # Colour and coarse shape only: 16 x 16 pixels.
    features = dataset.X.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4)).reshape(len(dataset), -1)
    features = (features - features.mean(axis=1, keepdims=True)) / 64
    parts = split(dataset, test_fraction=0.25)
    train, test = parts.train[:2500], parts.test
    model = LogisticRegression(max_iter=40, tol=0.05).fit(features[train], dataset.y[train])
    right = model.predict(features[test]) == dataset.y[test]
    is_limit = np.char.startswith(np.array(LABELS), "speed_")[dataset.y[test]]
    assert right[~is_limit].mean() > 0.4  # chance: below 0.08
    assert right.mean() < 0.9  # and yet not easy


def test_every_label_has_rules_and_every_mistake_costs_something(matrix):
    assert matrix.unit == "USD"
    assert not matrix.untouched
    assert (np.diag(matrix.costs) == 0).all()
    assert (matrix.costs[~np.eye(len(LABELS), dtype=bool)] > 0).all()


def test_a_limit_read_too_high_is_dearer_than_one_read_too_low(matrix):
    for low in SPEEDS:
        for high in SPEEDS:
            if low < high:
                assert cost(matrix, f"speed_{low}", f"speed_{high}") > cost(
                    matrix, f"speed_{high}", f"speed_{low}"
                )


def test_a_limit_is_never_cheaper_to_misread_by_more(matrix):
    for true in SPEEDS:
        above = [cost(matrix, f"speed_{true}", f"speed_{s}") for s in SPEEDS if s > true]
        below = [cost(matrix, f"speed_{true}", f"speed_{s}") for s in SPEEDS[::-1] if s < true]
        assert above == sorted(above)
        assert below == sorted(below)


def test_a_missed_stop_costs_thousands_and_a_neighbouring_limit_a_few_dollars(matrix):
    for limit in SPEEDS:
        assert cost(matrix, "stop", f"speed_{limit}") == 4400
        assert cost(matrix, "wrong_way", f"speed_{limit}") == 5530
        assert 100 <= cost(matrix, f"speed_{limit}", "stop") <= 1000
    assert cost(matrix, "speed_25", "speed_30") == 8
    assert cost(matrix, "speed_30", "speed_25") == 4
    assert cost(matrix, "do_not_enter", "wrong_way") == 5


def test_three_actions_ship_with_a_plain_word_that_they_are_invented(matrix):
    shipped = Registry().dataset("street_signs").shipped_matrices()
    acts = CostMatrix.from_file(shipped["brake_slow_go.json"]).aligned(LABELS)
    assert acts.actions == ("brake", "slow down", "go on")
    assert acts.source.startswith("Invented")
    best = {
        label: acts.actions[row.argmin()] for label, row in zip(LABELS, acts.costs, strict=True)
    }
    assert best["stop"] == best["wrong_way"] == "brake"
    assert best["school"] == best["yield"] == "slow down"
    assert {best[label] for label in LABELS if label.startswith("speed_")} == {"go on"}
    # To go on costs what the other matrix says of a sign that is missed.
    for label, missed in (("stop", 4400), ("wrong_way", 5530), ("school", 940), ("yield", 1320)):
        assert acts.costs[LABELS.index(label), 2] == cost(matrix, label, "speed_65") == missed
