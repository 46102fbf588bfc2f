"""A training that was stopped goes on and ends where an unbroken one does."""

import logging

import numpy as np
import pytest

from framework.core.backend import keras
from framework.core.errors import ArtifactError, TrainingStoppedError
from framework.core.losses import cross_entropy
from framework.core.scaling import Scaling
from framework.training.checkpoints import Checkpoints, digest
from framework.training.jobs import Cases, Job, Schedule, Settings
from framework.training.loop import train

from ..conftest import blobs

X, Y = blobs()
EPOCHS = 6


def dropout():
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(8, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(2, activation="softmax"),
        ]
    )


def batch_norm():
    """Not stackable: trained one by one; moving averages are among what must be saved."""
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((3,)), layers.BatchNormalization(), layers.Dense(2, activation="softmax")]
    )


def trained(
    build,
    checkpoints,
    stop_after=None,
    costs=((0, 1), (1, 0)),
    name="cross_entropy",
    decay="cosine",
    epochs=EPOCHS,
    early_stopping=False,
    rate=0.01,
):
    """Three jobs; told to stop after so many epochs in all."""
    scaling = Scaling.fit(X)
    jobs = [
        Job(cross_entropy, np.array(costs, float), seed, np.arange(len(X)), scaling, loss_name=name)
        for seed in range(3)
    ]
    ran = []

    def on_epoch(_, epoch, *__):
        ran.append(epoch)
        checkpoints.stopping = len(ran) == stop_after

    settings = Settings(
        lambda: keras.optimizers.Adam(rate),
        epochs,
        batch_size=32,
        schedule=Schedule(epochs, decay),
        early_stopping=early_stopping,
    )
    return train(build, jobs, Cases(X, Y, Y), settings, on_epoch, checkpoints), ran


def same(some, others):
    for one, other in zip(some, others, strict=True):
        assert one.losses == pytest.approx(other.losses, abs=1e-6)
        for a, b in zip(
            (*one.weights.trainable, *one.weights.non_trainable),
            (*other.weights.trainable, *other.weights.non_trainable),
            strict=True,
        ):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("build", "stop_after"), [(dropout, 4), (batch_norm, 8)])
def test_stopped_and_taken_up_again(build, stop_after, tmp_path):
    unbroken, ran = trained(build, Checkpoints(None))
    with pytest.raises(TrainingStoppedError, match="goes on from there"):
        trained(build, Checkpoints(tmp_path), stop_after)
    resumed, ran_again = trained(build, Checkpoints(tmp_path))
    same(resumed, unbroken)
    # What was finished or reached is told once, and not done again.
    assert len(ran_again) < len(ran)
    finished, ran_last = trained(build, Checkpoints(tmp_path))
    same(finished, unbroken)
    assert set(ran_last) == {EPOCHS}


def test_a_network_that_had_ended_before_the_stop_is_taken_up_as_it_ended(tmp_path):
    settings = {"epochs": 60, "rate": 0.05, "early_stopping": True}
    unbroken, _ran = trained(dropout, Checkpoints(None), **settings)
    lengths = sorted(len(result.losses) for result in unbroken)
    assert lengths[0] < lengths[-1]
    with pytest.raises(TrainingStoppedError):
        trained(dropout, Checkpoints(tmp_path), lengths[0] + 1, **settings)
    resumed, _ = trained(dropout, Checkpoints(tmp_path), **settings)
    same(resumed, unbroken)
    finished, ran_last = trained(dropout, Checkpoints(tmp_path), **settings)
    same(finished, unbroken)
    assert len(ran_last) <= 2


def test_saves_from_time_to_time_too(tmp_path, monkeypatch):
    checkpoints = Checkpoints(tmp_path, seconds_between=0.0)

    def killed(*_):
        raise KeyboardInterrupt

    saves = []
    save = Checkpoints.save

    def count(self, key, saved):
        save(self, key, saved)
        saves.append(len(saved.losses))
        if len(saves) == 3:
            killed()

    monkeypatch.setattr(Checkpoints, "save", count)
    with pytest.raises(KeyboardInterrupt):
        trained(dropout, checkpoints)
    monkeypatch.undo()
    assert saves == [1, 2, 3]
    resumed, ran = trained(dropout, Checkpoints(tmp_path))
    assert ran == [3, 4, 5, 6]
    same(resumed, trained(dropout, Checkpoints(None))[0])


def test_other_settings_are_not_taken_up(tmp_path, caplog):
    trained(dropout, Checkpoints(tmp_path))
    for other in ({"costs": ((0, 1), (5, 0))}, {"name": "another"}, {"decay": "none"}):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            _, ran = trained(dropout, Checkpoints(tmp_path), **other)
        assert ran == [1, 2, 3, 4, 5, 6]
        assert "of other data or settings, which are not used" in caplog.text


def test_what_cannot_be_read_is_done_again(tmp_path, caplog):
    trained(dropout, Checkpoints(tmp_path))
    (saved,) = tmp_path.glob("*.npz")
    saved.write_bytes(saved.read_bytes()[:100])
    with caplog.at_level(logging.WARNING):
        _, ran = trained(dropout, Checkpoints(tmp_path))
    assert len(ran) == EPOCHS
    assert "cannot be read" in caplog.text


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactError, match=r"--checkpoints .*file: cannot be used"):
        Checkpoints(tmp_path / "file")


def test_a_digest_tells_values_types_and_order_apart():
    a = np.arange(4)
    assert digest(a, 1) == digest(a.copy(), 1)
    different = [digest(a, 1), digest(1, a), digest(a.reshape(2, 2), 1), digest(a * 1.0, 1)]
    assert len(set(different)) == 4
