"""Small photographs of the signs: each image another view, place, light and camera.

Every image takes its random numbers from fixed places of two streams, so it depends on the
seed, its position and its class, and not on how many images are rendered at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fw_street_signs import photography
from fw_street_signs.draws import Draws
from fw_street_signs.geometry import IMAGE, sample_signs, sign_coordinates
from fw_street_signs.signs import LABELS

CHUNK = 64  # images; larger ones fall out of the processor's cache


def render(y: NDArray[np.int64], seed: int = 0, chunk_size: int = CHUNK) -> NDArray[np.uint8]:
    """One image per class index.

    Parameters
    ----------
    y : array (n,)
        Indices into ``LABELS``.
    seed : int
        Same seed, same images; the first k do not depend on how many follow.
    chunk_size : int
        Images rendered at once: a matter of speed and memory only.

    Returns
    -------
    array (n, 32, 32, 3) of uint8

    Examples
    --------
    >>> render(np.array([0, 1, 2])).shape
    (3, 32, 32, 3)
    """
    images = np.empty((len(y), IMAGE, IMAGE, 3), dtype=np.uint8)
    for k, chunk in enumerate(render_chunks(y, seed, chunk_size)):
        images[k * chunk_size : (k + 1) * chunk_size] = chunk
    return images


def render_chunks(
    y: NDArray[np.int64], seed: int = 0, chunk_size: int = CHUNK
) -> Iterator[NDArray[np.uint8]]:
    """The same images, ``chunk_size`` at a time, for more than memory holds."""
    y = np.asarray(y, dtype=np.int64)
    if len(y) and not 0 <= np.min(y) <= np.max(y) < len(LABELS):
        raise ValueError(
            f"expected class indices 0 to {len(LABELS) - 1}, received {np.min(y)} to {np.max(y)}"
        )
    if chunk_size < 1:
        raise ValueError(f"chunk_size: expected at least 1, received {chunk_size}")
    scenes, grain = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
    for start in range(0, len(y), chunk_size):
        yield _photographs(y[start : start + chunk_size], scenes, grain)


def _photographs(
    y: NDArray[np.int64], scenes: np.random.Generator, grain: np.random.Generator
) -> NDArray[np.uint8]:
    draws = Draws(scenes, len(y))
    u, v, pixels_per_sign = sign_coordinates(draws)
    signs = sample_signs(y, u, v, pixels_per_sign, draws)
    scene = photography.background(draws)
    photography.add_post(scene, u, v, draws)
    photography.add_sign(scene, signs, draws)
    photography.add_obstacles(scene, draws)
    photography.light(scene, draws)
    scene = photography.smear(scene, draws)
    photography.add_grain(scene, grain, draws)
    return photography.develop(scene)
