"""Pixel maps as pictures: what speaks for a decision in blue, what speaks against it in orange."""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from framework.core.arrays import FloatArray

FOR, AGAINST = (30, 110, 200), (225, 95, 10)
# Pixels of the longer side, at least: maps of small pictures are enlarged.
SIDE = 192
# Of the strongest pixels, this share is shown in full colour: a few would make the rest invisible.
CLIPPED = 0.01


def picture(pixels: np.ndarray) -> Image.Image:
    """Raw ``pixels`` (height, width, channels), bytes or any numbers, enlarged."""
    if pixels.dtype != np.uint8:
        low, high = float(pixels.min()), float(pixels.max())
        pixels = (255 * (pixels - low) / ((high - low) or 1.0)).round().astype(np.uint8)
    shown = pixels[..., 0] if pixels.shape[2] == 1 else pixels[..., :3]
    return _enlarged(Image.fromarray(shown).convert("RGB"), Image.Resampling.NEAREST)


def overlay(pixels: np.ndarray, credit: FloatArray) -> Image.Image:
    """``credit`` (height, width) in colour over the picture in pale grey, on a scale of its own."""
    under = np.asarray(picture(pixels).convert("L"), dtype=np.float64)[..., None]
    under = 110 + under * 145 / 255
    size = np.abs(credit)
    full = float(np.quantile(size, 1 - CLIPPED)) or float(size.max()) or 1.0
    scaled = Image.fromarray(np.clip(credit / full, -1, 1).astype(np.float32))
    strength = np.asarray(_enlarged(scaled, Image.Resampling.BILINEAR), dtype=np.float64)[..., None]
    colour = np.where(strength > 0, np.array(FOR), np.array(AGAINST))
    opacity = 0.9 * np.abs(strength)
    return Image.fromarray((under * (1 - opacity) + colour * opacity).round().astype(np.uint8))


def png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def data_url(image: Image.Image) -> str:
    """The picture as text that stands in a page."""
    return f"data:image/png;base64,{base64.b64encode(png(image)).decode()}"


def place(strength: FloatArray) -> str:
    """Where in the picture the ninth with most of a non-negative (height, width) lies, in words.

    Examples
    --------
    >>> place(np.eye(9)[:, ::-1] * (np.arange(9) > 6))
    'at the top right'
    """
    rows = np.array_split(strength, 3, axis=0)
    ninths = [part.sum() for row in rows for part in np.array_split(row, 3, axis=1)]
    down, across = divmod(int(np.argmax(ninths)), 3)
    if (down, across) == (1, 1):
        return "in the middle"
    vertical, horizontal = ("top", "", "bottom")[down], ("left", "", "right")[across]
    return f"at the {' '.join(word for word in (vertical, horizontal) if word)}"


def _enlarged(image: Image.Image, how: Image.Resampling) -> Image.Image:
    factor = max(1, -(-SIDE // max(image.size)))
    return image.resize((image.width * factor, image.height * factor), how)
