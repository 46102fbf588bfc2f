"""A folder is claimed before anything is trained; what a killed process left is taken up.

    runs/demo                   is there when it is complete, with its page, and never before
    runs/.demo.partial/         beside it, until then:
        lock.json               who writes (see framework.core.writing_process)
        settings.json           a digest of the settings, the dataset
        training/               finished trainings, and those in work
        folder-3f2a/            what will be runs/demo

A writer that is gone has no right to its claim: the same command takes up its trainings, another one
removes them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.core.errors import CUT_SHORT, ArtifactError, FrameworkError, StorageError
from framework.core.files import TEMPORARY, alone_in, out_of_room, sync, write_json
from framework.core.writing_process import Writer
from framework.experiment.folders.out_folder import RUNS, check_new, folder_of, new_folder, work_of
from framework.training.checkpoints import Checkpoints

LOCK, SETTINGS, TRAINING, STAGED = "lock.json", "settings.json", "training", "folder-"
GOES_ON = "the same command goes on from what is trained"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """The right to write ``folder``."""

    folder: Path

    @property
    def work(self) -> Path:
        """Where the folder is prepared."""
        return work_of(self.folder)

    @property
    def training(self) -> Path:
        """Where trainings are kept until the folder is complete."""
        return self.work / TRAINING

    def checkpoints(self) -> Checkpoints:
        return Checkpoints(self.training)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What decides its trainings, as a digest; of what kind, and of which dataset it is."""
        return _read(self.work / SETTINGS)

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
    told = _told(settings)
    try:
        with ExitStack() as alone:
            with _writable(out or parent):
                parent.mkdir(parents=True, exist_ok=True)
                alone.enter_context(alone_in(parent))
                claim = _free(out) if out is not None else _in_runs(name, told)
            with _released(claim):
                with _writable(claim.folder):
                    _take(claim, told)
                alone.close()
                yield claim
    finally:
        for folder in made:
            with suppress(OSError):  # there is something in it
                folder.rmdir()


def _free(out: Path) -> Claim:
    """The claim to ``out``, where nothing of the user's is overwritten and no other process writes."""
    if out.name in ("", ".."):
        check_new(out)
    claim = Claim(out)
    if writer := claim.writer:
        unsure = "; if that is gone, which cannot be asked from here, remove "
        raise ArtifactError(
            f"--out {out}: {writer} is writing it; wait, or name another"
            + (f"{unsure}{claim.work}" if writer.is_elsewhere else "")
        )
    if out.is_dir() and any(out.iterdir()):
        shutil.rmtree(claim.work, ignore_errors=True)  # it was complete when its writer was killed
    check_new(out)
    return claim


def _in_runs(name: str, settings: Mapping[str, Any]) -> Claim:
    """The claim of a run of these settings that was cut short, or a new one."""
    for work in sorted(RUNS.glob(f".{name}-*"), reverse=True):
        folder = folder_of(work)
        if folder is None or folder.exists():
            continue
        claim = Claim(folder)
        if claim.settings == settings and claim.writer is None:
            return claim
    return Claim(new_folder(name))


def _take(claim: Claim, settings: Mapping[str, Any]) -> None:
    if claim.settings != settings:
        shutil.rmtree(claim.training, ignore_errors=True)  # of another command
    _remove_left_over(claim)
    claim.training.mkdir(parents=True, exist_ok=True)
    if any(claim.training.iterdir()):
        _log.info("going on from what a run that was cut short has trained for %s", claim.folder)
    write_json(claim.work / SETTINGS, settings)
    write_json(claim.work / LOCK, Writer.this().to_json())


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
        with suppress(OSError):  # what cannot be removed now, the next claim removes
            if keep:
                (claim.work / LOCK).unlink(missing_ok=True)
                _remove_left_over(claim)
                keep = any(claim.training.iterdir())
        if not keep:
            shutil.rmtree(claim.work, ignore_errors=True)


def _remove_left_over(claim: Claim) -> None:
    """What was half written."""
    for place, start in (
        (claim.work, STAGED),
        (claim.work, TEMPORARY),
        (claim.training, TEMPORARY),
    ):
        for left_over in place.glob(f"{start}*"):
            if left_over.is_dir():
                shutil.rmtree(left_over, ignore_errors=True)
            else:
                left_over.unlink(missing_ok=True)


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArtifactError(f"--out {folder}: cannot be written ({error.strerror})") from error


def _read(path: Path) -> dict[str, Any]:
    """A file of a JSON object; {} of one that is not there.

    A file that is there and cannot be read is an error: a writer that lives must not be taken for dead.
    """
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(settings: Mapping[str, Any]) -> dict[str, Any]:
    text = json.dumps(settings, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"digest": digest, "kind": settings["kind"], "dataset": settings["dataset"]}
