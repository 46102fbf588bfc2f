import numpy as np
import pytest

from framework.core.cases.images import read_image
from framework.core.errors import DataError
from framework.data import picture_stream
from framework.data.decoding import Form
from framework.data.picture_files import PictureFiles
from framework.data.picture_stream import PictureStream
from tests.pictures import write_folder

FORM = Form((8, 8, 3))


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_stream, "MOST_PICTURES", 10)
    return PictureFiles.of_folder(write_folder(tmp_path, {"dark": 25, "light": 17}))


def test_blocks_hold_every_picture_once_the_classes_mixed(files):
    stream = PictureStream(files, FORM)
    assert stream.sizes == (10, 10, 10, 10, 2)
    assert stream.class_counts.tolist() == [25, 17]
    blocks = [stream.read(k) for k in range(5)]
    assert tuple(map(len, blocks)) == stream.sizes
    assert all(len(set(block.y)) == 2 for block in blocks[:4])
    read = {block.X[i].tobytes() for block in blocks for i in range(len(block))}
    assert read == {read_image(path, FORM.shape).tobytes() for path in files.paths(range(42))}


def test_a_block_is_always_the_same(files):
    first, again = PictureStream(files, FORM, seed=3), PictureStream(files, FORM, seed=3)
    np.testing.assert_array_equal(first.read(2).X, again.read(2).X)
    np.testing.assert_array_equal(first.read(2).X, first.read(2).X)
    assert not np.array_equal(first.read(2).y, PictureStream(files, FORM, seed=4).read(2).y)


def test_hosts_have_their_own_pictures_and_together_all(files):
    hosts = [PictureStream(files, FORM, seed=5).of_host(index, 3) for index in range(3)]
    assert [sum(host.sizes) for host in hosts] == [14, 14, 14]
    whole = PictureStream(files, FORM)
    assert {host.identity for host in hosts} == {whole.identity}
    assert all(host.class_counts.tolist() == [25, 17] for host in hosts)
    read = {
        picture.tobytes()
        for host in hosts
        for block in range(len(host.sizes))
        for picture in host.read(block).X
    }
    assert len(read) == 42


def test_large_pictures_come_a_few_at_a_time(files, monkeypatch):
    monkeypatch.setattr(picture_stream, "MOST_BYTES", 3 * FORM.bytes + 1)
    assert set(PictureStream(files, FORM).sizes) == {3}


def test_its_identity_is_that_of_files_and_form(files):
    same = PictureStream(files, FORM).identity
    assert PictureStream(files, FORM).identity == same
    assert PictureStream(files, Form((8, 9, 3))).identity != same
    assert PictureStream(files.chosen(np.arange(41)), FORM).identity != same
    with files.paths([5])[0].open("ab") as file:
        file.write(b"more")
    assert PictureStream(files, FORM).identity != same


def test_columns_go_with_their_pictures(files):
    numbered = PictureFiles(
        files.root, files.names, files.y, files.labels, columns={"fee": np.arange(42.0)}
    )
    block = PictureStream(numbered, FORM).read(1)
    paths = files.paths(block.columns["fee"].astype(int))
    for picture, path in zip(block.X, paths, strict=True):
        np.testing.assert_array_equal(picture, read_image(path, FORM.shape))


def test_a_file_that_is_no_picture_any_more_is_named(files):
    for path in files.paths([7]):
        path.write_bytes(b"none")
    stream = PictureStream(files, FORM)
    with pytest.raises(DataError, match=r"007\..*: expected a picture"):
        _ = [stream.read(block) for block in range(5)]
