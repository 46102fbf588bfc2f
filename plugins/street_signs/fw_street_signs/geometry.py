"""Where on a sign each pixel of an image looks, and what it sees there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fw_street_signs.draws import Draws, FloatArray
from fw_street_signs.templates import BLURS, SIGN, SIZE, template_bank

IMAGE = 32  # pixels of an image's side


def sign_coordinates(draws: Draws) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Each pixel's place on the sign's plane under a random camera.

    Returns
    -------
    u, v : arrays (n, IMAGE * IMAGE)
        The sign fills -1..1; v grows downwards.
    pixels_per_sign : array (n,)
        How large the sign appears, in pixels.
    """
    yaw, pitch, roll = draws.bell(0, 0.7), draws.bell(0, 0.3), draws.bell(0, 0.15)
    nearness = draws.uniform(0.1, 0.4)  # sign's half size over its distance: perspective
    pixels = draws.uniform(20, 31)
    # A small sign has room to be off the centre; a large one is cut off at most a little.
    room = (IMAGE - pixels) / 2 + 1
    shift_x, shift_y = draws.bell(0, 0.5) * room, draws.bell(0, 0.5) * room

    camera = np.empty((draws.n, 3, 3), dtype=np.float32)
    half = pixels / 2
    sin_yaw, cos_yaw, sin_pitch, cos_pitch = np.sin(yaw), np.cos(yaw), np.sin(pitch), np.cos(pitch)
    sin_roll, cos_roll = np.sin(roll), np.cos(roll)
    camera[:, 0, 0] = half * (cos_roll * cos_yaw - sin_roll * sin_pitch * sin_yaw)
    camera[:, 0, 1] = half * -sin_roll * cos_pitch
    camera[:, 1, 0] = half * (sin_roll * cos_yaw + cos_roll * sin_pitch * sin_yaw)
    camera[:, 1, 1] = half * cos_roll * cos_pitch
    camera[:, 2, 0] = nearness * -cos_pitch * sin_yaw
    camera[:, 2, 1] = nearness * sin_pitch
    camera[:, 2, 2] = 1
    camera[:, 0, :2] += shift_x[:, None] * camera[:, 2, :2]
    camera[:, 1, :2] += shift_y[:, None] * camera[:, 2, :2]
    camera[:, 0, 2], camera[:, 1, 2] = shift_x, shift_y

    m = np.linalg.inv(camera)[:, :, :, None]  # pixel -> sign
    x, y = pixel_grid()
    depth = m[:, 2, 0] * x + m[:, 2, 1] * y + m[:, 2, 2]
    np.reciprocal(depth, out=depth)
    u = (m[:, 0, 0] * x + m[:, 0, 1] * y + m[:, 0, 2]) * depth
    v = (m[:, 1, 0] * x + m[:, 1, 1] * y + m[:, 1, 2]) * depth
    return u, v, pixels


def sample_signs(
    y: NDArray[np.int64], u: FloatArray, v: FloatArray, pixels_per_sign: FloatArray, draws: Draws
) -> FloatArray:
    """The signs of classes ``y`` as seen at (u, v), bilinear: (n, 4, IMAGE * IMAGE), premultiplied.

    The template is chosen as blurred as the reduction to this size needs (no aliasing), and
    more by a random lack of focus.
    """
    bank = template_bank()
    reduction = SIGN / pixels_per_sign
    blur = 0.42 * reduction * np.exp(draws.uniform(0, 1) ** 2 * np.float32(0.8))
    steps = np.log(np.array(BLURS[1:]) * np.array(BLURS[:-1])) / 2
    level = np.searchsorted(steps.astype(np.float32), np.log(blur))

    limit = np.float32(SIZE - 1.001)
    column = np.clip(u * np.float32(SIGN / 2) + np.float32((SIZE - 1) / 2), 0, limit)
    row = np.clip(v * np.float32(SIGN / 2) + np.float32((SIZE - 1) / 2), 0, limit)
    left, top = column.astype(np.int32), row.astype(np.int32)
    column -= left
    row -= top
    place = top * SIZE + left
    place += ((y * len(BLURS) + level) * (4 * SIZE * SIZE)).astype(np.int32)[:, None]
    flat = bank.reshape(-1)
    seen = np.empty((len(y), 4, IMAGE * IMAGE), dtype=np.float32)
    for channel in range(4):
        corner = place + channel * SIZE * SIZE
        upper = _between(flat, corner, column)
        lower = _between(flat, corner + SIZE, column)
        lower -= upper
        lower *= row
        np.add(upper, lower, out=seen[:, channel])
    return seen


def pixel_grid() -> tuple[FloatArray, FloatArray]:
    """x and y of the pixels' centres, counted from the image's centre: (IMAGE * IMAGE,) each."""
    ticks = np.arange(IMAGE, dtype=np.float32) - np.float32((IMAGE - 1) / 2)
    return np.tile(ticks, IMAGE), np.repeat(ticks, IMAGE)


def _between(flat: FloatArray, left: NDArray[np.int32], share: FloatArray) -> FloatArray:
    """Values between neighbours in a row of a template."""
    near = flat.take(left)
    far = flat.take(left + 1)
    far -= near
    far *= share
    far += near
    return far
