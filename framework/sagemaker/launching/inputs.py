"""What is uploaded, under an address of its content: what is there already is not sent again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from framework.sagemaker.aws.calls import Place, Upload

INPUTS = "inputs"
DIGITS = 24


def addressed(
    name: str, files: Iterable[tuple[Path, str]], place: Place, kms_key: str | None = None
) -> tuple[Place, list[Upload]]:
    """Where ``files`` (each with its name there) go below ``place``, and their uploads.

    The place is called by ``name`` and a digest of names, contents and key: the same files have the
    same place in every job, other files never.
    """
    found = list(files)
    total = hashlib.sha256(repr(kms_key).encode())
    for file, called in found:
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        total.update(f"\n{called}\n{content}".encode())
    at = place / INPUTS / f"{name}-{total.hexdigest()[:DIGITS]}"
    return at, [Upload(file, at.bucket, (at / called).prefix, kms_key) for file, called in found]


def files_of(folder: Path) -> list[tuple[Path, str]]:
    """All files of ``folder``, or ``folder`` itself if it is a file, and their names below it."""
    if folder.is_file():
        return [(folder, folder.name)]
    return [
        (path, path.relative_to(folder).as_posix())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
