"""Which pictures there are, of which class and group: a folder with a folder a class, or a manifest.

Nothing is decoded here; of each picture its name is kept.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.cases.images import SUFFIXES
from framework.core.cases.table import Table, as_text
from framework.core.errors import DataError
from framework.core.frames import LONGEST, some
from framework.core.labels import class_indices
from framework.data.picture_folders import class_folders, pictures_below
from framework.data.recognition import in_order

LOOKED_AT = 500  # files, at most, to guess what others are like
# Groups that are the folders within those of the classes.
SUBFOLDER = "subfolder"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class PictureFiles:
    """n files of pictures.

    Parameters
    ----------
    root : Path
        The folder below which they are.
    names : sequence of str
        Their paths from there, with "/".
    y : array (n,)
        Class indices into ``labels``.
    groups : array (n,) of str, optional
        Which of them belong together.
    columns : mapping of name -> array (n,), optional
        Numbers beside them, that costs may depend on.
    """

    root: Path
    names: Sequence[str]
    y: IntArray
    labels: tuple[str, ...]
    groups: NDArray[Any] | None = None
    columns: Mapping[str, FloatArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.names)

    def paths(self, rows: Iterable[int]) -> list[Path]:
        return [self.root / self.names[row] for row in rows]

    def some(self) -> list[Path]:
        """LOOKED_AT of them from all over."""
        return self.paths(range(0, len(self), -(-len(self) // LOOKED_AT) or 1))

    @classmethod
    def of_folder(
        cls, folder: Path, labels: Sequence[str] | None = None, groups: str | None = None
    ) -> PictureFiles:
        """Those in a folder that has a folder a class, which may have folders itself.

        Parameters
        ----------
        folder : Path
        labels : sequence of str, optional
            The classes that there may be (default: the names of the folders, numbers by size, no
            before yes, others by letters).
        groups : "subfolder", optional
            Pictures belong together that are in folders of one name within those of the classes: of a
            patient, say, who has pictures of two classes.

        Raises
        ------
        DataError
            When there are no such folders, one holds no picture or is no class, or a picture is in none.
        """
        classes = class_folders(folder)
        known = in_order(classes) if labels is None else tuple(labels)
        unknown = [name for name in classes if name not in known]
        if unknown:
            raise DataError(
                f"{folder}: the folder {unknown[0]} is none of the classes {some(known)}; expected a "
                "folder a class"
            )
        names: list[str] = []
        counts: list[int] = []
        left_out: Counter[str] = Counter()
        for name in classes:
            found = sorted(pictures_below(folder / name, f"{name}/", left_out))
            if not found:
                raise DataError(
                    f"{folder / name}: expected pictures ({', '.join(SUFFIXES)}), received none; remove the "
                    "folder if it is no class"
                )
            names += found
            counts.append(len(found))
        if left_out:
            kinds = sorted(left_out.items())
            told = ", ".join(f"{count:,} {suffix or 'without a suffix'}" for suffix, count in kinds)
            _log.warning("%s: left out, for by their names they are no pictures: %s", folder, told)
        y = np.repeat([known.index(name) for name in classes], counts)
        return cls(
            folder, names, y, known, None if groups is None else _of_subfolders(folder, names)
        )

    @classmethod
    def of_manifest(
        cls,
        root: Path,
        table: Table,
        columns: Mapping[str, str],
        labels: Sequence[str] | None = None,
    ) -> PictureFiles:
        """Those that a table names, a row each.

        Parameters
        ----------
        root : Path
            The folder that their paths are told from.
        table : Table
        columns : mapping of "picture", "target" and perhaps "groups" -> column
            What the columns of the table are. Others that hold numbers may be what costs depend on.
        labels : sequence of str, optional
            The classes that there may be (default: those that are named).

        Raises
        ------
        DataError
            When a column is not there, a picture or its label is not told, or it is told twice.
        """
        table.only([*columns.values()])
        target = columns["target"]
        told = [bool(text and text.strip()) for text in as_text(table.columns[target]).tolist()]
        if not all(told):
            missing = told.count(False)
            _log.warning(
                '%s of %s pictures have no "%s" and were left out', missing, len(told), target
            )
            table = table[np.array(told)]
        names, targets = (_texts(table, name) for name in (columns["picture"], target))
        twice, count = Counter(names).most_common(1)[0] if names else ("", 1)
        if count > 1:
            raise DataError(
                f'"{twice[:LONGEST]}" stands in {count:,} rows; expected each picture in one of them'
            )
        known = in_order(set(targets)) if labels is None else tuple(labels)
        groups = np.array(_texts(table, columns["groups"])) if "groups" in columns else None
        others = table.without([*columns.values()]).columns
        numbers = {
            name: values
            for name, values in others.items()
            if values.dtype == np.float64 and np.isfinite(values).all()
        }
        y = class_indices(np.array(targets, dtype=object), known, len(names))
        return cls(root, names, y, known, groups, numbers)

    def chosen(self, rows: NDArray[Any]) -> PictureFiles:
        """Those at ``rows``, positions or a mask."""
        positions = np.arange(len(self))[rows]
        return replace(
            self,
            names=[self.names[row] for row in positions],
            y=self.y[positions],
            groups=None if self.groups is None else self.groups[positions],
            columns={name: values[positions] for name, values in self.columns.items()},
        )


def _of_subfolders(folder: Path, names: Sequence[str]) -> NDArray[Any]:
    """The path of each file's folder (n,) from that of its class."""
    found = ["/".join(name.split("/")[1:-1]) for name in names]
    if "" in found:
        raise DataError(
            f"{folder / names[found.index('')]}: groups are to be the folders within those of the classes, "
            "and it is in none of them; move it into one, or leave --groups out"
        )
    return np.array(found)


def _texts(table: Table, name: str) -> list[str]:
    texts = [
        None if text is None else text.strip() for text in as_text(table.columns[name]).tolist()
    ]
    missing = [row for row, text in enumerate(texts, start=1) if not text]
    if missing:
        raise DataError(
            f'case {missing[0]}, "{name}": expected text, received nothing ({len(missing):,} such cases in '
            "all); fill or drop them"
        )
    return [text for text in texts if text]
