"""Pictures as a model takes them: cut, in its size and colours, as bytes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from framework.errors import DataError

MODES = {1: "L", 3: "RGB", 4: "RGBA"}
SUFFIXES = (".png", ".jpg", ".jpeg", ".ppm", ".bmp")
# A small file may unfold into gigabytes; photographs stay below this.
MAX_PIXELS = 50_000_000

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Border:
    """What a dataset's loader cuts off around the object, where nobody annotated it.

    From each side ``share`` of it, but at least ``pixels`` and at most ``at_most`` of it. Part
    of a model's signature: one trained on cut pictures must be given cut ones.
    """

    share: float
    pixels: float = 0.0
    at_most: float = 0.25

    def box(self, size: tuple[int, int]) -> Box:
        """Left, top, right, bottom of what is left of ``size`` (width, height)."""
        across, down = (
            min(max(self.pixels, side * self.share), side * self.at_most) for side in size
        )
        return across, down, size[0] - across, size[1] - down


def is_picture(shape: Sequence[int]) -> bool:
    """Whether an array of this shape is a picture: (height, width, channels)."""
    return len(shape) == 3 and shape[2] in MODES


def read_image(
    source: Path | bytes,
    shape: Sequence[int],
    border: Border | None = None,
    formats: tuple[str, ...] | None = None,
) -> NDArray[np.uint8]:
    """A picture as bytes of ``shape`` (height, width, channels), without its ``border``.

    ``formats`` restricts what is read to these of Pillow's, for example ``("PNG", "JPEG")``.

    Raises
    ------
    DataError
        When it cannot be read as a picture, or is too large.
    """
    try:
        with warnings.catch_warnings(), _open(source, formats) as image:
            warnings.simplefilter("ignore")  # of broken metadata
            if image.width * image.height > MAX_PIXELS:
                raise DataError(
                    f"expected a picture of at most {MAX_PIXELS:,} pixels, received "
                    f"{image.width} x {image.height}"
                )
            return fit(image, shape, border.box(image.size) if border else None)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = str(error).replace(f" {source!r}", "")[:200]
        raise DataError(
            f"expected a picture ({', '.join(formats or ('PNG', 'JPEG', '...'))}), "
            f"received {_described(source)} that cannot be read: {reason}"
        ) from error


def fit(image: Image.Image, shape: Sequence[int], box: Box | None = None) -> NDArray[np.uint8]:
    """``box`` of ``image`` (default: all of it), resized to ``shape`` with bilinear filtering."""
    height, width, channels = shape
    small = image.convert(MODES[channels]).resize(
        (width, height), Image.Resampling.BILINEAR, box=box
    )
    return np.asarray(small).reshape(shape)


def _open(source: Path | bytes, formats: tuple[str, ...] | None) -> Any:
    file: Path | IO[bytes] = BytesIO(source) if isinstance(source, bytes) else source
    return Image.open(file, formats=formats)


def _described(source: Path | bytes) -> str:
    return f"{len(source)} bytes" if isinstance(source, bytes) else "a file"
