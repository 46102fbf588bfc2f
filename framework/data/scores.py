"""Columns of probabilities in a table of what a model said of each case."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.cases.table import Table
from framework.core.errors import DataError


def probabilities_in(table: Table, pattern: str, labels: Sequence[str]) -> FloatArray:
    """Probabilities (n, N) in the order of ``labels``, from the columns that ``pattern`` names.

    A ``*`` in it stands for the label; of two classes one column will do.

    Raises
    ------
    DataError
        When it names no column, or those of other labels, or one holds no numbers.
    """
    front, star, back = pattern.partition("*")
    wanted = ", ".join(f"{front}{label}{back}" for label in labels)
    if not star:
        raise DataError(
            f'the pattern "{pattern}" for columns of probabilities has no * for the label; expected '
            f'one like "p_*", for {", ".join(f"p_{label}" for label in labels)}'
        )
    found = columns_of(pattern, table.names)
    if pattern == "*":  # all columns, of which those are meant that are called as a label
        found = {label: name for label, name in found.items() if label in labels}
    missing = [label for label in labels if label not in found]
    if len(labels) == 2 and len(missing) == 1 and len(found) == 1:
        known = table.numbers(next(iter(found.values())))
        pair = (1 - known, known) if missing[0] == labels[0] else (known, 1 - known)
        return np.column_stack(pair)
    if missing or len(found) > len(labels):
        told = ", ".join(found.values()) or "none"
        raise DataError(
            f'the columns that "{pattern}" names are {told}; expected one for each label of the cost '
            f"matrix: {wanted}"
        )
    return np.column_stack([table.numbers(found[label]) for label in labels])


def columns_of(pattern: str, names: Sequence[str]) -> dict[str, str]:
    """Of columns with these ``names`` those that ``pattern`` means, by what stands for its ``*``."""
    front, _, back = pattern.partition("*")
    named = re.compile(f"{re.escape(front)}(.+){re.escape(back)}", re.DOTALL)
    return {match[1]: name for name in names if (match := named.fullmatch(name))}
