"""``fw predict`` of pictures: a file, a folder of them, or a table of their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framework.core.errors import ConfigError, DataError

if TYPE_CHECKING:
    import numpy as np

    from framework.core.cases.table import Table
    from framework.inference.answers import Answers

AT_ONCE = 64_000_000  # bytes of decoded pictures


def answered_pictures(
    folder: Path,
    place: Path,
    shares: Mapping[str, float],
    picture: str | None,
    keep: Sequence[str],
) -> Iterator[tuple[dict[str, np.ndarray], Answers]]:
    """Columns of the files and of what is kept, and the answers of the model in ``folder``; part by part.

    With ``picture``, ``place`` is a table whose column of that name holds paths.

    Raises
    ------
    ConfigError, DataError
        When columns are named and there are none, or a picture cannot be read.
    """
    import numpy as np

    from framework.core.cases.table import as_text
    from framework.data.decoding import decoded
    from framework.inference.model_folder import load

    trained = load(folder)
    form = trained.artifact.signature.form
    each = max(1, AT_ONCE // form.bytes)
    for paths, names, table in _parts(place, picture, keep, each):
        columns = {
            name: table.numbers(name)
            for name in trained.artifact.cost_matrix.columns
            if table is not None and name in table.columns
        }
        kept = {} if table is None else {n: as_text(table.columns[n]) for n in keep}
        answers = trained.answer(decoded(paths, form), columns, prevalence=shares)
        yield {"file": np.array(names, dtype=object), **kept}, answers


def _parts(
    place: Path, picture: str | None, keep: Sequence[str], each: int
) -> Iterator[tuple[list[Path], list[str], Table | None]]:
    """At most ``each`` files, their names, and the rows that name them."""
    from framework.data.picture_folders import files_below
    from framework.data.reading import is_table, read_chunks

    if picture is None:
        if is_table(place):
            raise ConfigError(
                f"{place}: expected a picture or a folder of them; or, with --picture COLUMN, a table whose "
                "column of that name holds their paths"
            )
        if keep:
            raise DataError(
                f"--keep {keep[0]}: pictures have no columns; leave it out, or give a table with --picture"
            )
        files = files_below(place)
        for start in range(0, len(files), each):
            some = files[start : start + each]
            names = [str(f.relative_to(place)) if place.is_dir() else f.name for f in some]
            yield some, names, None
        return
    for table in read_chunks(place, text=(picture, *keep), rows=each):
        try:
            table.only([picture, *keep])
        except DataError as error:
            raise DataError(f"{place}: {error}") from None
        for start in range(0, len(table), each):  # a small table comes whole
            rows = table[slice(start, start + each)]
            names = [name or "" for name in rows.columns[picture].tolist()]
            if "" in names:
                row = start + names.index("") + 1
                raise DataError(
                    f'{place}: case {row}, "{picture}": expected a path, received nothing'
                )
            yield [place.parent / name.strip() for name in names], names, rows
