import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from framework.core.errors import DataError
from framework.core.images import Border, Pixels, read_image, read_images

GTSRB = Border(share=1 / 12, pixels=5, at_most=1 / 4)


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((120, 240), (10, 20, 110, 220)),  # a twelfth
        ((36, 30), (5, 5, 31, 25)),  # at least 5 pixels
        ((12, 16), (3, 4, 9, 12)),  # at most a quarter
    ],
)
def test_the_border_by_hand(size, box):
    assert GTSRB.box(size) == box


def test_the_border_is_cut_off_and_the_rest_resized(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (42, 42, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    cut = read_image(tmp_path / "a.png", (32, 32, 3), GTSRB)
    np.testing.assert_array_equal(cut, pixels[5:37, 5:37])
    whole = read_image(tmp_path / "a.png", (42, 42, 3))
    np.testing.assert_array_equal(whole, pixels)
    assert read_image(tmp_path / "a.png", (3, 5, 1), GTSRB).shape == (3, 5, 1)


def test_a_folder_is_read_by_name_and_other_files_left(tmp_path):
    for name, grey in (("b.png", 20), ("a.JPG", 10)):
        Image.new("L", (4, 4), grey).save(tmp_path / name)
    (tmp_path / "c.txt").write_text("c")
    files, X = read_images(tmp_path, (4, 4, 1))
    assert [file.name for file in files] == ["a.JPG", "b.png"]
    assert X[:, 0, 0, 0].tolist() == [10, 20]
    with pytest.raises(DataError, match=r"c\.txt: expected a picture"):
        read_images(tmp_path / "c.txt", (4, 4, 1))
    with pytest.raises(DataError, match="no such file"):
        read_images(tmp_path / "d.png", (4, 4, 1))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="expected pictures"):
        read_images(tmp_path / "empty", (4, 4, 1))


def png(width, height):
    """A picture of one colour, and as small as it gets."""
    packing = zlib.compressobj(9)
    line = bytes(1 + width * 3)
    data = b"".join([packing.compress(line) for _ in range(height)] + [packing.flush()])

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_a_picture_that_unfolds_is_refused_by_its_header():
    """Of 145 KB, and 50 million pixels: 200 MB, and as many again in other colours."""
    bomb = png(7071, 7071)
    assert len(bomb) < 200_000
    with pytest.raises(
        DataError, match=r"expected at most 40,000,000 pixels, received 7071 x 7071"
    ):
        read_image(bomb, (32, 32, 3))
    with pytest.raises(DataError, match="expected at most 32,000,000 pixels"):
        read_image(png(6000, 6000), (32, 32, 1))


def test_pictures_have_so_many_pixels_together():
    left = Pixels(30)
    read_image(png(4, 4), (4, 4, 3), left=left)
    with pytest.raises(DataError, match="more pixels together than are decoded at a time"):
        read_image(png(4, 4), (4, 4, 3), left=left)


@pytest.mark.parametrize(
    "data",
    [
        png(4, 4)[:-30],
        png(4, 4).replace(b"IDAT", b"ID\x00T"),
        b"P6 4 4 " + b"9" * 5000,
        b"P6\n-1 4\n255\n",
        b"BM" + bytes(60),
    ],
    ids=["cut off", "another chunk", "many digits", "a negative side", "empty"],
)
def test_a_damaged_picture_is_told_in_a_sentence(data):
    with pytest.raises(DataError, match="the picture: "):
        read_image(data, (4, 4, 3))
