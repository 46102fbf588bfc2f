"""Where a run is written to: a new folder, and beside it the place where it is prepared."""

from __future__ import annotations

import time
from pathlib import Path

from framework.core.errors import ArtifactError

RUNS = Path("runs")
_BEFORE, _AFTER = ".", ".partial"  # round the name of a folder, of where it is prepared


def work_of(folder: Path) -> Path:
    """Where ``folder`` is prepared."""
    return folder.with_name(f"{_BEFORE}{folder.name}{_AFTER}")


def folder_of(work: Path) -> Path | None:
    """The folder that is prepared in ``work``; None where that is no such place."""
    name = work.name.removeprefix(_BEFORE).removesuffix(_AFTER)
    folder = work.with_name(name) if name else work
    return folder if name and work == work_of(folder) else None


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


def new_folder(name: str) -> Path:
    """A folder in runs/ whose name begins with ``name``; it is neither there nor prepared."""
    base = RUNS / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    numbered = (base.with_name(f"{base.name}-{number}") for number in range(2, 1000))
    return next(
        folder
        for folder in (base, *numbered)
        if not folder.exists() and not work_of(folder).exists()
    )
