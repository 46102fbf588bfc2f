import shutil
from collections import namedtuple
from contextlib import suppress

import numpy as np
import pytest

from framework.core.errors import DataError, StorageError
from framework.data.case_file import CaseFile, CaseFileWriter, Layout, written_before

COUNTS = np.array([4, 1])
X = np.arange(10.0).reshape(5, 2)
Y = np.array([0, 1, 0, 0, 0])
AMOUNTS = np.array([1e9 + 0.25, 2, 3, 4, 5])


@pytest.fixture
def layout():
    return Layout.of((3, 2), 2, "<f4", 2, ("amount",))


def write(folder, layout, identity="cases"):
    with CaseFileWriter(folder, layout, identity) as writer:
        for rows in (slice(0, 3), slice(3, 5)):
            writer.write(X[rows], Y[rows], {"amount": AMOUNTS[rows]})


def test_blocks_are_read_as_they_were_written(tmp_path, layout):
    write(tmp_path, layout)
    file = CaseFile(tmp_path, layout, COUNTS, "cases")
    assert file.sizes == (3, 2)
    for _ in range(2):  # as often as they are asked for
        second, first = file.read(1), file.read(0)
        assert (len(first), len(second)) == (3, 2)
        np.testing.assert_array_equal(np.concatenate([first.X, second.X]), X)
        np.testing.assert_array_equal(np.concatenate([first.y, second.y]), Y)
        amounts = np.concatenate([first.columns["amount"], second.columns["amount"]])
        np.testing.assert_array_equal(amounts, AMOUNTS)
    assert first.X.dtype == np.float32
    # Two features of four bytes, a class of one, a column of eight.
    assert (tmp_path / "cases.bin").stat().st_size == 5 * 17 == layout.bytes


def test_classes_take_as_few_bytes_as_will_do():
    assert [
        np.dtype(Layout.of((1,), 0, "<f4", n, ()).class_dtype).itemsize
        for n in (2, 256, 257, 70_000)
    ] == [1, 1, 2, 4]


def test_what_is_whole_and_of_the_same_cases_is_taken_up(tmp_path, layout):
    assert written_before(tmp_path, "cases") is None
    write(tmp_path, layout)
    assert written_before(tmp_path, "cases") == layout
    assert written_before(tmp_path, "others") is None
    (tmp_path / "cases.bin").write_bytes(b"cut short")
    assert written_before(tmp_path, "cases") is None


def test_what_was_interrupted_is_not_taken_up(tmp_path, layout):
    with suppress(KeyboardInterrupt), CaseFileWriter(tmp_path, layout, "cases") as writer:
        writer.write(X[:3], Y[:3], {"amount": AMOUNTS[:3]})
        raise KeyboardInterrupt
    assert written_before(tmp_path, "cases") is None


def test_a_disk_without_room_is_told_before_anything_is_written(tmp_path, layout, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 80, 80))
    with pytest.raises(
        StorageError, match=r"take 0\.0 GB there, and the disk has 0\.0 GB left; free"
    ):
        write(tmp_path, layout)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_grow_is_told(tmp_path, layout, files_up_to):
    told = "cannot be written: files may not be that large"
    with pytest.raises(StorageError, match=told), files_up_to(20):
        write(tmp_path, layout)


def test_a_file_that_has_gone_or_was_cut_short_is_told(tmp_path, layout):
    write(tmp_path, layout)
    file = CaseFile(tmp_path, layout, COUNTS, "cases")
    with (tmp_path / "cases.bin").open("r+b") as cut:
        cut.truncate(60)
    file.read(0)
    with pytest.raises(DataError, match="is shorter than when it was written"):
        file.read(1)
    (tmp_path / "cases.bin").unlink()
    with pytest.raises(DataError, match="can no longer be read: No such file"):
        file.read(0)
