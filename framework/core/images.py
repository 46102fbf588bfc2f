"""Pictures as a model takes them: cut, in its size and colours, as bytes.

Pillow is imported when there is one: whoever answers for a table does without.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from framework.core.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

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
    from PIL import Image, UnidentifiedImageError

    name = "the picture" if isinstance(source, bytes) else str(source)
    file = BytesIO(source) if isinstance(source, bytes) else source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken metadata
            with Image.open(file, formats=formats) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise DataError(
                        f"{name}: expected at most {MAX_PIXELS:,} pixels, received "
                        f"{image.width} x {image.height}; make it smaller"
                    )
                return fit(image, shape, border.box(image.size) if border else None)
    except FileNotFoundError:
        raise DataError(f"{name}: no such file") from None
    except UnidentifiedImageError:
        kind = " or ".join(formats) if formats else "picture that Pillow knows"
        raise DataError(f"{name}: expected a {kind}, received something else") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{name}: cannot be read ({error})") from error


def read_images(
    path: Path, shape: Sequence[int], border: Border | None = None
) -> tuple[list[Path], NDArray[np.uint8]]:
    """The picture ``path``, or all in that folder by name: their files, and bytes (n, *shape)."""
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
        if not files:
            raise DataError(f"{path}: expected pictures ({', '.join(SUFFIXES)}), received none")
    return files, np.stack([read_image(file, shape, border) for file in files])


def fit(image: Image.Image, shape: Sequence[int], box: Box | None = None) -> NDArray[np.uint8]:
    """``box`` of ``image`` (default: all of it), resized to ``shape`` with bilinear filtering."""
    from PIL import Image

    height, width, channels = shape
    small = image.convert(MODES[channels]).resize(
        (width, height), Image.Resampling.BILINEAR, box=box
    )
    return np.asarray(small).reshape(shape)
