"""The dataset ``gtsrb``: photographs of German signs, read from a folder the user downloaded.

Stallkamp, Schlipsing, Salmen, Igel: "Man vs. computer: Benchmarking machine learning algorithms
for traffic sign recognition", Neural Networks 32, 2012.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from framework import Border, DataError, Dataset, fit
from fw_street_signs.gtsrb_files import Photo, held_out_photos, training_photos
from fw_street_signs.gtsrb_labels import LABELS

SHAPE = (32, 32, 3)
# The benchmark left a tenth of the sign's size around it, at least 5 pixels.
BORDER = Border(share=1 / 12, pixels=5, at_most=1 / 4)
TEST_GROUPS = 10**9  # added to a test photograph's group: never that of a training one


def load(data_dir: str | Path | None = None, test_dir: str | Path | None = None) -> Dataset:
    """The photographs, 32 x 32 pixels, frames of one physical sign in one group.

    Each is cut to the sign: to the annotated region or, where a folder has no annotations, by
    the border that the benchmark documents. (On a thinned copy this took a small network from
    67 % to 80 % right; one trained on cut and judged on uncut photographs fell to 47 %.)

    Parameters
    ----------
    data_dir : path
        Class folders 00000 to 00042, or any folder above them (the unpacked archive).
    test_dir : path, optional
        The official test set (``GT-final_test.csv`` and its images), or class folders. It
        becomes the test part; it need not show every class.

    Raises
    ------
    DataError
        Naming the file that is missing, malformed or unreadable, and what to do.
    """
    if data_dir is None:
        raise DataError(
            "the photographs do not come with the plugin: download "
            "GTSRB_Final_Training_Images.zip from https://benchmark.ini.rub.de/gtsrb_dataset.html, "
            "unpack it, and pass --data DIR"
        )
    training = training_photos(Path(data_dir))
    test = [] if test_dir is None else held_out_photos(Path(test_dir))
    _check_apart(training, test)
    photos = training + test
    X = np.stack([_pixels(photo) for photo in photos])
    is_test = np.arange(len(photos)) >= len(training)
    return Dataset(
        X,
        np.array([photo.class_id for photo in photos]),
        LABELS,
        groups=np.concatenate([_groups(training), TEST_GROUPS + _groups(test)]),
        test=None if test_dir is None else is_test,
        image_border=BORDER,
    )


def _groups(photos: list[Photo]) -> NDArray[np.int64]:
    """One number per physical sign; a photograph whose track is not known is its own group."""
    return np.array(
        [
            10**8 + k if photo.track is None else photo.class_id * 100_000 + photo.track
            for k, photo in enumerate(photos)
        ],
        dtype=np.int64,
    )


def _pixels(photo: Photo) -> NDArray[np.uint8]:
    from PIL import Image

    try:
        with Image.open(photo.path) as image:
            return fit(image, SHAPE, _sign(photo, image.size))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(
            f"{photo.path}: expected an image that Pillow can read, received {error}; "
            "unpack or download it again"
        ) from error


def _sign(photo: Photo, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The rectangle around the sign: the annotated one, else the image without its border."""
    width, height = size
    if photo.roi is None:
        return BORDER.box(size)
    left, top, right, bottom = photo.roi
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise DataError(
            f"{photo.path}: expected a region of interest within its {width} x {height} pixels, "
            f"received {photo.roi} from {photo.annotation}; correct that line"
        )
    return photo.roi


def _check_apart(training: list[Photo], test: list[Photo]) -> None:
    shared = {photo.path.resolve() for photo in training} & {p.path.resolve() for p in test}
    if shared:
        raise DataError(
            f"{len(shared)} photographs are in both parts (for instance {min(shared)}); expected "
            "--data and --test-data to name different ones; give the test set's own folder"
        )
