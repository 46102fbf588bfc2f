"""run.json: the format in which the folder of a run, a sweep or a model is written, and its files.

    {"format": 1, "kind": "run", "framework": "0.1.0", "files": {"config.json": "9f86d081..."}}

The number goes up when older versions could no longer read what is written. Folders of before it
was written down have no run.json: they are of format 0, and still read. So are those of before the
digests (SHA-256) of files were. A page and its plots have none, for they can be written again; of a
folder in the folder that has a run.json of its own, that alone has one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from framework.core.errors import ArtifactError
from framework.core.files import REPORT, read_json, write_json
from framework.core.plain_numbers import is_whole

FORMAT = 1
NAME = "run.json"
PLOTS = "plots"


def write_format(folder: Path, kind: Literal["run", "sweep", "model"], framework: str) -> None:
    """Write down what ``folder`` holds, in which format, and which version ``framework`` made it.

    To be called when all its files are there.
    """
    files = {path.relative_to(folder).as_posix(): _digest(path) for path in _files(folder)}
    made = {"format": FORMAT, "kind": kind, "framework": framework, "files": files}
    write_json(folder / NAME, made)


def check_format(folder: Path, *parts: str) -> None:
    """Make sure that this version can read ``folder``; to be called before any other file is read.

    ``parts`` are the beginnings of the names of files that must be as they were written: "" for all.

    Raises
    ------
    ArtifactError
        When the format is an unknown newer one, or run.json does not say which it is; or a file is
        missing or another one than was written.
    """
    path = folder / NAME
    if not path.exists():
        return
    made = read_json(path)
    _check_number(folder, path, made)
    files = made.get("files", {})
    if not isinstance(files, dict):
        raise ArtifactError(f'{path}: expected "files" to be an object, received {files!r}')
    for name, digest in files.items():
        if name.startswith(parts):
            _check_file(folder, name, digest)


def _check_number(folder: Path, path: Path, made: Any) -> None:
    found = made.get("format") if isinstance(made, dict) else None
    if found is None or not is_whole(found):
        raise ArtifactError(f'{path}: expected "format" to be a whole number, received {found!r}')
    if found > FORMAT:
        raise ArtifactError(
            f"{folder} is in format {found}, written by version {made.get('framework', 'unknown')} of "
            f"the framework; this one reads formats up to {FORMAT}: install a newer framework"
        )


def _files(folder: Path, left_out: tuple[str, ...] = (NAME, REPORT, PLOTS)) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in left_out:
            continue
        if not path.is_dir():
            yield path
        elif (path / NAME).is_file():
            yield path / NAME
        else:
            yield from _files(path, ())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_file(folder: Path, name: str, digest: Any) -> None:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ArtifactError(f"{folder / NAME} names {name}, which is not in its folder")
    if not path.is_file():
        raise ArtifactError(f"{path} is missing; {NAME} says that it was written")
    try:
        found = _digest(path)
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read: {error}") from error
    if found != digest:
        raise ArtifactError(
            f"{path} is not as it was written: its SHA-256 begins with {found[:8]}, and {NAME} says "
            f"{str(digest)[:8]}; take the folder from where it is whole, or run again"
        )
