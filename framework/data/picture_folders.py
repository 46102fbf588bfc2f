"""Folders of pictures: which files in them are some, and which folders are classes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from framework.core.cases.images import SUFFIXES
from framework.core.errors import DataError

# Names of folders that mean parts, and no classes.
PARTS = {"train", "training", "val", "valid", "validation", "test", "testing"}


def files_below(place: Path) -> list[Path]:
    """The picture at ``place``, or all in that folder and those below it, in the order of their names.

    Raises
    ------
    DataError
        When there is none in the folder.
    """
    if not place.is_dir():
        return [place]
    found = sorted(pictures_below(place, "", Counter()))
    if not found:
        raise DataError(f"{place}: expected pictures ({', '.join(SUFFIXES)}), received none")
    return [place / name for name in found]


def holds_pictures(place: Path) -> bool:
    """Whether it may be a folder of pictures: one that has folders, of the classes."""
    return place.is_dir() and any(entry.is_dir() for entry in _seen(place))


def class_folders(folder: Path) -> list[str]:
    """The names of the folders in ``folder``, each of a class.

    Raises
    ------
    DataError
        When there is none, pictures are beside them, or they are parts of a dataset.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: expected a folder with a folder a class, received none")
    entries = _seen(folder)
    loose = sorted(
        entry.name for entry in entries if not entry.is_dir() and _is_picture(entry.name)
    )
    classes = sorted(entry.name for entry in entries if entry.is_dir())
    if loose and classes:
        raise DataError(
            f"{folder}: {len(loose):,} pictures are beside the folders of the classes (for instance "
            f"{loose[0]}); move each into that of its class, or say in a table what they are (--picture)"
        )
    if len(classes) > 1 and {name.lower() for name in classes} <= PARTS:
        raise DataError(
            f"{folder}: its folders {', '.join(classes)} are parts and no classes; give them one by one: "
            f"{folder / classes[0]} as the dataset, others with --validation-data and --test-data"
        )
    if not classes:
        raise DataError(
            f"{folder}: expected a folder a class with its pictures, received no folder"
        )
    return classes


def _seen(folder: Path) -> list[os.DirEntry[str]]:
    """Without what systems leave beside pictures, hidden."""
    with os.scandir(folder) as entries:
        return [entry for entry in entries if entry.name[0] != "." and entry.name != "__MACOSX"]


def pictures_below(folder: Path | str, start: str, left_out: Counter[str]) -> Iterator[str]:
    """Paths of the pictures in a folder and below it, behind ``start``; links to folders are not followed."""
    for entry in _seen(Path(folder)):
        if entry.is_dir(follow_symlinks=False):
            yield from pictures_below(entry.path, f"{start}{entry.name}/", left_out)
        elif _is_picture(entry.name):
            yield start + entry.name
        else:
            left_out[os.path.splitext(entry.name)[1].lower()] += 1


def _is_picture(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)
