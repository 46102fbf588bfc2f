import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from framework.core.cases.images import Border, Pixels, read_image, upright_size
from framework.core.errors import DataError

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


def test_what_is_no_picture_or_not_there_is_told(tmp_path):
    (tmp_path / "c.txt").write_text("c")
    with pytest.raises(DataError, match=r"c\.txt: expected a picture"):
        read_image(tmp_path / "c.txt", (4, 4, 1))
    with pytest.raises(DataError, match="no such file"):
        read_image(tmp_path / "d.png", (4, 4, 1))


@pytest.mark.parametrize("kind", ["PNG", "PPM"])
def test_of_16_bits_the_upper_8_are_taken(kind):
    pixels = np.array([[0, 255], [256, 0x8001], [0xFF00, 0xFFFF]], np.uint16)
    file = BytesIO()
    Image.fromarray(pixels).save(file, kind)
    grey = read_image(file.getvalue(), (3, 2, 1))
    assert grey[..., 0].tolist() == [[0, 0], [1, 0x80], [0xFF, 0xFF]]
    np.testing.assert_array_equal(read_image(file.getvalue(), (3, 2, 3)), grey.repeat(3, axis=2))


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_is_turned_as_the_camera_was_held(turned, kind):
    """As Pillow turns it, which has functions of its own for each of the eight."""
    pixels = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    exif, file = Image.Exif(), BytesIO()
    exif[0x0112] = turned
    Image.fromarray(pixels).save(file, kind, exif=exif, lossless=True)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(BytesIO(file.getvalue()))))
    np.testing.assert_array_equal(read_image(file.getvalue(), upright.shape), upright)


def test_the_border_is_cut_off_a_picture_on_its_side_too(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (20, 40, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    cut = read_image(tmp_path / "a.png", (30, 10, 3), Border(share=0, pixels=5, at_most=0.5))
    np.testing.assert_array_equal(cut, pixels[5:15, 5:35].transpose(1, 0, 2)[:, ::-1])
    assert upright_size(tmp_path / "a.png") == (20, 40, "RGB")


def test_threads_side_by_side_leave_warnings_as_they_were(tmp_path):
    """Broken metadata make Pillow warn, which is an error in tests; it is not told, whoever decodes."""
    exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff" + bytes(10)
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
    with pytest.warns(UserWarning, match="Corrupt EXIF"), Image.open(tmp_path / "a.jpg") as image:
        image.getexif()
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: read_image(tmp_path / "a.jpg", (8, 8, 3)), range(300)))
    assert warnings.filters == before
    with pytest.raises(UserWarning, match="Corrupt EXIF"), Image.open(tmp_path / "a.jpg") as image:
        image.getexif()


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
