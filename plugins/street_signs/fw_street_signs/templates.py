"""The signs as arrays, drawn once and blurred in advance, ready to be sampled."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fw_street_signs.canvas import Canvas
from fw_street_signs.signs import SIGNS

if TYPE_CHECKING:
    from PIL import Image

SIZE = 80  # pixels of a template's side
SIGN = 60  # of which the sign fills the middle; the rest is room for the blur to run out
SUPERSAMPLING = 8
BLURS = (0.7, 1.0, 1.4, 2.0, 2.8, 3.9)  # standard deviations in template pixels


@lru_cache(maxsize=1)
def template_bank() -> NDArray[np.float32]:
    """All templates, (classes, blurs, 4, SIZE, SIZE): red, green, blue, opacity in 0..1.

    Colours are premultiplied by the opacity, so that blurring and interpolating cannot bleed
    the colour of transparent pixels into the rim.
    """
    from PIL import ImageFilter

    bank = np.empty((len(SIGNS), len(BLURS), 4, SIZE, SIZE), dtype=np.float32)
    for k, label in enumerate(SIGNS):
        sharp = draw_sign(label)
        for b, blur in enumerate(BLURS):
            blurred = sharp.filter(ImageFilter.GaussianBlur(2 * blur)).reduce(2)
            bank[k, b] = np.asarray(blurred, dtype=np.float32).transpose(2, 0, 1) / 255
    bank.flags.writeable = False
    return bank


def draw_sign(label: str) -> Image.Image:
    """One sign on a transparent square, 2 * SIZE pixels, premultiplied ("RGBa")."""
    draw, _ = SIGNS[label]
    canvas = Canvas(unit=SUPERSAMPLING * SIGN / 100, margin=(SIZE - SIGN) / SIGN * 50)
    draw(canvas)
    return canvas.image.convert("RGBa").reduce(SUPERSAMPLING // 2)
