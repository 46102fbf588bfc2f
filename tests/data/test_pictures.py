"""Pictures as a dataset: all held, or a part of very many."""

import numpy as np
import pytest

from framework import Border, pictures
from framework.core.cases.splitting import split
from framework.core.errors import DataError
from framework.data.decoding import Form, decoded
from framework.data.picture_files import PictureFiles
from framework.data.pictures import Parting, held, streamed
from tests.pictures import write_folder

FORM = Form((8, 8, 3))
EACH = FORM.bytes


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("folder"), {"dark": 120, "light": 70, "other": 10})


@pytest.fixture(scope="module")
def files(folder):
    return PictureFiles.of_folder(folder)


def parts_of(dataset):
    """The names of the cases in each part."""
    names = np.array(dataset.case_names)
    rest = ~(dataset.test | dataset.validation)
    return names[rest], names[dataset.validation], names[dataset.test]


def test_all_are_held_named_by_their_files(folder):
    found = pictures(folder, labels=("other", "light", "dark"), size=8)
    assert (found.X.shape, found.X.dtype) == ((200, 8, 8, 3), np.uint8)
    assert found.labels == ("other", "light", "dark")
    assert np.bincount(found.y).tolist() == [10, 70, 120]
    assert list(found.case_names[:2]) == ["dark/000.png", "dark/001.jpg"]
    assert (found.test, found.stream) == (None, None)


def test_a_plugin_says_size_border_and_groups(folder, tmp_path):
    found = pictures(folder, size=(6, 4), border=Border(share=0.1))
    assert (found.X.shape[1:], found.image_border) == ((4, 6, 3), Border(share=0.1))
    for name in ("a/ann", "b/ann", "b/bob"):
        write_folder(tmp_path / name, {".": 1})
    assert pictures(tmp_path, groups="subfolder").groups.tolist() == ["ann", "ann", "bob"]


def test_more_than_may_be_held_are_read_from_their_files(folder, monkeypatch):
    monkeypatch.setattr("framework.data.pictures.IN_MEMORY", 200 * EACH - 1)
    found = pictures(folder, size=8)
    assert sum(found.stream.sizes) + found.test.sum() + found.validation.sum() == 200


def test_a_test_part_that_comes_with_them(folder, tmp_path):
    write_folder(tmp_path, {"light": 5})
    test = PictureFiles.of_folder(tmp_path, ("dark", "light", "other"))
    files = PictureFiles.of_folder(folder)
    assert held(files, FORM, test).test.sum() == 5
    with pytest.raises(DataError, match=r"dark/000\.png is in the training part and in the test"):
        held(files, FORM, files)


def test_the_stream_and_the_parts_are_all_pictures_once(files):
    found = streamed(files, FORM)
    sample, validation, test = parts_of(found)
    blocks = [found.stream.read(k) for k in range(len(found.stream.sizes))]
    n_streamed = sum(map(len, blocks))
    assert n_streamed + len(validation) + len(test) == 200
    assert n_streamed == len(sample)  # all of so few are looked at
    assert sorted([*sample, *validation, *test]) == sorted(files.names)
    streamed_counts = np.bincount(np.concatenate([block.y for block in blocks]), minlength=3)
    np.testing.assert_array_equal(found.stream.class_counts, streamed_counts)
    # A quarter, and .15, within three standard deviations of a draw.
    assert abs(len(test) - 50) < 19
    assert abs(len(validation) - 30) < 16
    np.testing.assert_array_equal(
        found.X, decoded([files.root / name for name in found.case_names], FORM)
    )


def test_parts_are_no_larger_than_what_may_be_held(files):
    found = streamed(files, FORM, Parting(tested=20 * EACH, validated=10 * EACH, sampled=30 * EACH))
    sample, validation, test = parts_of(found)
    assert abs(len(test) - 20) < 14
    assert abs(len(validation) - 10) < 10
    # 30 by a hash, and of each class 20, or as many as there are.
    counts = np.bincount([found.labels.index(name.split("/")[0]) for name in sample])
    assert counts.min() >= 3
    assert counts[:2].min() >= 20
    assert len(sample) <= 30 + 20 * 3


def test_no_picture_changes_sides_when_others_are_added_or_the_seed_stays(files):
    before = parts_of(streamed(files, FORM))
    again = parts_of(streamed(files.chosen(np.arange(200) % 2 == 0), FORM))
    for part, all_of_it in zip(again, before, strict=True):
        assert set(part) <= set(all_of_it)
    other = parts_of(streamed(files, FORM, Parting(seed=1)))
    assert set(other[2]) != set(before[2])


def test_groups_stay_whole(tmp_path):
    for patient in range(20):
        for k, name in enumerate(("ill", "well")):
            write_folder(tmp_path / name / f"p{patient}", {".": 2 + k}, (".png",))
    files = PictureFiles.of_folder(tmp_path, groups="subfolder")
    found = streamed(files, FORM)
    sides = [
        {str(group) for group in found.groups[mask]}
        for mask in (found.test, found.validation, ~(found.test | found.validation))
    ]
    assert sum(map(len, sides)) == len(set.union(*sides)) == 20
    assert all(sides)
    parts = split(found)
    np.testing.assert_array_equal(parts.test, np.flatnonzero(found.test))


def test_a_separate_test_part_leaves_more_to_train_with(files, tmp_path):
    test = PictureFiles.of_folder(write_folder(tmp_path, {"dark": 40, "light": 40}), files.labels)
    found = streamed(files, FORM, test=test)
    assert found.test.sum() == 80
    assert sum(found.stream.sizes) + found.validation.sum() == 200
    few = streamed(files, FORM, Parting(tested=20 * EACH), test=test)
    assert 5 <= few.test.sum() <= 35
