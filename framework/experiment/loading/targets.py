"""The target of a table as classes: which there are, in what order, and that of each case."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.config.run_config import RunConfig
from framework.core.cases.table import as_number
from framework.core.errors import DataError
from framework.core.shown import short
from framework.core.slicing.levels import range_labels
from framework.data.recognition import in_order

# A target of more classes than this is a quantity, unless every case of it may well be one.
MOST_CLASSES = 100


def targets_of(texts: Iterable[str | None], config: RunConfig) -> NDArray[Any]:
    """The class (n,) that each text of the target means, by name; None where there is none.

    Raises
    ------
    DataError
        Naming the first case whose target is no number, where numbers are cut.
    """
    plain = [None if text is None or not text.strip() else text.strip() for text in texts]
    found = np.empty(len(plain), object)
    found[:] = plain
    return found if not config.cuts else _cut(found, config)


def class_labels(present: Collection[str], n: int, config: RunConfig) -> tuple[str, ...]:
    """The classes of ``n`` cases in their order: of numbers by size, no before yes, else by letters.

    Raises
    ------
    DataError
        When there is but one, or these are no classes.
    """
    if config.cuts:
        labels = tuple(label for label in range_labels(config.cuts) if label in present)
    else:
        labels = in_order(present)
    where = f'{config.dataset}: the target "{config.target}"'
    if len(labels) < 2:
        raise DataError(
            f"{where} holds {' and '.join(labels) or 'nothing'}; expected two classes or more"
        )
    quantity = all(as_number(label) is not None for label in labels) and len(labels) > MOST_CLASSES
    if quantity or len(labels) > max(2, n // 2):
        raise DataError(
            f"{where} holds {len(labels)} different values in {n} cases; expected classes: "
            "make some of numbers with --cut 8,10, or name another column"
        )
    return labels


def _cut(texts: NDArray[Any], config: RunConfig) -> NDArray[Any]:
    """Numbers as the classes between the ``cuts``: up to and with each of them, and above."""
    names = range_labels(config.cuts)
    found = np.empty(len(texts), object)
    for row, text in enumerate(texts):
        number = None if text is None else as_number(text)
        if text is not None and number is None:
            raise DataError(
                f'{config.dataset}: case {row + 1}, "{config.target}": expected a number to cut into '
                f"classes, received {short(text)}"
            )
        if number is not None:
            found[row] = names[int(np.searchsorted(config.cuts, number, side="left"))]
    return found
