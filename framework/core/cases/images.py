"""Pictures as a model takes them: cut, in its size and colours, as bytes.

Pillow is imported when there is one: whoever answers for a table does without.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from framework.core.errors import DataError
from framework.core.file_bytes import NotAFileError, check_regular

if TYPE_CHECKING:
    from PIL import Image

MODES = {1: "L", 3: "RGB", 4: "RGBA"}
SUFFIXES = (".png", ".jpg", ".jpeg", ".ppm", ".bmp", ".webp")
FORMATS = ("PNG", "JPEG", "PPM", "BMP", "WEBP")
# A small file may unfold into gigabytes; photographs stay below these.
MAX_PIXELS = 40_000_000
MAX_BYTES = 160_000_000  # unfolded, and once more where its colours are made others
# Bytes of a pixel in memory, where it has another than 4: colours are kept aligned.
PIXEL_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "LA": 4}

ORIENTATION = 0x0112  # EXIF's tag: how a camera was held
ON_ITS_SIDE = 5  # from this orientation on, width and height are exchanged

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
    """A picture as bytes of ``shape`` (height, width, channels), upright and without its ``border``.

    Upright is what EXIF says of how the camera was held.
    ``formats`` restricts what is read to these of Pillow's, ``left`` how many pixels it may have beside
    what any picture may.

    Raises
    ------
    DataError
        When it cannot be read as a picture, or is too large.
    """
    with _opened(source, formats) as image:
        most = _most_pixels(image.mode, MODES[shape[2]])
        if image.width * image.height > most:
            raise DataError(
                f"{_name(source)}: expected at most {most:,} pixels, received "
                f"{image.width} x {image.height}; make it smaller"
            )
        if left is not None:
            left.take(image.width * image.height)
        return _upright(image, shape, border.box(image.size) if border else None)


def upright_size(source: Path, formats: tuple[str, ...] = FORMATS) -> tuple[int, int, str]:
    """Width, height and Pillow's mode of a picture that is upright, by its header alone.

    Raises
    ------
    DataError
        When it cannot be read as a picture.
    """
    with _opened(source, formats) as image:
        width, height = image.size
        if _orientation(image) >= ON_ITS_SIDE:
            width, height = height, width
        return width, height, image.mode


def fit(image: Image.Image, shape: Sequence[int], box: Box | None = None) -> NDArray[np.uint8]:
    """``box`` of ``image`` (default: all of it), resized to ``shape`` with bilinear filtering."""
    from PIL import Image

    height, width, channels = shape
    if image.mode.startswith("I"):  # 16 bits, of which Pillow would take all above 255 for white
        image = Image.fromarray((np.asarray(image) >> 8).clip(0, 255).astype(np.uint8))
    if image.mode != MODES[channels]:  # a copy
        image = image.convert(MODES[channels])
    small = image.resize((width, height), Image.Resampling.BILINEAR, box=box)
    return np.asarray(small).reshape(shape)


def _upright(image: Image.Image, shape: Sequence[int], box: Box | None) -> NDArray[np.uint8]:
    """``fit``, and turned as EXIF says; the border is as wide on both sides, however it is turned."""
    turned = _orientation(image)
    if turned < ON_ITS_SIDE:
        pixels = fit(image, shape, box)
    else:
        pixels = fit(image, (shape[1], shape[0], shape[2]), box).transpose(1, 0, 2)
    # Each orientation is that of 1, or of 5, which is transposed, and mirrored in one way or both.
    down = -1 if turned in (3, 4, 7, 8) else 1
    across = -1 if turned in (2, 3, 6, 7) else 1
    return pixels[::down, ::across]


def _orientation(image: Image.Image) -> int:
    """From 1 to 8; 1, upright, where it says nothing, or nonsense."""
    if image.format not in ("JPEG", "PNG", "WEBP"):
        return 1
    found = image.getexif().get(ORIENTATION, 1)
    return found if found in range(1, 9) else 1


@contextmanager
def _opened(source: Path | bytes, formats: tuple[str, ...]) -> Iterator[Image.Image]:
    """The picture, of which the header has been read; what is wrong with it becomes a sentence."""
    from PIL import Image, UnidentifiedImageError

    name = _name(source)
    file = BytesIO(source) if isinstance(source, bytes) else source
    try:
        if isinstance(source, Path):
            check_regular(source)
        with _muted, Image.open(file, formats=formats) as image:
            yield image
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


class _Muted:
    """Within, Pillow does not warn of broken metadata; in any number of threads.

    ``catch_warnings`` is for one: what it puts back when it ends is what another had put there. So the
    first to come mutes, and the last to leave ends it.
    """

    def __init__(self) -> None:
        self._lock, self._inside = Lock(), 0
        self._filters = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL\.")
            self._inside += 1

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._filters.__exit__(None, None, None)


_muted = _Muted()


def _name(source: Path | bytes) -> str:
    return "the picture" if isinstance(source, bytes) else str(source)


def _most_pixels(mode: str, wanted: str) -> int:
    """Of a picture that its file has in one mode of Pillow's, and the model in another."""
    each = PIXEL_BYTES.get(mode, 4) + (0 if mode == wanted else PIXEL_BYTES.get(wanted, 4))
    return min(MAX_PIXELS, MAX_BYTES // each)
