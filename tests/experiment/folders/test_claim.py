"""A folder is claimed by one process; what a dead one left is taken up, or removed."""

import errno
import json
import os
import resource
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from framework.core.errors import ArtifactError, ConfigError, StorageError, TrainingStoppedError
from framework.core.writing_process import Writer
from framework.experiment.folders.claim import Claim, claimed

pytestmark = pytest.mark.usefixtures("elsewhere")
SETTINGS = {"kind": "run", "dataset": "blobs", "epochs": 3}
OUT = Path("r")


def killed(settings=SETTINGS, out=OUT, keep="saved"):
    """A process that claims the folder, trains, and is killed as it writes."""
    if (pid := os.fork()) == 0:
        with claimed(out, "blobs", settings) as claim:
            (claim.training / f"{keep}.npz").write_text(keep)
            with claim.complete() as partial:
                (partial / "metrics.json").write_text("half")
                (partial / ".partial-0.csv").write_text("half")
                os.kill(os.getpid(), signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def written(out=OUT, settings=SETTINGS):
    """The claim is used to its end; what was there of trainings as it was taken."""
    with claimed(out, "blobs", settings) as claim:
        trained = sorted(path.name for path in claim.training.iterdir())
        with claim.complete() as partial:
            (partial / "metrics.json").write_text("whole")
            assert not claim.folder.exists()
    return trained


def cut_short(error, out=OUT):
    """Something is trained, and then comes ``error``."""
    with claimed(out, "blobs", SETTINGS) as claim:
        (claim.training / "saved.npz").write_text("")
        with claim.complete():
            raise error


def names(folder="."):
    return sorted(os.listdir(folder))


def test_the_folder_appears_when_complete_and_nothing_is_beside_it():
    assert written() == []
    assert names() == ["r"]
    assert (OUT / "metrics.json").read_text() == "whole"


def test_folders_on_the_way_are_made_and_go_with_a_mistake():
    with pytest.raises(ConfigError):
        cut_short(ConfigError("no such dataset"), Path("a/b/r"))
    assert names() == []


def test_what_a_killed_process_has_trained_is_taken_up():
    killed()
    assert names() == [".r.partial"]
    assert written() == ["saved.npz"]
    assert names() == ["r"]


def test_of_other_settings_nothing_is_taken_up():
    killed()
    assert written(settings=SETTINGS | {"epochs": 4}) == []
    assert names() == ["r"]


def test_what_was_half_written_is_removed():
    killed()
    with claimed(OUT, "blobs", SETTINGS) as claim:
        (claim.training / ".partial-1.npz").write_text("half")
        assert names(claim.work) == ["lock.json", "settings.json", "training"]


def test_a_folder_that_is_being_written_is_refused():
    with claimed(OUT, "blobs", SETTINGS) as claim:
        told = rf"--out r: process {os.getpid()} on .* is writing it; wait, or name another$"
        with pytest.raises(ArtifactError, match=told), claimed(OUT, "blobs", SETTINGS):
            pass
        assert claim.writer == Writer.this()
    assert claim.writer is None


@pytest.mark.parametrize(
    ("changes", "lives"), [({"started": "of another time"}, False), ({"host": "another"}, True)]
)
def test_a_number_alone_is_no_process(changes, lives):
    killed()
    lock = Claim(OUT).work / "lock.json"
    lock.write_text(json.dumps(replace(Writer.this(), **changes).to_json()))
    if not lives:
        assert written() == ["saved.npz"]
        return
    with pytest.raises(ArtifactError, match=r"cannot be asked from here, remove \.r\.partial"):
        written()
    assert (Claim(OUT).training / "saved.npz").exists()


def test_a_left_over_without_a_lock_is_nobodys():
    """Of a process that was killed as it claimed; and of versions before there were claims."""
    Claim(OUT).work.mkdir()
    assert written() == []
    assert names() == ["r"]


def test_of_several_processes_one_has_the_claim():
    told, tell = os.pipe()
    done, end = os.pipe()
    others = []
    for _ in range(4):
        if (pid := os.fork()) == 0:
            os.close(end)
            try:
                with claimed(OUT, "blobs", SETTINGS):
                    os.write(tell, b"c")
                    os.read(done, 1)  # until all have tried
            except ArtifactError:
                os.write(tell, b"r")
            os._exit(0)
        others.append(pid)
    answers = b""
    while len(answers) < 4:
        answers += os.read(told, 4)
    os.close(end)
    for pid in others:
        os.waitpid(pid, 0)
    assert sorted(answers) == sorted(b"crrr")
    assert names() == []


def test_a_folder_that_was_complete_before_its_writer_was_killed_stays():
    killed()
    OUT.mkdir()
    (OUT / "metrics.json").write_text("whole")
    with pytest.raises(ArtifactError, match="the folder holds another run"):
        written()
    assert names() == ["r"]
    assert (OUT / "metrics.json").read_text() == "whole"


@pytest.mark.parametrize("name", [".", "..", "a/.."])
def test_a_folder_without_a_name_is_refused(name):
    with pytest.raises(ArtifactError, match="expected the name of a new folder"):
        written(Path(name))


def test_without_a_name_the_same_command_goes_on_under_its_own():
    killed(out=None)
    (left,) = Path("runs").iterdir()
    assert written(None, SETTINGS | {"epochs": 4}) == []
    assert written(None) == ["saved.npz"]
    assert Claim(Path("runs") / left.name[1:-8]).folder.is_dir()
    assert len(names("runs")) == 2


def test_without_a_name_a_run_that_is_not_dead_is_left_alone():
    with claimed(None, "blobs", SETTINGS) as first, claimed(None, "blobs", SETTINGS) as second:
        assert first.folder != second.folder


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (KeyboardInterrupt(), True),
        (TrainingStoppedError("stopped"), True),
        (RuntimeError("a fault of ours"), True),
        (ArtifactError("the model decides otherwise"), False),
    ],
)
def test_what_was_cut_short_is_kept_and_a_mistake_leaves_nothing(error, kept):
    with pytest.raises(type(error)):
        cut_short(error)
    assert names() == ([".r.partial"] if kept else [])
    if kept:
        assert names(Claim(OUT).work) == ["settings.json", "training"]
        assert written() == ["saved.npz"]


def test_a_full_disk_is_a_sentence_and_what_was_trained_is_kept():
    with pytest.raises(StorageError) as told:
        cut_short(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x"))
    assert str(told.value) == (
        "r: the run was cut short: the disk is full; free some space, and the same command goes on from "
        "what is trained"
    )
    assert written() == ["saved.npz"]


def test_too_few_descriptors_are_a_sentence_and_what_was_trained_is_kept():
    """Nothing can be opened any more, not even to tidy up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        with pytest.raises(StorageError, match="too many files are open; raise the limit"):
            out_of_descriptors(hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert written() == ["saved.npz"]
    assert names() == ["r"]


def out_of_descriptors(hard):
    with claimed(OUT, "blobs", SETTINGS) as claim:
        (claim.training / "saved.npz").write_text("")
        with claim.complete() as partial:
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
            (partial / "metrics.json").write_text("half")


def test_a_place_that_cannot_be_written_is_told():
    Path("file").write_text("")
    with pytest.raises(ArtifactError, match=r"--out file/r: cannot be written"):
        written(Path("file/r"))
