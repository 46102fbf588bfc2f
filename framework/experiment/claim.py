"""A folder is claimed before anything is trained; what a killed process left is taken up.

    runs/demo                   is there when it is complete, with its page, and never before
    runs/.demo.partial/         beside it, until then:
        lock.json               who writes (see framework.core.writer)
        settings.json           a digest of the settings, the dataset
        training/               finished trainings, and those in work
        folder-3f2a/            what will be runs/demo

A writer that is gone has no right to its claim: the same command takes up its trainings, another one
removes them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.core.errors import ArtifactError, FrameworkError, StorageError, TrainingStoppedError
from framework.core.files import TEMPORARY, out_of_room, read_json, sync, write_json
from framework.core.writer import Writer
from framework.training.checkpoints import Checkpoints

RUNS = Path("runs")
BEFORE, AFTER = ".", ".partial"  # round the name of a folder that is claimed
LOCK, SETTINGS, TRAINING, STAGED = "lock.json", "settings.json", "training", "folder-"
CUT_SHORT = (TrainingStoppedError, StorageError)
GOES_ON = "the same command goes on from what is trained"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """The right to write ``folder``."""

    folder: Path

    @property
    def work(self) -> Path:
        """Where the folder is prepared."""
        return self.folder.with_name(f"{BEFORE}{self.folder.name}{AFTER}")

    @property
    def training(self) -> Path:
        """Where trainings are kept until the folder is complete."""
        return self.work / TRAINING

    def checkpoints(self) -> Checkpoints:
        return Checkpoints(self.training)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What decides its trainings, as a digest; of what kind, and of which dataset it is."""
        found = _read(self.work / SETTINGS)
        return found if isinstance(found, dict) else {}

    @property
    def writer(self) -> Writer | None:
        """The living process that has claimed the folder."""
        writer = Writer.of_json(_read(self.work / LOCK))
        return writer if writer is not None and writer.lives else None

    @contextmanager
    def complete(self) -> Iterator[Path]:
        """A folder to write to, which becomes ``folder`` when all is written and on the disk."""
        partial = self.work / f"{STAGED}{secrets.token_hex(4)}"
        partial.mkdir()
        yield partial
        for place, _, _ in os.walk(partial, topdown=False):
            sync(Path(place))
        try:
            partial.replace(self.folder)  # which does not exist, or is empty
        except OSError as error:
            raise StorageError(f"{self.folder} cannot be written: {error.strerror}") from error
        sync(self.folder.parent)


@contextmanager
def claimed(out: Path | None, name: str, settings: Mapping[str, Any]) -> Iterator[Claim]:
    """The claim to ``out``, or to a new folder in runs/ whose name begins with ``name``.

    Where a run of the same ``settings`` was cut short, its trainings are in the claim; without ``out``, so
    is its name. In the end nothing is left beside the folder, unless this one is cut short: stopped,
    killed, or out of room.

    Raises
    ------
    ArtifactError
        When ``out`` holds something already, or another process is writing it.
    StorageError
        When there was no more room for whatever was done meanwhile.
    """
    parent = RUNS if out is None else out.parent
    made = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    try:
        try:
            parent.mkdir(parents=True, exist_ok=True)
            with _alone_in(parent):
                claim = _claim(out, name, _told(settings))
        except OSError as error:
            raise ArtifactError(f"--out {out or parent}: cannot be written ({error})") from error
        with _released(claim):
            yield claim
    finally:
        for folder in made:
            with suppress(OSError):  # there is something in it
                folder.rmdir()


def check_new(folder: Path) -> None:
    """Make sure that ``folder`` is not there, or empty: nothing of the user's is overwritten.

    Raises
    ------
    ArtifactError
        When it is not.
    """
    if folder.name in ("", ".."):
        raise ArtifactError(f"--out {folder}: expected the name of a new folder")
    if folder.exists() and not folder.is_dir():
        raise ArtifactError(f"--out {folder}: a file of that name exists; expected a new folder")
    if folder.is_mount():
        raise ArtifactError(
            f"--out {folder}: it is a mounted disk, which cannot be renamed; name a new folder on it"
        )
    if folder.exists() and any(folder.iterdir()):
        holds = "another run" if (folder / "metrics.json").exists() else "other files"
        raise ArtifactError(
            f"--out {folder}: the folder holds {holds}; name a new one (nothing was overwritten)"
        )


def new_name(name: str) -> Path:
    """A folder in runs/ that is neither there nor claimed."""
    base = RUNS / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    numbered = (base.with_name(f"{base.name}-{number}") for number in range(2, 1000))
    return next(
        folder
        for folder in (base, *numbered)
        if not folder.exists() and not Claim(folder).work.exists()
    )


def _claim(out: Path | None, name: str, settings: Mapping[str, Any]) -> Claim:
    """Alone in the parent folder: no other process of this host comes between what is read and written."""
    if out is not None and out.name in ("", ".."):
        check_new(out)
    claim = Claim(out or _cut_short(name, settings) or new_name(name))
    if out is not None:
        _check_free(claim)
    if claim.settings != settings:
        shutil.rmtree(claim.training, ignore_errors=True)  # of another command
    _remove_left_over(claim)
    claim.training.mkdir(parents=True, exist_ok=True)
    if any(claim.training.iterdir()):
        _log.info("going on from what a run that was cut short has trained for %s", claim.folder)
    write_json(claim.work / SETTINGS, settings)
    write_json(claim.work / LOCK, Writer.this().to_json())
    return claim


def _check_free(claim: Claim) -> None:
    """Make sure that nothing of the user's is overwritten, and that no other process writes there."""
    folder = claim.folder
    if writer := claim.writer:
        elsewhere = (
            f"; if that is gone, which cannot be asked from here, remove {claim.work}"
            if writer.is_elsewhere
            else ""
        )
        raise ArtifactError(
            f"--out {folder}: {writer} is writing it; wait, or name another{elsewhere}"
        )
    if folder.is_dir() and any(folder.iterdir()):
        shutil.rmtree(claim.work, ignore_errors=True)  # it was complete when its writer was killed
    check_new(folder)


def _cut_short(name: str, settings: Mapping[str, Any]) -> Path | None:
    """The folder in runs/ that a run of these settings would have written, had it not been killed."""
    for work in sorted(RUNS.glob(f"{BEFORE}{name}-*{AFTER}"), reverse=True):
        claim = claim_at(work)
        cut_short = claim.writer is None and not claim.folder.exists()
        if cut_short and claim.settings == settings:
            return claim.folder
    return None


def claim_at(work: Path) -> Claim:
    """The claim that is prepared in ``work``."""
    return Claim(work.with_name(work.name.removeprefix(BEFORE).removesuffix(AFTER)))


def _remove_left_over(claim: Claim) -> None:
    """What was half written."""
    for left_over in (*claim.work.glob(f"{STAGED}*"), *claim.training.glob(f"{TEMPORARY}*")):
        if left_over.is_dir():
            shutil.rmtree(left_over, ignore_errors=True)
        else:
            left_over.unlink(missing_ok=True)


@contextmanager
def _released(claim: Claim) -> Iterator[None]:
    """In the end the claim is given up; kept is what was trained by a run that was cut short."""
    keep = False
    try:
        yield
    except BaseException as error:
        reason = out_of_room(error)
        # A mistake would be met again, and leaves nothing.
        keep = reason is not None or not isinstance(error, FrameworkError)
        keep = keep or isinstance(error, CUT_SHORT)
        if reason is not None:
            told = error if isinstance(error, StorageError) else f"the run was cut short: {reason}"
            raise StorageError(f"{claim.folder}: {told}, and {GOES_ON}") from error
        raise
    finally:
        if keep and any(claim.training.iterdir()):
            _remove_left_over(claim)
            (claim.work / LOCK).unlink(missing_ok=True)
        else:
            shutil.rmtree(claim.work, ignore_errors=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One process of this host at a time, where the file system can do that."""
    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _read(path: Path) -> Any:
    """A file of JSON; None of one that is not there, or was not written to its end."""
    try:
        return read_json(path)
    except ArtifactError:
        return None


def _told(settings: Mapping[str, Any]) -> dict[str, Any]:
    text = json.dumps(settings, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"digest": digest, "kind": settings["kind"], "dataset": settings["dataset"]}
