"""What makes figures too good: cases on two sides of a split, columns that tell the class; and settings
of a split that have no effect.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.cases.dataset import Dataset
from framework.core.cases.splitting import Split

# A column tells too much from this share on; of fewer cases nothing is said.
TELLTALE, FEWEST_CASES = 0.98, 50
BINS = 32
FEWEST_OF_LEVEL, CHANCE = 20, 1e-9


def duplicates_across(X: NDArray[np.generic], train: IntArray, held: IntArray) -> int:
    """How many cases ``held`` have exactly the features of one of ``train``, whatever their labels.

    By 64-bit hashes of the rows, a second for a million of them.
    """
    known, own = _hashes(X, train), _hashes(X, held)
    known.sort()  # and nothing larger is made of them
    nearest = np.searchsorted(known, own)
    np.minimum(nearest, len(known) - 1, out=nearest)
    return int((known[nearest] == own).sum())


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
    halves = [in_order[::2].copy(), in_order[1::2].copy()]  # of every class, each second case
    del in_order
    of_halves = [y[half] for half in halves]
    cases = halves if rows is None else [rows[half] for half in halves]
    del halves
    found: dict[str, float] = {}
    for j, name in enumerate(names):
        column = name.partition("=")[0]
        share = _told(X[:, j], cases, of_halves)
        if share >= TELLTALE:
            found[column] = max(share, found.get(column, 0.0))
    return found


def telltale_warnings(dataset: Dataset, train: IntArray) -> tuple[str, ...]:
    """Sentences on columns of a table that tell the class of the training cases alone."""
    if dataset.X.ndim != 2:
        return ()
    names = dataset.feature_names
    y = dataset.y[train].astype(np.min_scalar_type(dataset.n_classes))  # of many cases, an eighth
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
        if "=" not in name:
            continue
        values = X[:, j] if rows is None else X[rows, j]
        classes = y[values == 1]
        if len(classes) < FEWEST_OF_LEVEL or (classes != classes[0]).any():
            continue
        if shares[classes[0]] ** len(classes) < CHANCE:
            found.append((name, int(classes[0]), len(classes)))
    return found


def _told(column: FloatArray, cases: Sequence[IntArray], y: Sequence[IntArray]) -> float:
    """The mean over classes of the share of cases that a single ``column`` (m,) tells rightly.

    Two halves of the cases, at which positions and of which classes: the first tells what stands where, the
    second tries it.
    """
    (seen, new), (y_seen, y_new) = cases, y
    values = column[seen]
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
    n_classes = 1 + max(int(of.max()) for of in y)
    cells = np.searchsorted(edges, values, side="right") * n_classes + y_seen
    counts = np.bincount(cells, minlength=(len(edges) + 1) * n_classes).reshape(-1, n_classes)
    # A rare class weighs as much as the others.
    likeliest = (counts / np.maximum(counts.sum(axis=0), 1)).argmax(axis=1)
    del values, cells
    right = likeliest[np.searchsorted(edges, column[new], side="right")] == y_new
    others = np.bincount(y_new, minlength=n_classes)
    hits = np.bincount(y_new[right], minlength=n_classes)
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
