import numpy as np
import pytest
from PIL import Image

from framework.core.errors import DataError
from framework.core.images import Border, read_image, read_images

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
