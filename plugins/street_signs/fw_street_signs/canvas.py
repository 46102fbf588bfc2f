"""Drawing on one sign's plate, in coordinates of 0 to 100 over the square the sign fills.

Pillow is imported when something is drawn: every command asks plugins what they have, few draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

Colour = tuple[int, int, int]
Point = tuple[float, float]

RED = (184, 24, 38)
YELLOW = (252, 200, 24)
SCHOOL_GREEN = (198, 226, 44)
ORANGE = (246, 128, 28)
GREEN = (20, 140, 70)
WHITE = (244, 244, 240)
BLACK = (24, 24, 26)


class Canvas:
    """A transparent square with a margin, drawn on with Pillow.

    Parameters
    ----------
    unit : float
        Pixels per coordinate.
    margin : float
        Transparent border on each side, in coordinates.
    """

    def __init__(self, unit: float, margin: float) -> None:
        from PIL import Image, ImageDraw

        self.unit = unit
        self.margin = margin
        size = round((100 + 2 * margin) * unit)
        self.image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self.image)

    def polygon(self, points: Iterable[Point], fill: Colour) -> None:
        self._draw.polygon([self._pixel(point) for point in points], fill=fill)

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, radius: float = 0
    ) -> None:
        corners = [self._pixel((left, top)), self._pixel((right, bottom))]
        self._draw.rounded_rectangle(corners, radius=radius * self.unit, fill=fill)

    def disc(self, centre: Point, radius: float, fill: Colour) -> None:
        self.polygon(regular_polygon(120, centre, radius), fill)

    def line(self, points: list[Point], width: float, fill: Colour) -> None:
        """A polyline with round joints and ends."""
        self._draw.line([self._pixel(p) for p in points], fill=fill, width=round(width * self.unit))
        for point in points:
            self.disc(point, width / 2, fill)

    def arrow(self, points: list[Point], width: float, head: float, fill: Colour) -> None:
        """A polyline whose last point is the tip of an arrow head ``head`` long."""
        tip = np.array(points[-1], dtype=float)
        before = np.array(points[-2], dtype=float)
        along = (tip - before) / np.linalg.norm(tip - before)
        across = np.array([-along[1], along[0]]) * head * 0.75
        base = tip - along * head
        self.line([*points[:-1], tuple(base)], width, fill)
        self.polygon([tuple(tip), tuple(base + across), tuple(base - across)], fill)

    def text(
        self, string: str, left: float, top: float, right: float, bottom: float, fill: Colour
    ) -> None:
        """Bold letters stretched to fill the box exactly, as narrow road lettering is."""
        from PIL import Image

        (x0, y0), (x1, y1) = self._pixel((left, top)), self._pixel((right, bottom))
        mask = _letters(string).resize((round(x1 - x0), round(y1 - y0)), Image.Resampling.BOX)
        self.image.paste(Image.new("RGBA", mask.size, (*fill, 255)), (round(x0), round(y0)), mask)

    def _pixel(self, point: Point) -> Point:
        return (point[0] + self.margin) * self.unit, (point[1] + self.margin) * self.unit


def regular_polygon(n: int, centre: Point, radius: float, turn: float = 0.0) -> list[Point]:
    """Corners of a regular n-gon; the first lies ``turn`` degrees clockwise of the top."""
    angles = np.radians(turn + 360 * np.arange(n) / n)
    return [
        (centre[0] + radius * np.sin(angle), centre[1] - radius * np.cos(angle)) for angle in angles
    ]


def mirrored(points: list[Point]) -> list[Point]:
    """The points seen in a mirror: left becomes right."""
    return [(100 - x, y) for x, y in points]


@lru_cache(maxsize=64)
def _letters(string: str) -> Image.Image:
    """The string in white on black, cropped to its ink."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size=120)
    left, top, right, bottom = (round(v) for v in font.getbbox(string, stroke_width=7))
    image = Image.new("L", (right - left, bottom - top), 0)
    ImageDraw.Draw(image).text((-left, -top), string, fill=255, font=font, stroke_width=7)
    return image.crop(image.getbbox())
