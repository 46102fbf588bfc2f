"""Pictures are changed at random in training, by what was asked for and as the seed says."""

import math
from functools import partial

import numpy as np
import pytest

from framework.core.backend import keras
from framework.core.cases.augmentation import MOST, NAMES, Augmentation
from framework.core.errors import TrainingStoppedError
from framework.core.losses import cross_entropy
from framework.core.scaling import UNSCALED, Scaling
from framework.training.augmentation import DRAWS, augmented, draws
from framework.training.checkpoints import NO_CHECKPOINTS, Checkpoints
from framework.training.jobs import Cases, Job, Settings
from framework.training.loop import train

SEED = np.random.default_rng(0)
PICTURE = SEED.integers(0, 256, (1, 5, 5, 3)).astype(np.float32)
STRIPES = np.arange(5, dtype=np.float32)[None, None, :, None] * np.ones((1, 5, 1, 1), np.float32)


def changed(picture, options, are_bytes=True, **drawn):
    """One picture, changed by draws that are 0 where nothing else is said."""
    row = [[drawn.get(name, 0.0) for name in DRAWS]]
    found = augmented(Augmentation(**options), picture, np.float32(row), are_bytes)
    return np.asarray(found)


def test_without_options_nothing_is_changed():
    assert not Augmentation().changes_anything
    assert not Augmentation(rotation=0.2, flip=0.5, strength=0).changes_anything
    every_draw = dict.fromkeys(DRAWS, 0.7)
    np.testing.assert_array_equal(changed(PICTURE, {}, **every_draw), PICTURE)


@pytest.mark.parametrize("option", [name for name in NAMES if name not in ("flip", "strength")])
def test_a_draw_of_0_leaves_a_picture_as_it_is(option):
    np.testing.assert_allclose(changed(PICTURE, {option: MOST[option]}), PICTURE, atol=1e-3)


@pytest.mark.parametrize("turns", [-1, 1, 2])
def test_turned_by_quarters_the_pixels_change_places(turns):
    found = changed(PICTURE, {"rotation": math.pi}, rotation=turns / 2)
    # atol: a quarter turn in float32 is not quite one.
    np.testing.assert_allclose(found[0], np.rot90(PICTURE[0], turns), atol=1e-2)


def test_moved_by_a_pixel_the_edge_is_repeated():
    to_the_left = changed(PICTURE, {"shift": 0.2}, across=1.0)
    expected = np.concatenate([PICTURE[:, :, 1:], PICTURE[:, :, -1:]], axis=2)
    np.testing.assert_allclose(to_the_left, expected, atol=1e-3)
    down = changed(PICTURE, {"shift": 0.2}, down=-1.0)
    expected = np.concatenate([PICTURE[:, :1], PICTURE[:, :-1]], axis=1)
    np.testing.assert_allclose(down, expected, atol=1e-3)


def test_a_size_is_that_of_the_draw_around_the_middle():
    # Twice as large would be e^(log 2): a draw of 1 with an option of 1. Here .9.
    larger = changed(STRIPES, {"scale": 0.9}, scale=1.0)[0, 2, :, 0]
    np.testing.assert_allclose(larger, 2 + (np.arange(5) - 2) / 1.9, atol=1e-4)
    smaller = changed(STRIPES, {"scale": 0.9}, scale=-1.0)[0, 2, :, 0]
    np.testing.assert_allclose(smaller, np.clip(2 + (np.arange(5) - 2) * 1.9, 0, 4), atol=1e-4)


def test_wider_is_lower_by_as_much():
    wide = changed(STRIPES, {"aspect": 0.44}, aspect=1.0)[0, 2, :, 0]
    np.testing.assert_allclose(wide, 2 + (np.arange(5) - 2) / 1.2, atol=1e-4)  # 1.2^2 = 1.44
    rows = STRIPES.transpose(0, 2, 1, 3)
    low = changed(rows, {"aspect": 0.44}, aspect=1.0)[0, :, 2, 0]
    np.testing.assert_allclose(low, np.clip(2 + (np.arange(5) - 2) * 1.2, 0, 4), atol=1e-4)


def test_a_slant_moves_every_row_by_its_height():
    found = changed(STRIPES, {"shear": 1.0}, shear=0.5)[0, :, :, 0]
    for row in range(5):
        expected = np.clip(np.arange(5) + 0.5 * (row - 2), 0, 4)
        np.testing.assert_allclose(found[row], expected, atol=1e-4)


@pytest.mark.parametrize(("draw", "mirrored"), [(-0.6, True), (-0.4, False), (0.9, False)])
def test_mirrored_with_the_probability_of_flip(draw, mirrored):
    found = changed(PICTURE, {"flip": 0.25}, flip=draw)  # -1 to 1: a quarter is below -.5
    expected = PICTURE[:, :, ::-1] if mirrored else PICTURE
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_contrast_is_about_the_mean_and_brightness_about_black():
    picture = np.float32([60, 100, 140, 180]).reshape(1, 2, 2, 1)  # mean 120
    options = {"contrast": 0.5, "brightness": 0.2}
    more = changed(picture, options, contrast=1.0).ravel()
    np.testing.assert_allclose(more, [30, 90, 150, 210], rtol=1e-5)
    darker = changed(picture, options, brightness=-1.0).ravel()
    np.testing.assert_allclose(darker, [48, 80, 112, 144], rtol=1e-5)
    both = changed(picture, options, contrast=1.0, brightness=1.0).ravel()
    np.testing.assert_allclose(both, [36, 108, 180, 252], rtol=1e-5)


def test_bytes_stay_between_0_and_255_and_other_values_keep_their_light():
    picture = np.float32([0, 100, 200, 255]).reshape(1, 2, 2, 1)
    options = {"contrast": 1.0, "brightness": 0.9}
    found = changed(picture, options, contrast=1.0, brightness=0.9)
    assert (found.min(), found.max()) == (0, 255)
    np.testing.assert_array_equal(changed(picture, options, False, contrast=1.0), picture)


def test_strength_multiplies_all_but_flips():
    half = changed(STRIPES, {"shift": 0.4, "strength": 0.5}, across=1.0)
    np.testing.assert_allclose(half, changed(STRIPES, {"shift": 0.2}, across=1.0))
    flipped = changed(STRIPES, {"flip": 1.0, "strength": 0.5}, flip=0.9)
    np.testing.assert_allclose(flipped, STRIPES[:, :, ::-1], atol=1e-4)


def test_draws_are_even_and_those_of_their_seed_epoch_and_batch():
    found = np.asarray(draws(4000, 3, 1.0, 64))
    assert found.shape == (4000, len(DRAWS))
    assert -1 <= found.min() < -0.99
    assert 0.99 < found.max() < 1
    # 6 standard errors of a mean of 4,000 numbers whose deviation is 1 / sqrt(3).
    assert np.abs(found.mean(axis=0)).max() < 6 / math.sqrt(3 * 4000)
    np.testing.assert_array_equal(found, np.asarray(draws(4000, 3, 1.0, 64)))
    for other in ((4, 1.0, 64), (3, 2.0, 64), (3, 1.0, 128)):
        assert not np.isclose(found[:, 0], np.asarray(draws(4000, *other))[:, 0]).any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rotate": 0.1}, 'unknown option "rotate"; expected one of rotation, scale'),
        ({"shift": 0.6}, "shift: expected a number from 0 to 0.5, received 0.6"),
        ({"flip": -1}, "flip: expected a number from 0 to 1, received -1"),
        ({"scale": math.nan}, "scale: expected a number from 0 to 0.9, received nan"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Augmentation.of(options)


# In training: pictures of bytes, a network that is trained stacked and one that is not.
N = 70
X = SEED.integers(0, 256, (N, 6, 6, 1), dtype=np.uint8)
Y = np.arange(N) % 3
SOME = Augmentation(rotation=0.3, shift=0.2, contrast=0.5, flip=0.5)


def dense():
    layers = keras.layers
    hidden = [layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(4, activation="relu")]
    return keras.Sequential(
        [keras.Input((6, 6, 1)), *hidden, layers.Dense(3, activation="softmax")]
    )


def normalised():
    layers = keras.layers
    hidden = [layers.Rescaling(1 / 255), layers.Conv2D(4, 3), layers.BatchNormalization()]
    hidden += [layers.ReLU(), layers.GlobalAveragePooling2D()]
    return keras.Sequential(
        [keras.Input((6, 6, 1)), *hidden, layers.Dense(3, activation="softmax")]
    )


def job(seed=0, rows=None, scaling=UNSCALED):
    rows = np.arange(N) if rows is None else rows
    return Job(cross_entropy, 1 - np.eye(3), seed, rows, scaling, loss_name="ce")


def trained(build, jobs, augmentation=SOME, checkpoints=NO_CHECKPOINTS, cases=X, stop_after=None):
    def on_epoch(_, epoch, *__):
        checkpoints.stopping = epoch == stop_after

    settings = Settings(partial(keras.optimizers.Adam, 0.01), 4, 32, augmentation=augmentation)
    return train(build, jobs, Cases(cases, Y, Y), settings, on_epoch, checkpoints)


def assert_same(one, other):
    for a, b in zip(
        (*one.weights.trainable, *one.weights.non_trainable),
        (*other.weights.trainable, *other.weights.non_trainable),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("build", [dense, normalised])
def test_members_are_trained_as_each_is_alone(build):
    shared = np.arange(N)
    jobs = [job(0, shared), job(1, shared), job(2, shared[::-1].copy())]
    together = trained(build, jobs)
    assert [result.together for result in together] == ([3] * 3 if build is dense else [1] * 3)
    for one, result in zip(jobs, together, strict=True):
        assert_same(trained(build, [one])[0], result)


def test_members_that_share_their_batches_share_their_pictures():
    rows = np.arange(N)
    alike = trained(dense, [job(5, rows), job(5, rows)])
    assert alike[0].together == 2
    assert_same(alike[0], alike[1])
    assert_same(alike[0], trained(dense, [job(5, rows)])[0])


def test_a_network_learns_from_other_pictures_than_it_is_given():
    plain, other = (trained(dense, [job()], each)[0] for each in (Augmentation(), SOME))
    assert not np.allclose(plain.weights.trainable[0], other.weights.trainable[0], atol=1e-3)


def test_pictures_of_other_values_than_bytes_are_augmented_too():
    floats = X / 255
    scaling = Scaling.fit(floats)
    turned = Augmentation(rotation=0.3)
    plain, other = (
        trained(dense, [job(scaling=scaling)], each, cases=floats)[0]
        for each in (Augmentation(contrast=0.5), turned)
    )
    assert not np.allclose(plain.weights.trainable[0], other.weights.trainable[0], atol=1e-3)
    assert_same(plain, trained(dense, [job(scaling=scaling)], Augmentation(), cases=floats)[0])


@pytest.mark.slow
@pytest.mark.parametrize("build", [dense, normalised])
def test_a_training_that_was_stopped_goes_on_with_the_same_pictures(build, tmp_path):
    (unbroken,) = trained(build, [job()])
    with pytest.raises(TrainingStoppedError):
        trained(build, [job()], checkpoints=Checkpoints(tmp_path), stop_after=2)
    (resumed,) = trained(build, [job()], checkpoints=Checkpoints(tmp_path))
    assert_same(resumed, unbroken)


def test_a_training_with_other_pictures_is_not_taken_up(tmp_path, caplog):
    trained(dense, [job()], checkpoints=Checkpoints(tmp_path))
    trained(dense, [job()], Augmentation(rotation=0.1), checkpoints=Checkpoints(tmp_path))
    assert "1 trainings of other data or settings, which are not used" in caplog.text
