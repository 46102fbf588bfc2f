"""Files of pictures as arrays of one shape, decoded on all cores, and as servers decode them."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from framework.core.cases.images import Border, read_image, upright_size
from framework.core.errors import DataError
from framework.core.process import cores
from framework.core.steps import counted_answers

AT_ONCE = 16  # files that a thread takes
# Pixels of a side, where nobody says how many: what a network from nothing learns from in minutes.
FEWEST, MOST = 16, 64
GREY = ("1", "L", "LA", "I", "I;16", "F")  # of Pillow's modes
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form:
    """What all pictures are brought to: a shape (height, width, channels), without their ``border``."""

    shape: tuple[int, int, int]
    border: Border | None = None

    @property
    def bytes(self) -> int:
        """Of a picture in memory."""
        return prod(self.shape)


def decoded(
    files: Sequence[Path], form: Form, what: str = "decoding pictures"
) -> NDArray[np.uint8]:
    """The pictures (n, height, width, channels), in the order of the ``files``.

    Pillow decodes without Python's lock, so that threads do it side by side.

    Raises
    ------
    DataError
        Naming the first file that is no picture.
    """
    X = np.empty((len(files), *form.shape), np.uint8)

    def fill(start: int) -> None:
        for row in range(start, min(start + AT_ONCE, len(files))):
            X[row] = read_image(files[row], form.shape, form.border)

    starts = range(0, len(files), AT_ONCE)
    with ThreadPoolExecutor(cores(), thread_name_prefix="decoding") as threads:
        for _ in counted_answers(threads.map(fill, starts), len(starts), what):
            pass  # raises what was raised there
    return X


def form_of(
    files: Sequence[Path], size: tuple[int, int] | None = None, border: Border | None = None
) -> Form:
    """The form for these pictures: ``size`` (width, height), grey where all are.

    Without a size the median of theirs, made smaller, as wide as high as it is, until no side is longer than
    MOST pixels. Their headers tell.

    Raises
    ------
    DataError
        When one of them is no picture.
    """
    found = [upright_size(file) for file in files]
    if not found:
        raise DataError("there are no pictures")
    channels = 1 if all(mode in GREY for *_, mode in found) else 3
    if size is None:
        middle = [statistics.median(sides) for sides in list(zip(*found, strict=True))[:2]]
        smaller = min(1.0, MOST / max(middle))
        width, height = (min(MOST, max(FEWEST, round(side * smaller))) for side in middle)
        colours = "grey" if channels == 1 else "in colour"
        _log.info(
            "pictures are brought to %s x %s pixels, %s; their median is %g x %g (see --picture-size)",
            *(width, height, colours, *middle),
        )
        size = width, height
    return Form((size[1], size[0], channels), border)
