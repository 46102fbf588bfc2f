"""GTSRB's annotation files: a line per image, separated by semicolons."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from framework import DataError
from fw_street_signs.gtsrb_labels import LABELS

NUMBERS = ("Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2", "ClassId")


@dataclass(frozen=True)
class Annotation:
    """A line of an annotation file: an image, its class, the rectangle around the sign."""

    filename: str
    class_id: int
    roi: tuple[int, int, int, int]
    where: str


def read_annotations(path: Path) -> dict[str, Annotation]:
    """The lines of an annotation file, by file name.

    Raises
    ------
    DataError
        Naming the file and line, for a missing column, a malformed or a repeated line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: expected a text file, received {error}") from error
    reader = csv.reader(lines, delimiter=";")
    header = [name.strip() for name in next(reader, [])]
    for column in ("Filename", *NUMBERS):
        if column not in header:
            raise DataError(
                f'{path}: expected a column "{column}" (separated by semicolons), received '
                f'"{";".join(header)}"; download the annotations again'
            )
    rows: dict[str, Annotation] = {}
    for cells in reader:
        if not cells:
            continue
        where = f"{path}, line {reader.line_num}"
        row = _row(dict(zip(header, cells, strict=False)), len(cells) == len(header), where)
        if row is None:
            raise DataError(
                f"{where}: expected {';'.join(header)} (a file's name, whole numbers), received "
                f'"{";".join(cells)}"; correct the line or download the annotations again'
            )
        if row.filename in rows:
            raise DataError(
                f'{where}: expected each image once, received "{row.filename}" again; '
                "remove one of the lines"
            )
        rows[row.filename] = row
    if not rows:
        raise DataError(f"{path}: expected a line per image, received none; download it again")
    return rows


def _row(cells: dict[str, str], complete: bool, where: str) -> Annotation | None:
    """None for a malformed line."""
    try:
        left, top, right, bottom, class_id = (int(cells[name]) for name in NUMBERS)
    except (KeyError, ValueError):
        return None
    name = cells["Filename"]
    if not complete or not name or Path(name).name != name or not 0 <= class_id < len(LABELS):
        return None
    return Annotation(name, class_id, (left, top, right, bottom), where)
