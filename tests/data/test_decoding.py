import logging

import numpy as np
import pytest
from PIL import Image

from framework.core.cases.images import Border, read_image
from framework.core.errors import DataError
from framework.data.decoding import Form, decoded, form_of
from tests.pictures import write_picture


def saved(path, pixels):
    Image.fromarray(pixels).save(path)
    return path


def test_many_pictures_are_the_bits_of_each_in_their_order(tmp_path):
    files = [write_picture(tmp_path / f"{i}.png", i % 2, i, (9 + i, 12)) for i in range(50)]
    form = Form((8, 6, 3), Border(share=0.1))
    X = decoded(files, form)
    assert (X.shape, X.dtype) == ((50, 8, 6, 3), np.uint8)
    for row, file in enumerate(files):
        np.testing.assert_array_equal(X[row], read_image(file, (8, 6, 3), Border(share=0.1)))
    assert form.bytes == 144
    assert decoded([], form).shape == (0, 8, 6, 3)


def test_the_first_file_that_is_no_picture_is_named(tmp_path):
    files = [write_picture(tmp_path / f"{i:02}.png") for i in range(60)]
    for i in (20, 55):
        files[i].write_bytes(b"none")
    with pytest.raises(DataError, match=r"20\.png: expected a picture"):
        decoded(files, Form((8, 8, 3)))
    files[20].unlink()
    with pytest.raises(DataError, match=r"20\.png: no such file"):
        decoded(files, Form((8, 8, 3)))


@pytest.mark.parametrize(
    ("sizes", "shape"),
    [
        ([(20, 30), (22, 40), (60, 31)], (31, 22, 3)),  # medians
        ([(640, 480)], (48, 64, 3)),  # as wide as high as it was
        ([(1000, 10)], (16, 64, 3)),  # no side is less than 16
        ([(8, 8)], (16, 16, 3)),
    ],
)
def test_the_shape_is_the_medians_within_bounds(tmp_path, sizes, shape, caplog):
    files = [write_picture(tmp_path / f"{i}.png", 0, i, size) for i, size in enumerate(sizes)]
    with caplog.at_level(logging.INFO):
        assert form_of(files).shape == shape
    assert f"brought to {shape[1]} x {shape[0]} pixels, in colour" in caplog.text


def test_a_size_that_is_given_counts_and_grey_stays_grey(tmp_path):
    grey = [saved(tmp_path / f"{i}.png", np.full((9, 9), 99, np.uint8)) for i in range(3)]
    assert form_of(grey, (12, 10)).shape == (10, 12, 1)
    colour = write_picture(tmp_path / "c.png")
    border = Border(share=0.1)
    assert form_of([*grey, colour], (12, 10), border) == Form((10, 12, 3), border)


def test_a_picture_on_its_side_counts_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    assert form_of([tmp_path / "a.jpg"]).shape == (40, 20, 3)


def test_without_pictures_there_is_no_shape():
    with pytest.raises(DataError, match="there are no pictures"):
        form_of([])
