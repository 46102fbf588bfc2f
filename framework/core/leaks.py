"""What makes figures too good: cases on two sides of a split, columns that tell the class; and settings
of a split that have no effect.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.dataset import Dataset
from framework.core.splitting import Split

# A column tells too much from this share on; of fewer cases nothing is said.
TELLTALE, FEWEST_CASES = 0.98, 50
BINS = 32
FEWEST_OF_LEVEL, CHANCE = 20, 1e-9


def duplicates_across(X: NDArray[np.generic], train: IntArray, held: IntArray) -> int:
    """How many cases ``held`` have exactly the features of one of ``train``, whatever their labels.

    By 64-bit hashes of the rows, a second for a million of them.
    """
    return int(np.isin(_hashes(X, held), _hashes(X, train)).sum())


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


def telltales(
    X: FloatArray, y: IntArray, names: Sequence[str], rows: IntArray | None = None
) -> dict[str, float]:
    """Columns that alone tell the class, and in what share of the cases, all classes weighing alike.

    By the class that is the most frequent one in each of BINS ranges of a column's values, found on
    every second case and tried on the others.

    Parameters
    ----------
    X : array (m, d)
    y : array (n,)
        Class indices of the n ``rows``.
    names : d names of features
        Features ``column=part`` are of one column.
    rows : array (n,), optional
        Positions in ``X`` (default: all).
    """
    if len(y) < FEWEST_CASES:
        return {}
    in_order = np.argsort(y, kind="stable")
    seen, new = in_order[::2], in_order[1::2]  # of every class, each second case
    found: dict[str, float] = {}
    for j, name in enumerate(names):
        column = name.partition("=")[0]
        share = _told(X[:, j] if rows is None else X[rows, j], y, seen, new)
        if share >= TELLTALE:
            found[column] = max(share, found.get(column, 0.0))
    return found


def telltale_warnings(dataset: Dataset, train: IntArray) -> tuple[str, ...]:
    """Sentences on columns of a table that tell the class of the training cases alone."""
    if dataset.X.ndim != 2:
        return ()
    y, names = dataset.y[train], dataset.feature_names
    found = telltales(dataset.X, y, names, train)
    of_levels = [
        f'all {n} training cases with "{name}" are "{dataset.labels[k]}"; if that is known only when the '
        f'class is, figures are better than they will be: leave "{name.partition("=")[0]}" out'
        for name, k, n in telltale_levels(dataset.X, y, names, train)
        if name.partition("=")[0] not in found
    ]
    told = tuple(
        f'"{name}" alone tells the class of {share:.0%} of the cases (all classes weighing alike); if it is '
        "known only when the class is, figures are better than they will be: leave it out"
        for name, share in found.items()
    )
    return (*told, *of_levels)


def telltale_levels(
    X: FloatArray, y: IntArray, names: Sequence[str], rows: IntArray | None = None
) -> list[tuple[str, int, int]]:
    """Levels ``column=level`` all of whose cases are of one class: (feature, class, cases).

    Of FEWEST_OF_LEVEL cases or more, and where chance would hardly do it: the class's share of all
    cases, as often as the level has cases, comes to less than CHANCE.
    """
    shares = np.bincount(y) / max(len(y), 1)
    found = []
    for j, name in enumerate(names):
        values = X[:, j] if rows is None else X[rows, j]
        classes = y[values == 1] if "=" in name else y[:0]
        if len(classes) < FEWEST_OF_LEVEL or (classes != classes[0]).any():
            continue
        if shares[classes[0]] ** len(classes) < CHANCE:
            found.append((name, int(classes[0]), len(classes)))
    return found


def _told(values: FloatArray, y: IntArray, seen: IntArray, new: IntArray) -> float:
    """The mean over classes of the share of the ``new`` cases that a single column tells rightly."""
    edges = np.unique(np.quantile(values[seen], np.linspace(0, 1, BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, values, side="right")
    n_classes = int(y.max()) + 1
    counts = np.zeros((len(edges) + 1, n_classes))
    np.add.at(counts, (bins[seen], y[seen]), 1)
    counts /= np.maximum(counts.sum(axis=0), 1)  # a rare class weighs as much as the others
    right = counts.argmax(axis=1)[bins[new]] == y[new]
    others = np.bincount(y[new], minlength=n_classes)
    hits = np.bincount(y[new], weights=right, minlength=n_classes)
    return float((hits[others > 0] / others[others > 0]).mean())


def ignored_options(given: Collection[str], dataset: Dataset) -> tuple[str, ...]:
    """Sentences on settings of the split that have no effect here.

    Parameters
    ----------
    given : names of settings
        Those of a RunConfig that the user has set: ``{"stratify", ...}``.
    dataset : Dataset
    """
    if dataset.stream is not None:
        unused = ["stratify"] if "stratify" in given else []
        why = "cases that are streamed are in a part by a hash of their number or group"
    elif dataset.test is not None:
        unused = [name for name in ("test_fraction", "split_seed", "stratify") if name in given]
        why = "the test part came with the data"
    else:
        unused = ["stratify"] if "stratify" in given and dataset.groups is not None else []
        why = "the dataset has groups, which are split whole and as evenly by class as they allow"
    if not unused:
        return ()
    options = ", ".join(f"--{name.replace('_', '-')}" for name in unused)
    return (f"{options} {'is' if len(unused) == 1 else 'are'} ignored: {why}",)


def _hashes(X: NDArray[np.generic], rows: IntArray) -> IntArray:
    # Adding zero makes -0.0 and 0.0 one number, as they are to a model.
    zero = 0.0 if np.issubdtype(X.dtype, np.floating) else None
    cases = (X[row] if zero is None else X[row] + zero for row in rows)
    return np.fromiter((hash(case.tobytes()) for case in cases), np.int64, len(rows))
