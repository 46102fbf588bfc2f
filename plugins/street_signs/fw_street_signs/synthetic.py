"""The built-in dataset ``street_signs``: rendered, so nothing has to be downloaded."""

from __future__ import annotations

import numpy as np

from framework import Dataset
from fw_street_signs.renderer import render
from fw_street_signs.signs import LABELS, SIGNS

IMAGES_OF_THE_RAREST = 107  # 5,992 images in all
SEED = 1


def load() -> Dataset:
    """5,992 images of 28 US signs, every one drawn independently.

    Frequencies are those of a drive, roughly: stop signs four times as often as wrong-way
    signs (428 and 107 images), the usual speed limits three times as often as 15 mph.
    """
    counts = [IMAGES_OF_THE_RAREST * frequency for _, frequency in SIGNS.values()]
    in_order = np.repeat(np.arange(len(LABELS)), counts)
    y = np.random.default_rng(SEED).permutation(in_order)
    return Dataset(render(y, SEED), y, LABELS)
