"""Cases on two sides of a split, and settings of a split that have no effect."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import IntArray
from framework.core.dataset import Dataset
from framework.core.splitting import Split


def duplicates_across(X: NDArray[np.generic], train: IntArray, held: IntArray) -> int:
    """How many cases ``held`` have exactly the features of one of ``train``, whatever their labels.

    By 64-bit hashes of the rows, a second for a million of them.
    """
    trained = set(_hashes(X, train))
    return sum(found in trained for found in _hashes(X, held))


def duplicates_warnings(dataset: Dataset, parts: Split) -> tuple[str, ...]:
    """Sentences on training cases that stand in the test part, or in validation data, too."""
    held = {"test": parts.test}
    if dataset.validation is not None:
        held["validation"] = np.flatnonzero(dataset.validation)
    told = []
    for part, rows in held.items():
        found = duplicates_across(dataset.X, parts.train, rows)
        if found:
            cases = f"{part} cases {'has' if found == 1 else 'have'}"
            told.append(
                f"{found:,} of {len(rows):,} {cases} exactly the features of a training case; where "
                f"these are the same case twice, the {part} part is easier than new cases will be: "
                "drop the repeats, or give both the same group"
            )
    return tuple(told)


def ignored_options(given: Collection[str], dataset: Dataset) -> tuple[str, ...]:
    """Sentences on settings of the split that have no effect here.

    Parameters
    ----------
    given : names of settings
        Those of a RunConfig that the user has set: ``{"stratify", ...}``.
    dataset : Dataset
    """
    if dataset.test is not None:
        unused = [name for name in ("test_fraction", "split_seed", "stratify") if name in given]
        why = "the test part came with the data"
    else:
        unused = ["stratify"] if "stratify" in given and dataset.groups is not None else []
        why = "the dataset has groups, which are split whole and as evenly by class as they allow"
    if not unused:
        return ()
    options = ", ".join(f"--{name.replace('_', '-')}" for name in unused)
    return (f"{options} {'is' if len(unused) == 1 else 'are'} ignored: {why}",)


def _hashes(X: NDArray[np.generic], rows: IntArray) -> list[int]:
    # Adding zero makes -0.0 and 0.0 one number, as they are to a model.
    zero = 0.0 if np.issubdtype(X.dtype, np.floating) else None
    found = []
    for row in rows:
        case = X[row] if zero is None else X[row] + zero
        found.append(hash(case.tobytes()))
    return found
