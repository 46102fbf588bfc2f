"""What surrounds a sign in a photograph, and what light and camera do to it.

A scene is an array (n, 3, pixels) of float32, red, green and blue in 0..1: planes, because
NumPy's inner loops are then long.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fw_street_signs.draws import Draws, FloatArray
from fw_street_signs.geometry import IMAGE, pixel_grid

TEXTURES, TEXTURE = 24, 96  # how many surroundings are kept, and their side in pixels


def background(draws: Draws) -> FloatArray:
    """Sky over something darker, with an edge of any slope and a rough texture on it."""
    x, y = pixel_grid()
    slope = draws.bell(0, 1.2)[:, None]
    height = draws.uniform(-26, 26)[:, None]
    below = _ramp((y + slope * x - height) * _column(draws.uniform(0.08, 1.5)))
    haze = _column(draws.uniform(-0.3, 0.3)) * (y / IMAGE)
    texture = _texture_crops(draws)
    roughness = _column(draws.uniform(0.02, 0.26))
    brightness, ground = draws.uniform(0.3, 0.95), draws.uniform(0.08, 0.7)
    blue, green = draws.uniform(-0.04, 0.2), draws.uniform(-0.02, 0.12)
    sky = (brightness - blue, brightness, brightness + blue)
    land = (ground - green / 2, ground + green, ground - green)
    scene = np.empty((draws.n, 3, IMAGE * IMAGE), dtype=np.float32)
    texture *= roughness
    texture += haze
    for channel in range(3):
        plane = scene[:, channel]
        np.multiply(_column(land[channel] - sky[channel]), below, out=plane)
        plane += _column(sky[channel])
        plane += texture
    return scene


def add_post(scene: FloatArray, u: FloatArray, v: FloatArray, draws: Draws) -> None:
    """A grey post under most signs, in the sign's own plane."""
    width = _column(draws.uniform(0.05, 0.12))
    there = _column(draws.chance(0.7))
    post = _ramp((width - np.abs(u)) * np.float32(12) + np.float32(0.5))
    post *= there * (v > 0)
    _blend(scene, post, [draws.uniform(0.2, 0.65)] * 3)


def add_sign(scene: FloatArray, signs: FloatArray, draws: Draws) -> None:
    """Lay the sign over the scene; age bleaches its colours and dirt dulls them."""
    opacity = signs[:, 3]
    scene *= (1 - opacity)[:, None]
    bleach = _column(draws.uniform(0, 1) ** 2 * np.float32(0.5))
    dirt = [_column(draws.uniform(0.35, 0.75)) for _ in range(3)]
    for channel in range(3):
        scene[:, channel] += (1 - bleach) * signs[:, channel]
        scene[:, channel] += bleach * dirt[channel] * opacity


def add_obstacles(scene: FloatArray, draws: Draws) -> None:
    """Leaves, stickers, snow: up to two patches, and sometimes a branch across the image."""
    x, y = pixel_grid()
    for probability in (0.3, 0.1):
        dx = np.abs(x - _column(draws.uniform(-15, 15)))
        dy = np.abs(y - _column(draws.uniform(-15, 15)))
        dx *= _column(1 / draws.uniform(1.5, 6.5))
        dy *= _column(1 / draws.uniform(1.5, 6.5))
        roundness = _column(draws.uniform(0, 1))  # from a box's distance to a diamond's
        distance = np.maximum(dx, dy)
        distance += roundness * np.minimum(dx, dy)
        patch = _ramp((1 - distance) * np.float32(4))
        patch *= _column(draws.chance(probability) * draws.uniform(0.7, 1))
        grey, tint = draws.uniform(0.05, 0.9), draws.uniform(-0.1, 0.15)
        _blend(scene, patch, [grey - tint, grey + tint / 2, grey - tint])
    angle = draws.uniform(0, np.pi)
    across = _column(np.cos(angle)) * x + _column(np.sin(angle)) * y - _column(draws.bell(0, 14))
    branch = _ramp(_column(draws.uniform(0.5, 1.6)) - np.abs(across))
    branch *= _column(draws.chance(0.1))
    wood = draws.uniform(0.05, 0.35)
    _blend(scene, branch, [wood * 1.1, wood, wood * 0.8])


def light(scene: FloatArray, draws: Draws) -> None:
    """Exposure, contrast, colour of the light, a shadow's edge, a fall-off across the image."""
    x, y = pixel_grid()
    angle = draws.uniform(0, 2 * np.pi)
    along = _column(np.cos(angle)) * x + _column(np.sin(angle)) * y
    shadow = _ramp((along - _column(draws.uniform(-10, 18))) * _column(draws.uniform(0.1, 1)))
    shadow *= _column(draws.chance(0.4) * draws.uniform(-0.65, -0.2))
    shadow += 1
    shadow += along * _column(draws.bell(0, 0.014))
    exposure = 1.25 * np.exp(-np.float32(1.3) * draws.uniform(0, 1) ** 2)
    contrast = draws.uniform(0.45, 1.05)
    veil = draws.uniform(0.2, 0.75) * (1 - contrast)  # fog, glare
    warmth, tint = draws.bell(0, 0.16), draws.bell(0, 0.07)
    cast = (1 + warmth, 1 + tint, 1 - warmth)
    for channel in range(3):
        plane = scene[:, channel]
        plane *= shadow
        plane *= _column(exposure * contrast * cast[channel])
        plane += _column(exposure * veil)


def smear(scene: FloatArray, draws: Draws) -> FloatArray:
    """Motion and the lens: three-pixel averages along rows and along columns."""
    image = scene.reshape(len(scene), 3, IMAGE, IMAGE)
    for axis in (3, 2):
        share = (draws.uniform(0, 1) ** 2 * np.float32(0.33))[:, None, None, None]
        first = [slice(None)] * 4
        last = list(first)
        first[axis], last[axis] = slice(0, -1), slice(1, None)
        difference = image[tuple(last)] - image[tuple(first)]
        difference *= share
        # Each pixel gives to and takes from its two neighbours; the rim keeps its own.
        image = image.copy()
        image[tuple(first)] += difference
        image[tuple(last)] -= difference
    return image.reshape(scene.shape)


def add_grain(scene: FloatArray, grain: np.random.Generator, draws: Draws) -> None:
    """Sensor noise, from a stream of its own: a fixed count of numbers per image."""
    noise = grain.standard_normal(scene.shape, dtype=np.float32)
    noise *= (np.float32(0.008) + np.float32(0.035) * draws.uniform(0, 1) ** 2)[:, None, None]
    scene += noise


def develop(scene: FloatArray) -> NDArray[np.uint8]:
    """Bytes, (n, IMAGE, IMAGE, 3)."""
    scene *= 255
    scene += np.float32(0.5)
    np.clip(scene, 0, 255, out=scene)
    planes = scene.astype(np.uint8)
    return planes.transpose(0, 2, 1).reshape(-1, IMAGE, IMAGE, 3)


@lru_cache(maxsize=1)
def _textures() -> FloatArray:
    """Rough surfaces, (TEXTURES, TEXTURE, TEXTURE) about 0: noise summed over many scales."""
    generator = np.random.default_rng(2012)
    textures = np.zeros((TEXTURES, TEXTURE, TEXTURE), dtype=np.float32)
    for cell in (32, 16, 8, 4, 2):
        knots = TEXTURE // cell + 1
        coarse = generator.standard_normal((TEXTURES, knots, knots), dtype=np.float32)
        place = np.arange(TEXTURE) / np.float32(cell)
        near, share = place.astype(int), (place % 1).astype(np.float32)
        rows = coarse[:, near] + share[:, None] * (coarse[:, near + 1] - coarse[:, near])
        smooth = rows[:, :, near] + share * (rows[:, :, near + 1] - rows[:, :, near])
        textures += smooth * np.float32((cell / 32) ** 0.5)
    textures /= textures.std()
    textures.flags.writeable = False
    return textures


def _texture_crops(draws: Draws) -> FloatArray:
    """One random crop per image, (n, IMAGE * IMAGE)."""
    steps = np.arange(IMAGE, dtype=np.int32)
    window = (steps[:, None] * TEXTURE + steps).reshape(-1)
    which = draws.uniform(0, TEXTURES - 0.01).astype(np.int32)
    top = draws.uniform(0, TEXTURE - IMAGE).astype(np.int32)
    left = draws.uniform(0, TEXTURE - IMAGE).astype(np.int32)
    start = (which * TEXTURE + top) * TEXTURE + left
    return _textures().reshape(-1).take(start[:, None] + window)


def _blend(scene: FloatArray, opacity: FloatArray, colour: list[FloatArray]) -> None:
    """Lay a colour (n,) per channel over the scene where ``opacity`` (n, pixels) says so."""
    for channel in range(3):
        plane = scene[:, channel]
        plane += opacity * (_column(colour[channel]) - plane)


def _ramp(values: FloatArray) -> FloatArray:
    """Clip to 0..1, in place."""
    return np.clip(values, 0, 1, out=values)


def _column(values: FloatArray) -> FloatArray:
    """(n,) -> (n, 1)."""
    return values[:, None]
