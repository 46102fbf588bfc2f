"""run.json: the format in which the folder of a run, a sweep or a model is written.

    {"format": 1, "kind": "run", "framework": "0.1.0"}

The number goes up when older versions could no longer read what is written. Folders of before it
was written down have no run.json: they are of format 0, and still read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from framework.core.errors import ArtifactError
from framework.core.files import read_json, write_json

FORMAT = 1
_NAME = "run.json"


def write_format(folder: Path, kind: Literal["run", "sweep", "model"], framework: str) -> None:
    """Write down what ``folder`` holds, in which format, and which version ``framework`` made it."""
    write_json(folder / _NAME, {"format": FORMAT, "kind": kind, "framework": framework})


def check_format(folder: Path) -> None:
    """Make sure that this version can read ``folder``; to be called before any other file is read.

    Raises
    ------
    ArtifactError
        When the format is an unknown newer one, or run.json does not say which it is.
    """
    path = folder / _NAME
    if not path.exists():
        return
    made = read_json(path)
    found = made.get("format") if isinstance(made, dict) else None
    if not isinstance(found, int):
        raise ArtifactError(f'{path}: expected "format" to be a whole number, received {found!r}')
    if found > FORMAT:
        raise ArtifactError(
            f"{folder} is in format {found}, written by version {made.get('framework', 'unknown')} of "
            f"the framework; this one reads formats up to {FORMAT}: install a newer framework"
        )
