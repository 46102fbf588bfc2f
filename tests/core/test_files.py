"""Files are whole or not there, whatever happens while they are written."""

import errno
import os

import pytest

from framework.core.errors import ArtifactError, StorageError
from framework.core.files import (
    alone_in,
    out_of_room,
    read_json,
    write_bytes,
    write_csv,
    write_json,
    write_text,
    written,
)


def test_what_is_written_is_read_and_nothing_is_beside_it(tmp_path):
    write_json(tmp_path / "a.json", {"b": [1, 2.5, "ä"]})
    assert read_json(tmp_path / "a.json") == {"b": [1, 2.5, "ä"]}
    write_csv(tmp_path / "a.csv", [["x", "y"], [1, "a, b"]])
    assert (tmp_path / "a.csv").read_bytes() == b'x,y\r\n1,"a, b"\r\n'
    write_bytes(tmp_path / "a.bin", b"\0\1")
    assert (tmp_path / "a.bin").read_bytes() == b"\0\1"
    assert sorted(os.listdir(tmp_path)) == ["a.bin", "a.csv", "a.json"]


def test_until_all_is_written_there_is_the_file_of_before(tmp_path):
    path = tmp_path / "model.keras"
    write_text(path, "before")
    with written(path) as temporary:
        temporary.write_text("half")
        assert temporary.parent == path.parent
        assert temporary.suffix == ".keras"
        assert path.read_text() == "before"
    assert path.read_text() == "half"


def test_an_error_leaves_the_file_of_before_and_nothing_beside_it(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "before")

    def broken():
        with written(path) as temporary:
            temporary.write_text("half")
            raise KeyError("x")

    with pytest.raises(KeyError):
        broken()
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_file_that_may_not_be_that_large_is_a_sentence(tmp_path, files_up_to):
    path = tmp_path / "a.txt"
    with files_up_to(1000), pytest.raises(StorageError) as error:
        write_text(path, 5000 * "x")
    assert str(error.value) == (
        f"{path} cannot be written: files may not be that large; raise the limit (ulimit -f)"
    )
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EDQUOT, "the quota of disk space is used up"),
        (errno.EMFILE, "too many files are open; raise the limit"),
    ],
)
def test_a_lack_of_room_is_known_by_number_by_words_and_as_a_cause(number, words):
    error = OSError(number, os.strerror(number))
    caused = ArtifactError("x cannot be written")
    caused.__cause__ = error
    # As libraries tell it that hand on the words alone.
    worded = ImportError(f"x.so: cannot open shared object file: {os.strerror(number)}")
    for found in (error, caused, worded):
        assert words in out_of_room(found)


def test_another_error_is_no_lack_of_room():
    assert out_of_room(OSError(errno.EACCES, os.strerror(errno.EACCES))) is None
    assert out_of_room(ValueError("x")) is None


def test_one_process_at_a_time_is_alone_in_a_folder(tmp_path):
    """The other one comes in when the first is out, and tells in which order."""
    told, tell = os.pipe()
    with alone_in(tmp_path):
        if (other := os.fork()) == 0:
            with alone_in(tmp_path):
                os.write(tell, b"2")
            os._exit(0)
        os.write(tell, b"1")
    os.waitpid(other, 0)
    assert os.read(told, 2) == b"12"
    os.close(told)
    os.close(tell)
