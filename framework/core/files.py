"""Files that are whole or not there, JSON files, and names of models as names of files.

Whatever is written goes through ``written``: under a temporary name, to the disk, and only then to its
place. A process that is killed leaves the file of before, or none, and a temporary one.
"""

from __future__ import annotations

import csv
import errno
import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from framework.core.errors import ArtifactError, StorageError
from framework.core.file_bytes import LARGEST_JSON, NotAFileError, read_bytes
from framework.core.json_text import NotJsonError, parse_json

REPORT = "report.html"  # the page in the folder of a run, and of a sweep
TEMPORARY = ".partial-"  # what the names of files begin with that are being written
_OUT_OF_ROOM = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the quota of disk space is used up; free some space",
    errno.EFBIG: "files may not be that large; raise the limit (ulimit -f)",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.ENFILE: "too many files are open in the whole system; end some programs",
}


def slug(name: str) -> str:
    """A model's name as a folder name.

    Examples
    --------
    >>> slug("built-in + decision")
    'built-in-decision'
    """
    return re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-.") or "model"


def size_of(folder: Path) -> int:
    """Bytes of all files in ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path`` to write to, of the same ending; at the end it is ``path``.

    An exception leaves nothing, and what was at ``path`` before as it was.

    Raises
    ------
    StorageError
        When the disk is full, or the file cannot be written for another reason of that kind.
    """
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}{path.suffix}")
    try:
        yield temporary
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        reason = out_of_room(error)
        if reason is None:
            raise
        raise StorageError(f"{path} cannot be written: {reason}") from error


def write_text(path: Path, text: str) -> None:
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path: Path, data: bytes) -> None:
    with written(path) as temporary:
        temporary.write_bytes(data)


def write_json(path: Path, data: Any, indent: int | None = 2) -> None:
    """Without an ``indent``, as for tables of a million numbers, it is a third as large."""
    write_text(path, json.dumps(data, indent=indent) + "\n")


def write_csv(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    with written(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One process of this host at a time, where the file system can do that."""
    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        with suppress(OSError):  # a process that was forked meanwhile holds it as well
            fcntl.flock(number, fcntl.LOCK_UN)
        os.close(number)


def out_of_room(error: BaseException | None) -> str | None:
    """Why no more could be written, and what to do; None where neither ``error`` nor its cause says so.

    Some libraries hand on the words of the system alone.
    """
    while error is not None:
        for number, reason in _OUT_OF_ROOM.items():
            if getattr(error, "errno", None) == number or os.strerror(number) in str(error):
                return reason
        error = error.__cause__
    return None


def read_json(path: Path) -> Any:
    try:
        return parse_json(read_bytes(path, LARGEST_JSON))
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing") from None
    except (NotAFileError, NotJsonError) as error:
        raise ArtifactError(f"{path} {error}") from None
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read: {error}") from error
