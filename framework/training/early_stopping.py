"""Whether a loss has stopped falling, while a training goes on and when it has ended."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from framework.core.arrays import BoolArray, FloatArray
from framework.training.jobs import Schedule

# A loss is flat where its best mean over a window (this share of the epochs, and no fewer than
# FLAT_EPOCHS) is no longer beaten by this share of the whole fall. On wine, iris, breast cancer and
# digits, five splits each, this leaves the held-out log loss of logistic regressions where it was (at
# most 0.4 % more), lowers that of the mlp (4 to 24 %), and saves up to four fifths of the epochs.
FLAT, FLAT_OVER, FLAT_EPOCHS = 3e-4, 0.05, 5


def is_flat(losses: FloatArray, epochs: int) -> BoolArray:
    """Whether the loss of each member, (epochs so far, members), has stopped falling.

    Means over windows, the last ones against all before; ``epochs`` is the whole training.
    """
    width = max(FLAT_EPOCHS, round(FLAT_OVER * epochs))
    if len(losses) < 3 * width:
        return np.zeros(losses.shape[1], bool)
    sums = np.cumsum(np.concatenate([np.zeros((1, losses.shape[1])), losses]), axis=0)
    means = (sums[width:] - sums[:-width]) / width
    before, recent = means[:-width].min(axis=0), means[-width:].min(axis=0)
    flat: BoolArray = before - recent <= FLAT * np.abs(losses[0] - recent)
    return flat


# Of the whole fall of a loss, what a training that ends may still gain in its last fifth.
LAST_FIFTH, STILL_FALLING = 0.2, 0.05
TELLING_EPOCHS = 5


def still_falling(losses: Sequence[float], schedule: Schedule) -> float | None:
    """Share of the loss's whole fall that came in the last fifth of the learning, if that is much.

    ``losses`` are those of the last epochs of ``schedule``, all of one loss. The last fifth is one
    of the summed learning rates: under a decay it begins near the middle of the epochs, for what
    is left of a fall shows only while the rate is not yet small. None where the fall is over, or
    there are too few epochs to tell.
    """
    n = len(losses)
    if n < TELLING_EPOCHS:
        return None
    learned = schedule.learned(np.arange(schedule.epochs - n, schedule.epochs + 1))
    learned = (learned - learned[0]) / (learned[-1] - learned[0])
    width = max(1, n // 20)  # epochs that are averaged
    means = np.convolve(losses, np.ones(width) / width, mode="valid")
    begins = max(0, int(np.searchsorted(learned, 1 - LAST_FIFTH)) - width)
    whole, last = losses[0] - means[-1], means[begins] - means[-1]
    return float(last / whole) if whole > 0 and last > STILL_FALLING * whole else None
