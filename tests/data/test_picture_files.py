"""Which files are pictures, of which class and group; nothing is decoded, so none needs to be one."""

import logging

import numpy as np
import pytest

from framework.core.cases.table import Table
from framework.core.errors import DataError
from framework.data.picture_files import PictureFiles
from tests.pictures import touch


def manifest(**columns):
    return Table(
        {
            name: np.array(values, dtype=float if isinstance(values[0], float) else object)
            for name, values in columns.items()
        }
    )


def test_a_folder_a_class_and_folders_within(tmp_path):
    touch(tmp_path, "cat/b.PNG", "cat/a.jpeg", "dog/litter/1/c.webp", "dog/z.bmp")
    files = PictureFiles.of_folder(tmp_path)
    assert files.labels == ("cat", "dog")
    assert list(files.names) == ["cat/a.jpeg", "cat/b.PNG", "dog/litter/1/c.webp", "dog/z.bmp"]
    assert files.y.tolist() == [0, 0, 1, 1]
    assert files.paths([2]) == [tmp_path / "dog" / "litter" / "1" / "c.webp"]
    assert files.groups is None


@pytest.mark.parametrize(
    ("folders", "labels"),
    [
        (("yes", "no"), ("no", "yes")),
        (("10", "9", "2"), ("2", "9", "10")),
        (("b", "a", "C"), ("C", "a", "b")),
    ],
)
def test_the_order_of_the_classes(tmp_path, folders, labels):
    touch(tmp_path, *(f"{name}/a.png" for name in folders))
    assert PictureFiles.of_folder(tmp_path).labels == labels


def test_what_systems_leave_is_not_seen_and_other_files_are_told(tmp_path, caplog):
    touch(tmp_path, "a/1.png", "a/._1.png", "a/.DS_Store", "b/1.png", "__MACOSX/a/1.png", ".git/x")
    touch(tmp_path, "b/notes.txt", "b/more.txt", "a/index", "read.me")
    with caplog.at_level(logging.WARNING):
        files = PictureFiles.of_folder(tmp_path)
    assert list(files.names) == ["a/1.png", "b/1.png"]
    assert (
        "left out, for by their names they are no pictures: 1 without a suffix, 2 .txt"
        in caplog.text
    )


def test_groups_are_the_folders_within_the_classes_whatever_the_class(tmp_path):
    touch(tmp_path, "ill/ann/1.png", "well/ann/2.png", "well/bob/2019/3.png")
    files = PictureFiles.of_folder(tmp_path, groups="subfolder")
    assert files.groups.tolist() == ["ann", "ann", "bob/2019"]
    touch(tmp_path, "ill/4.png")
    with pytest.raises(
        DataError, match=r"4\.png: groups are to be the folders within those of the"
    ):
        PictureFiles.of_folder(tmp_path, groups="subfolder")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "expected a folder a class with its pictures, received no folder"),
        (("a.png",), "expected a folder a class with its pictures, received no folder"),
        (("a/1.png", "b/x.txt"), r"/b: expected pictures \(.*\), received none; remove the folder"),
        (("a/1.png", "b/1.png", "x.png", "y.jpg"), r"2 pictures are beside the folders.*x\.png"),
        (("train/a/1.png", "test/a/1.png"), "its folders test, train are parts and no classes"),
    ],
)
def test_another_layout_is_told_in_a_sentence(tmp_path, names, message):
    with pytest.raises(DataError, match=message):
        PictureFiles.of_folder(touch(tmp_path, *names))


def test_a_test_part_may_lack_classes_but_not_have_others(tmp_path):
    touch(tmp_path, "b/1.png")
    files = PictureFiles.of_folder(tmp_path, ("a", "b"))
    assert (files.labels, files.y.tolist()) == (("a", "b"), [1])
    with pytest.raises(DataError, match="the folder b is none of the classes a, c"):
        PictureFiles.of_folder(tmp_path, ("a", "c"))
    with pytest.raises(DataError, match="expected a folder with a folder a class, received none"):
        PictureFiles.of_folder(tmp_path / "nothing")


def test_a_manifest_names_files_labels_groups_and_what_costs_depend_on(tmp_path):
    table = manifest(
        file=["x/1.png", " 2.png "], kind=["ill", "well"], who=["7", "8"], fee=[2.0, 3.5]
    )
    uses = {"picture": "file", "target": "kind", "groups": "who"}
    files = PictureFiles.of_manifest(tmp_path, table, uses)
    assert files.paths([0, 1]) == [tmp_path / "x" / "1.png", tmp_path / "2.png"]
    assert (files.labels, files.y.tolist()) == (("ill", "well"), [0, 1])
    assert files.groups.tolist() == ["7", "8"]
    assert {name: of.tolist() for name, of in files.columns.items()} == {"fee": [2.0, 3.5]}


def test_a_row_without_a_label_is_left_out_and_one_without_a_file_refused(tmp_path, caplog):
    uses = {"picture": "file", "target": "kind"}
    table = manifest(file=["1.png", "2.png", "3.png"], kind=["a", None, "b"])
    assert list(PictureFiles.of_manifest(tmp_path, table, uses).names) == ["1.png", "3.png"]
    assert '1 of 3 pictures have no "kind" and were left out' in caplog.text
    table = manifest(file=["1.png", " "], kind=["a", "b"])
    with pytest.raises(DataError, match='case 2, "file": expected text, received nothing'):
        PictureFiles.of_manifest(tmp_path, table, uses)


def test_a_picture_has_one_row(tmp_path):
    table = manifest(file=["1.png", "1.png"], kind=["a", "b"])
    with pytest.raises(DataError, match=r'"1\.png" stands in 2 rows; expected each picture in one'):
        PictureFiles.of_manifest(tmp_path, table, {"picture": "file", "target": "kind"})


def test_a_manifest_lacks_a_column_or_has_a_label_too_many(tmp_path):
    table = manifest(file=["1.png", "2.png"], kind=["a", "b"])
    with pytest.raises(DataError, match="path"):
        PictureFiles.of_manifest(tmp_path, table, {"picture": "path", "target": "kind"})
    uses = {"picture": "file", "target": "kind"}
    with pytest.raises(DataError, match=r"labels \['b'\] in the data"):
        PictureFiles.of_manifest(tmp_path, table, uses, ("a", "c"))


@pytest.mark.parametrize(("n", "looked_at"), [(1, 1), (500, 500), (501, 251), (100_000, 500)])
def test_a_few_of_very_many_are_looked_at(tmp_path, n, looked_at):
    names = [f"{i}.png" for i in range(n)]
    some = PictureFiles(tmp_path, names, np.zeros(n, int), ("a", "b")).some()
    assert len(some) == looked_at
    assert int(some[-1].stem) >= n - 1 - n // looked_at
