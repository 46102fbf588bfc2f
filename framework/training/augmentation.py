"""Pictures, changed at random while a network is trained on them: one projective transform each.

All draws are functions of (seed, epoch, position in the epoch), so that a training that was stopped
goes on as if it had not been, and does not depend on which others it is trained with.
"""

from __future__ import annotations

import math
from typing import Any

from framework.core.backend import tf
from framework.core.cases.augmentation import MOST, NAMES, Augmentation

# One draw a picture of each: those of NAMES but the strength, and the second shift.
GEOMETRY = ("rotation", "scale", "aspect", "shear", "across", "down")
DRAWS = (*GEOMETRY, "contrast", "brightness", "flip")
assert {*NAMES} - {*DRAWS} == {"shift", "strength"}


def draws(n: Any, seed: Any, epoch: Any, start: Any) -> Any:
    """Numbers from -1 to 1 (n, len(DRAWS)), for a batch that begins at ``start`` in its epoch."""
    begins = tf.cast(epoch, tf.int64) * 2**32 + tf.cast(start, tf.int64)
    key = tf.stack([tf.cast(seed, tf.int64), begins])
    return tf.random.stateless_uniform((n, len(DRAWS)), key, -1.0, 1.0)


def augmented(augmentation: Augmentation, pictures: Any, drawn: Any, are_bytes: bool) -> Any:
    """``pictures`` (n, height, width, channels) of float32, each as its draws (n, ...) say.

    Where a picture ends, its edge is repeated. Of bytes (0 to 255) contrast and brightness change
    too; values of another scale have no black to go by.
    """
    of = dict(zip(DRAWS, tf.unstack(drawn, axis=1), strict=True))
    shape = tf.shape(pictures)
    if augmentation.flip or any(_most(augmentation, name) for name in GEOMETRY):
        pictures = tf.raw_ops.ImageProjectiveTransformV3(
            images=pictures,
            transforms=_transforms(augmentation, of, shape[1], shape[2]),
            output_shape=shape[1:3],
            interpolation="BILINEAR",
            fill_mode="NEAREST",
            fill_value=0.0,
        )
    if not are_bytes or not (augmentation.contrast or augmentation.brightness):
        return pictures
    contrast = _factor(augmentation, "contrast", of)[:, None, None, None]
    brightness = _factor(augmentation, "brightness", of)[:, None, None, None]
    mean = tf.reduce_mean(pictures, axis=(1, 2, 3), keepdims=True)
    # (mean + contrast * (x - mean)) * brightness, in one pass over the pixels.
    gain = contrast * brightness
    return tf.clip_by_value(pictures * gain + mean * (brightness - gain), 0.0, 255.0)


def _transforms(augmentation: Augmentation, of: dict[str, Any], height: Any, width: Any) -> Any:
    """Eight numbers a picture (n, 8): from a pixel of the result to where it comes from.

    About the middle of the picture: turned, sheared, scaled, moved.
    """
    angle = _most(augmentation, "rotation") * of["rotation"]
    shear = _most(augmentation, "shear") * of["shear"]
    cos, sin = tf.cos(angle), tf.sin(angle)
    size = _factor(augmentation, "scale", of)
    # The square root in both directions keeps the area.
    wide = tf.sqrt(_factor(augmentation, "aspect", of))
    mirror = tf.where(of["flip"] < 2 * augmentation.flip - 1, -1.0, 1.0)
    across, down = mirror / (size * wide), wide / size
    a, b = cos * across, (shear * cos - sin) * across
    c, d = sin * down, (shear * sin + cos) * down
    x, y = (tf.cast(length - 1, tf.float32) / 2 for length in (width, height))
    moved = [
        _most(augmentation, "shift") * of[name] * tf.cast(length, tf.float32)
        for name, length in (("across", width), ("down", height))
    ]
    nothing = tf.zeros_like(a)
    return tf.stack(
        [
            *(a, b, x - a * x - b * y + moved[0]),
            *(c, d, y - c * x - d * y + moved[1]),
            *(nothing, nothing),
        ],
        axis=1,
    )


def _most(augmentation: Augmentation, name: str) -> float:
    """The most that an option changes, whatever the strength."""
    name = "shift" if name in ("across", "down") else name
    return min(float(getattr(augmentation, name)) * augmentation.strength, MOST[name])


def _factor(augmentation: Augmentation, name: str, of: dict[str, Any]) -> Any:
    """Around 1; of sizes, evenly in the logarithm: as often half as large as twice as large."""
    most = _most(augmentation, name)
    if name in ("scale", "aspect"):
        return tf.exp(math.log1p(most) * of[name])
    return 1 + most * of[name]
