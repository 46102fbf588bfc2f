"""Cases here as a batch transform takes them: objects whose lines can be sent a few at a time.

A CSV file's header would go with the first few lines only, and the others would be read by position.
So a table travels without one, its columns in the model's order, cut into as many objects as there
are instances; header and kept columns are put back beside the answers.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np

from framework.core.cases.table import as_text
from framework.core.errors import ConfigError, DataError
from framework.data.reading import read_table
from framework.inference.answers import header_of
from framework.inference.artifact import Artifact

TABLES = (".csv", ".tsv", ".parquet", ".xlsx")


@dataclass(frozen=True)
class Parts:
    """Files of lines, and what belongs to the answers: ``kept`` cells of each case, by column.

    ``sizes`` are the cases of each file.
    """

    files: tuple[Path, ...]
    sizes: tuple[int, ...]
    kept: dict[str, list[str]]


def table_files(cases: Path) -> list[Path]:
    """The tables that ``cases``, a file or a folder, holds; none where it is something else."""
    if cases.is_dir():
        found = sorted(path for path in cases.iterdir() if path.suffix.lower() in TABLES)
        others = sorted(p.name for p in cases.iterdir() if p.is_file() and p not in found)
        if found and others:
            raise ConfigError(
                f"{cases}: expected tables alone, or none; {others[0]} is none, {found[0].name} is"
            )
        return found
    return [cases] if cases.suffix.lower() in TABLES else []


def parts_of(
    files: Sequence[Path], model: Artifact | None, keep: Sequence[str], count: int, folder: Path
) -> Parts:
    """The tables ``files`` as at least ``count`` files of lines in ``folder``.

    ``model`` says which columns in which order; None (nobody may be asked): all as they are, but for
    those to ``keep``.

    Raises
    ------
    DataError
        When a table lacks a column, or a cell holds a line break.
    """
    folder.mkdir(parents=True)
    written: list[Path] = []
    sizes: list[int] = []
    kept: dict[str, list[str]] = {name: [] for name in keep}
    each = -(-count // len(files))
    for file in files:
        rows = _rows(file, model, kept)
        for share in np.array_split(np.arange(len(rows)), min(each, len(rows))):
            part = folder / f"part-{len(written):05}.csv"
            with part.open("w", newline="", encoding="utf-8") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerows(rows[int(share[0]) : int(share[-1]) + 1])
            written.append(part)
            sizes.append(len(share))
    return Parts(tuple(written), tuple(sizes), kept)


def joined(parts: Parts, answers: Sequence[str], model: Artifact) -> str:
    """CSV as ``fw predict`` prints it: kept columns and answers, those of one part a text each.

    Raises
    ------
    DataError
        When a part came back with more or fewer answers than it had cases.
    """
    rows: list[list[str]] = []
    for file, size, text in zip(parts.files, parts.sizes, answers, strict=True):
        found = [row for row in csv.reader(StringIO(text, newline="")) if row]
        if len(found) != size:
            raise DataError(f"{file.name}: {size} cases were sent, {len(found)} answers came back")
        rows += found
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [*parts.kept, *header_of(model.signature.labels, model.cost_matrix.decision_labels)]
    )
    cells = zip(*parts.kept.values(), strict=True) if parts.kept else ([] for _ in rows)
    writer.writerows([*own, *row] for own, row in zip(cells, rows, strict=True))
    return out.getvalue()


def _rows(file: Path, model: Artifact | None, kept: dict[str, list[str]]) -> list[tuple[str, ...]]:
    """The cells of the model's columns, as they are written; those that are kept are added."""
    names = read_table(file).names
    table = read_table(file, text=names)
    try:
        for name, cells in kept.items():
            cells += _cells(table.only([name]).columns[name])
        wanted = [name for name in names if name not in kept] if model is None else _wanted(model)
        columns = [_cells(column) for column in table.only(wanted).columns.values()]
    except DataError as error:
        raise DataError(f"{file}: {error}") from error
    for name, cells in zip(wanted, columns, strict=True):
        for number, cell in enumerate(cells, start=1):
            if "\n" in cell or "\r" in cell:
                raise DataError(
                    f'{file}: case {number}, "{name}": a cell with a line break cannot be sent a '
                    "few lines at a time; take it out, or send the cases as .jsonl"
                )
    return list(zip(*columns, strict=True))


def _cells(column: np.ndarray) -> list[str]:
    return ["" if cell is None else cell for cell in as_text(column).tolist()]


def _wanted(model: Artifact) -> list[str]:
    """The columns of a body without a header, in their order."""
    schema = model.schema
    names = model.signature.feature_names if schema is None else schema.names
    return list(dict.fromkeys((*names, *model.cost_matrix.columns)))
