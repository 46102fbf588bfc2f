"""Files that are read whole: only real ones, and not more of them than fits.

A pipe that nobody writes to waits for ever, and /dev/zero has no end.
"""

from __future__ import annotations

from pathlib import Path
from stat import S_ISREG

MEGABYTE = 2**20
LARGEST_JSON = 256 * MEGABYTE  # of a run's or a model's files
LARGEST_MATRIX = 64 * MEGABYTE  # that a person has written: 2,000 x 2,000 cells


class NotAFileError(OSError):
    """What is named is a folder, a device, a pipe or a socket, or too large."""


def check_regular(path: Path, most: int | None = None) -> int:
    """The bytes of the file ``path``, symbolic links followed.

    Raises
    ------
    FileNotFoundError
        When there is none.
    NotAFileError
        When it is something else than a file, or has more than ``most`` bytes.
    """
    try:
        found = path.stat()
    except ValueError as error:  # a name with a zero byte
        raise NotAFileError(f"is no name of a file ({error})") from None
    if not S_ISREG(found.st_mode):
        what = "a folder" if path.is_dir() else "a device, a pipe or a socket"
        raise NotAFileError(f"is {what}; expected a file")
    if most is not None and found.st_size > most:
        raise NotAFileError(f"has {found.st_size:,} bytes; expected at most {most:,}")
    return found.st_size


def read_bytes(path: Path, most: int) -> bytes:
    """What the file ``path`` holds, at most ``most`` bytes; raises what ``check_regular`` does."""
    check_regular(path, most)
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:  # it has grown meanwhile, or its size is told wrongly, as in /proc
        raise NotAFileError(f"has more than {most:,} bytes")
    return data
