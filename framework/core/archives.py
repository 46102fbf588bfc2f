"""Archives from outside: what their members unfold to is read from their headers, and limited.

A zip, a wheel, a .keras, .npz, .skops or .xlsx file says of each member how large it is unfolded, and
Python's ``zipfile`` reads no more of it than that; a tar says it before each.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from pathlib import Path

from framework.core.file_bytes import MEGABYTE, check_regular

MOST_MEMBERS = 20_000
# What is saved here is not packed, or packed a few times; a spreadsheet's XML some twenty times.
MOST_TIMES = 100
SMALL = 8 * MEGABYTE  # unfolded, whatever it was packed as
MOST_OF_TAR = 16 * 1024 * MEGABYTE


class ArchiveError(ValueError):
    """An archive cannot be read, or would unfold too far: a sentence that begins after its name."""


def check_zip(path: Path) -> None:
    """Raise ArchiveError where the zip file ``path`` would unfold to far more than it has bytes.

    Raises
    ------
    FileNotFoundError, NotAFileError
        When there is no such file.
    """
    size = check_regular(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise ArchiveError(f"is no zip archive that can be read ({error})") from None
    if len(members) > MOST_MEMBERS:
        raise ArchiveError(f"has {len(members):,} members; expected at most {MOST_MEMBERS:,}")
    for member in members:
        check_unfolded(member.file_size, member.compress_size, f"member {member.filename[:60]}")
        if member.filename.startswith(("/", "\\")) or ".." in member.filename.split("/"):
            raise ArchiveError(f"has a member {member.filename[:60]}, which leads out of it")
    check_unfolded(sum(member.file_size for member in members), size, "all of it")
    if len({member.filename for member in members}) < len(members):
        raise ArchiveError("has two members of one name")


def check_unfolded(unfolded: int, packed: int, what: str) -> None:
    """Raise ArchiveError where ``what`` has that many bytes ``unfolded``, from those ``packed``."""
    if unfolded > max(SMALL, MOST_TIMES * packed):
        raise ArchiveError(
            f"would unfold too far ({what} from {packed:,} to {unfolded:,} bytes); expected at most "
            f"{MOST_TIMES} times as many"
        )


def unzipped(path: Path) -> bytes:
    """What the gzip file ``path`` holds.

    Raises
    ------
    ArchiveError
        When it is none, or unfolds to far more than it has bytes.
    """
    check_regular(path)
    packed = path.read_bytes()
    most = max(SMALL, MOST_TIMES * len(packed))
    unfolding = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        data = unfolding.decompress(packed, most)
    except zlib.error as error:
        raise ArchiveError(f"is no gzip file that can be read ({error})") from None
    if not unfolding.eof:
        if len(data) < most:
            raise ArchiveError("is no gzip file that can be read (it is cut off)")
        raise ArchiveError(f"would unfold to more than {most:,} bytes")
    return data


def check_tar(tar: tarfile.TarFile, packed: int) -> None:
    """Raise ArchiveError where ``tar``, of that many bytes ``packed``, would fill the disk."""
    unfolded = members = 0
    most = min(MOST_OF_TAR, max(1024 * MEGABYTE, 10 * MOST_TIMES * packed))
    for member in tar:
        unfolded, members = unfolded + member.size, members + 1
        if members > MOST_MEMBERS:
            raise ArchiveError(f"has more than {MOST_MEMBERS:,} members")
        if unfolded > most:
            raise ArchiveError(f"would unfold to more than {most:,} bytes")
