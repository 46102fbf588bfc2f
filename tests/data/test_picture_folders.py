import pytest

from framework.core.errors import DataError
from framework.data.picture_folders import files_below, holds_pictures
from tests.pictures import touch


def test_all_pictures_below_a_folder_and_a_file_itself(tmp_path):
    touch(tmp_path, "b/2.png", "a/1.jpg", "0.bmp", "x.txt")
    found = [file.relative_to(tmp_path).as_posix() for file in files_below(tmp_path)]
    assert found == ["0.bmp", "a/1.jpg", "b/2.png"]
    assert files_below(tmp_path / "x.txt") == [tmp_path / "x.txt"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"expected pictures \(\.png, .*\), received none"):
        files_below(tmp_path / "empty")


def test_a_folder_without_folders_holds_no_pictures(tmp_path):
    assert not holds_pictures(tmp_path)
    assert not holds_pictures(touch(tmp_path, "part-0.parquet") / "part-0.parquet")
    assert holds_pictures(touch(tmp_path, "a/1.png"))
