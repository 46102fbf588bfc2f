"""The runs and sweeps of a folder: complete, running, or left by a process that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from framework.core.errors import ArtifactError
from framework.core.files import read_json
from framework.core.folder_format import NAME
from framework.core.writing_process import Writer
from framework.experiment.folders.claim import LOCK, Claim
from framework.experiment.folders.out_folder import folder_of

State = Literal["complete", "running", "dead"]
# What tells a folder of before run.json said its kind.
_FILES = {"run": "metrics.json", "sweep": "sweep.json"}


@dataclass(frozen=True)
class ListedRun:
    """A run or a sweep, ``kind``, that is in ``folder``, or will be.

    ``work`` is where one that is not complete is prepared, with so many ``trainings``; ``time`` is when
    it was written, or claimed.
    """

    folder: Path
    state: State
    kind: str
    dataset: str
    time: datetime
    work: Path | None = None
    writer: Writer | None = None
    trainings: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "folder": str(self.folder),
            "state": self.state,
            "kind": self.kind,
            "dataset": self.dataset,
            "time": self.time.isoformat(),
            "work": None if self.work is None else str(self.work),
            "writer": None if self.writer is None else self.writer.to_json(),
            "trainings": self.trainings,
        }


def list_runs(folder: Path) -> list[ListedRun]:
    """What is in ``folder``, by name.

    Raises
    ------
    ArtifactError
        When there is no such folder.
    """
    try:
        inner = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError as error:
        raise ArtifactError(
            f"{folder}: expected a folder of runs; it cannot be read ({error.strerror})"
        ) from error
    found = [run for path in inner for run in _listed(path)]
    return sorted(found, key=lambda run: (run.folder.name, run.state))


def _listed(path: Path) -> Iterator[ListedRun]:
    folder = folder_of(path)
    if folder is not None:
        yield _claimed(Claim(folder))
    elif (kind := _kind(path)) in _FILES:
        dataset = _told(path / "config.json").get("dataset", "")
        yield ListedRun(path, "complete", kind, str(dataset), _time(path))


def _claimed(claim: Claim) -> ListedRun:
    work = claim.work
    writer, settings = claim.writer, claim.settings
    trainings = 0
    if claim.training.is_dir():
        # A classifier that is no network is kept in several files.
        trainings = sum(1 for path in claim.training.iterdir() if path.suffix in (".npz", ".json"))
    return ListedRun(
        claim.folder,
        "dead" if writer is None else "running",
        str(settings.get("kind", "")),
        str(settings.get("dataset", "")),
        _time(work / LOCK if (work / LOCK).exists() else work),
        work,
        writer,
        trainings,
    )


def _kind(folder: Path) -> str:
    told = str(_told(folder / NAME).get("kind", ""))
    old = [kind for kind, file in _FILES.items() if (folder / file).is_file()]
    return told or (old[0] if old else "")


def _told(path: Path) -> dict[str, Any]:
    """A file of a JSON object; {} of one that is not there, or cannot be read."""
    try:
        found = read_json(path)
    except ArtifactError:
        return {}
    return found if isinstance(found, dict) else {}


def _time(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime).replace(microsecond=0)
