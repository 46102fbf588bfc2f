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
from framework.core.file_bytes import NotAFileError, check_regular

if TYPE_CHECKING:
    from PIL import Image

MODES = {1: "L", 3: "RGB", 4: "RGBA"}
SUFFIXES = (".png", ".jpg", ".jpeg", ".ppm", ".bmp")
FORMATS = ("PNG", "JPEG", "PPM", "BMP")
# A small file may unfold into gigabytes; photographs stay below these.
MAX_PIXELS = 40_000_000
MAX_BYTES = 160_000_000  # unfolded, and once more where its colours are made others
# Bytes of a pixel in memory, where it has another than 4: colours are kept aligned.
PIXEL_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "LA": 4}

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


@dataclass
class Pixels:
    """How many are ``left`` of those that all pictures of a request may have together."""

    left: int

    def take(self, pixels: int) -> None:
        """Raise DataError where that many are left no more."""
        self.left -= pixels
        if self.left < 0:
            raise DataError(
                "the pictures have more pixels together than are decoded at a time; send fewer, or "
                "smaller ones"
            )


def is_picture(shape: Sequence[int]) -> bool:
    """Whether an array of this shape is a picture: (height, width, channels)."""
    return len(shape) == 3 and shape[2] in MODES


def read_image(
    source: Path | bytes,
    shape: Sequence[int],
    border: Border | None = None,
    formats: tuple[str, ...] = FORMATS,
    left: Pixels | None = None,
) -> NDArray[np.uint8]:
    """A picture as bytes of ``shape`` (height, width, channels), without its ``border``.

    ``formats`` restricts what is read to these of Pillow's, ``left`` how many pixels it may have beside
    what any picture may.

    Raises
    ------
    DataError
        When it cannot be read as a picture, or is too large.
    """
    from PIL import Image, UnidentifiedImageError

    name = "the picture" if isinstance(source, bytes) else str(source)
    file = BytesIO(source) if isinstance(source, bytes) else source
    try:
        if isinstance(source, Path):
            check_regular(source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken metadata
            with Image.open(file, formats=formats) as image:
                most = _most_pixels(image.mode, MODES[shape[2]])
                if image.width * image.height > most:
                    raise DataError(
                        f"{name}: expected at most {most:,} pixels, received "
                        f"{image.width} x {image.height}; make it smaller"
                    )
                if left is not None:
                    left.take(image.width * image.height)
                return fit(image, shape, border.box(image.size) if border else None)
    except FileNotFoundError:
        raise DataError(f"{name}: no such file") from None
    except UnidentifiedImageError:
        kind = " or ".join(formats)
        kind = f"picture ({kind})" if formats == FORMATS else kind
        raise DataError(f"{name}: expected a {kind}, received something else") from None
    except NotAFileError as error:
        raise DataError(f"{name} {error}") from None
    except DataError:
        raise
    except Exception as error:  # of a damaged file each of Pillow's formats raises what it likes
        raise DataError(f"{name}: cannot be read ({type(error).__name__}: {error})") from error


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
    if image.mode != MODES[channels]:  # a copy
        image = image.convert(MODES[channels])
    small = image.resize((width, height), Image.Resampling.BILINEAR, box=box)
    return np.asarray(small).reshape(shape)


def _most_pixels(mode: str, wanted: str) -> int:
    """Of a picture that its file has in one mode of Pillow's, and the model in another."""
    each = PIXEL_BYTES.get(mode, 4) + (0 if mode == wanted else PIXEL_BYTES.get(wanted, 4))
    return min(MAX_PIXELS, MAX_BYTES // each)
