"""Only real files are read whole: a pipe waits for ever, and a device has no end."""

import os
from pathlib import Path

import pytest

from framework import CostMatrix
from framework.core.cases.images import read_image
from framework.core.errors import ArtifactError, CostMatrixError, DataError
from framework.core.file_bytes import NotAFileError, check_regular, read_bytes
from framework.core.files import read_json
from framework.data.reading import read_table
from framework.experiment.results.predictions_file import read_predictions

DOORS = {
    "a matrix": (CostMatrix.from_file, CostMatrixError),
    "JSON": (read_json, ArtifactError),
    "a picture": (lambda path: read_image(path, (4, 4, 3)), DataError),
    "a table": (read_table, DataError),
    "predictions": (lambda path: read_predictions(path, ("a", "b")), ArtifactError),
}


@pytest.fixture(params=["device", "pipe", "link", "folder"])
def no_file(request, tmp_path):
    path = tmp_path / "x.json"
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "link":
        path.symlink_to("/dev/zero")
    elif request.param == "folder":
        path.mkdir()
    return Path("/dev/zero") if request.param == "device" else path


@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_file_is_refused_at_every_door(door, no_file):
    read, kind = DOORS[door]
    with pytest.raises(kind, match=r"is a (device, a pipe or a socket|folder); expected a file"):
        read(no_file)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(bytes(11))
    assert read_bytes(path, 11) == bytes(11)
    with pytest.raises(NotAFileError, match="has 11 bytes; expected at most 10"):
        read_bytes(path, 10)


def test_a_file_whose_size_is_told_wrongly_is_not_read_to_its_end():
    with pytest.raises(NotAFileError, match="has more than 10 bytes"):
        read_bytes(Path("/proc/self/status"), 10)


def test_a_name_that_no_file_can_have():
    with pytest.raises(NotAFileError, match="is no name of a file"):
        check_regular(Path("a\0b"))
