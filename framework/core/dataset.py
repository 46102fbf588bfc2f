"""Labelled cases, and how they are divided into a training and a test part."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.images import Border
from framework.errors import DataError


@dataclass(frozen=True, eq=False)
class Dataset:
    """Features and labels of n cases, checked on construction.

    Parameters
    ----------
    X : array (n, ...)
        Raw features: numbers, first axis the cases. (n, d) for a table, (n, height, width,
        channels) for images.
    y : array (n,)
        Class indices into ``labels``, or the label names themselves.
    labels : sequence of str
        Class names; of two, the second is the positive class.
    feature_names : sequence of str, optional
        One per column of a table; made up (x0, x1, ...) when absent.
    groups : array (n,), optional
        Cases of one group never end up on different sides of a split.
    test : array (n,) of bool, optional
        A test part that comes with the data; then no split is drawn.
    validation : array (n,) of bool, optional
        Cases to validate on, which are neither trained nor tested with.
    cost_columns : mapping of name -> array (n,), optional
        What costs may depend on beside the features: amounts, a formula of features.
    image_border : Border, optional
        What the loader cut off pictures, so that those a model is asked about are cut likewise.

    Raises
    ------
    DataError
        For empty data, lengths that differ, NaN or infinity, or labels out of range.
    """

    X: NDArray[Any]
    y: NDArray[np.int64]
    labels: tuple[str, ...]
    feature_names: tuple[str, ...] = ()
    groups: NDArray[Any] | None = None
    test: NDArray[np.bool_] | None = None
    validation: NDArray[np.bool_] | None = None
    cost_columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    image_border: Border | None = None

    def __post_init__(self) -> None:
        names = tuple(map(str, self.feature_names)) or tuple(
            map(str, getattr(self.X, "columns", ()))
        )
        X = np.asarray(self.X)
        labels = tuple(self.labels)
        if X.ndim == 0 or len(X) == 0:
            raise DataError("the dataset has no cases")
        if X.ndim == 1:
            raise DataError(f"expected features of shape (cases, features), received {X.shape}")
        if not np.issubdtype(X.dtype, np.number) and X.dtype != np.bool_:
            raise DataError(f"expected numeric features, received dtype {X.dtype}")
        if X.ndim == 2:
            names = names or tuple(f"x{i}" for i in range(X.shape[1]))
            if len(names) != X.shape[1]:
                raise DataError(f"{len(names)} feature names for {X.shape[1]} features")
        check_finite(X, names)
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "feature_names", names)
        object.__setattr__(self, "y", _class_indices(self.y, labels, len(X)))
        for key in ("groups", "test", "validation"):
            values = getattr(self, key)
            if values is not None:
                if len(values) != len(X):
                    raise DataError(f"{key}: expected {len(X)} entries, received {len(values)}")
                object.__setattr__(self, key, np.asarray(values))
        for name, column in self.cost_columns.items():
            if np.shape(column) != (len(X),) or not np.isfinite(column).all():
                raise DataError(f'cost column "{name}": expected {len(X)} finite numbers')

    def columns(
        self, names: Sequence[str], rows: NDArray[np.int64] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Those of the named columns that there are: cost columns first, then features."""
        found: dict[str, NDArray[Any]] = {}
        for name in names:
            if name in self.cost_columns:
                found[name] = np.asarray(self.cost_columns[name])
            elif name in self.feature_names:
                found[name] = self.X[:, self.feature_names.index(name)]
        return {name: values if rows is None else values[rows] for name, values in found.items()}

    def with_validation(self, held: Dataset) -> Dataset:
        """These cases and those of ``held``, to validate on; its groups are others than these."""
        if held.X.shape[1:] != self.X.shape[1:] or held.feature_names != self.feature_names:
            raise DataError(
                f"the validation data has features of shape {held.X.shape[1:]} "
                f"({', '.join(held.feature_names)}); expected {self.X.shape[1:]} "
                f"({', '.join(self.feature_names)})"
            )
        ours, theirs = np.zeros(len(self), bool), np.ones(len(held), bool)
        groups = None
        if self.groups is not None and held.groups is not None:
            ours_by_number = np.unique(self.groups, return_inverse=True)[1]
            theirs_by_number = np.unique(held.groups, return_inverse=True)[1]
            groups = np.concatenate([ours_by_number, theirs_by_number + ours_by_number.max() + 1])
        return replace(
            self,
            X=np.concatenate([self.X, held.X]),
            y=np.concatenate([self.y, held.y]),
            groups=groups,
            test=None if self.test is None else np.concatenate([self.test.astype(bool), ~theirs]),
            validation=np.concatenate([ours, theirs]),
            cost_columns={
                name: np.concatenate([column, held.cost_columns[name]])
                for name, column in self.cost_columns.items()
            },
        )

    def __len__(self) -> int:
        return len(self.y)

    @property
    def n_classes(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Split:
    """Row indices of the two parts of a dataset, disjoint."""

    train: NDArray[np.int64]
    test: NDArray[np.int64]


def split(
    dataset: Dataset, *, test_fraction: float = 0.25, seed: int = 0, stratify: bool = True
) -> Split:
    """Divide ``dataset``; groups stay whole, and every class is in the training part.

    With groups, the test part is one fold of ``StratifiedGroupKFold`` (its share is therefore
    1 / round(1 / test_fraction)); without, scikit-learn's ``train_test_split``. A test part
    that came with the data is used as it is.

    Raises
    ------
    DataError
        If a part would be empty or a class would be missing from the training part.
    """
    rows = np.arange(len(dataset))
    if dataset.validation is not None:
        rows = rows[~dataset.validation.astype(bool)]
    if dataset.test is not None:
        held_out = dataset.test[rows].astype(bool)
        parts = Split(rows[~held_out], rows[held_out])
    elif dataset.groups is not None:
        parts = _split_groups(dataset, rows, test_fraction, seed)
    else:
        parts = _split_cases(dataset, rows, test_fraction, seed, stratify)
    if len(parts.train) == 0 or len(parts.test) == 0:
        raise DataError(
            f"the split left {len(parts.train)} training and {len(parts.test)} test cases"
        )
    present = np.bincount(dataset.y[parts.train], minlength=dataset.n_classes) > 0
    if not present.all():
        missing = [dataset.labels[k] for k in np.flatnonzero(~present)]
        raise DataError(f"no case of class {', '.join(missing)} is in the training part")
    return parts


def folds(dataset: Dataset, rows: NDArray[np.int64], k: int, seed: int) -> list[Split]:
    """Divide ``rows`` of ``dataset`` into ``k`` folds; each Split's ``test`` is one of them.

    Groups stay whole, class shares are kept as far as they allow. A class with fewer than ``k``
    cases (or groups) is missing from some folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    y = dataset.y[rows]
    if dataset.groups is not None:
        splitter = StratifiedGroupKFold(k, shuffle=True, random_state=seed)
        pairs = splitter.split(rows, y, dataset.groups[rows])
    else:
        splitter = StratifiedKFold(k, shuffle=True, random_state=seed)
        pairs = splitter.split(rows, y)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The least populated class")
            return [Split(rows[train], rows[test]) for train, test in pairs]
    except ValueError as error:
        raise DataError(f"{len(rows)} cases cannot be split into {k} folds: {error}") from error


def check_finite(X: NDArray[Any], feature_names: Sequence[str] = ()) -> None:
    """Raise DataError at the first NaN or infinity, naming its row and feature."""
    if np.issubdtype(X.dtype, np.floating) and not np.isfinite(X).all():
        where = np.argwhere(~np.isfinite(X))
        row, *rest = where[0]
        column = feature_names[rest[0]] if X.ndim == 2 and feature_names else f"position {rest}"
        raise DataError(
            f'feature "{column}" of case {row} (counting from 0) is {X[tuple(where[0])]}; '
            f"expected a finite number ({len(where)} such values in all). "
            "Fill or drop them before loading"
        )


def _class_indices(y: Any, labels: tuple[str, ...], n: int) -> NDArray[np.int64]:
    y = np.asarray(y)
    if y.shape != (n,):
        raise DataError(f"expected one label per case, shape ({n},), received {y.shape}")
    if y.dtype.kind in "OUS":
        index = {label: k for k, label in enumerate(labels)}
        unknown = sorted({str(label) for label in y} - set(index))
        if unknown:
            raise DataError(f"labels {unknown} in the data; expected one of {list(labels)}")
        return np.array([index[str(label)] for label in y], dtype=np.int64)
    indices = y.astype(np.int64)
    if not np.array_equal(indices, y) or indices.min() < 0 or indices.max() >= len(labels):
        wrong = y[(indices != y) | (indices < 0) | (indices >= len(labels))][0]
        raise DataError(
            f"expected class indices 0 to {len(labels) - 1} (for {list(labels)}), received {wrong}"
        )
    return indices


def _split_cases(
    dataset: Dataset, rows: NDArray[np.int64], test_fraction: float, seed: int, stratify: bool
) -> Split:
    from sklearn.model_selection import train_test_split

    try:
        train, test = train_test_split(
            rows,
            test_size=test_fraction,
            random_state=seed,
            stratify=dataset.y[rows] if stratify else None,
        )
    except ValueError as error:
        raise DataError(f"{len(rows)} cases cannot be split: {error}") from error
    return Split(train, test)


def _split_groups(
    dataset: Dataset, rows: NDArray[np.int64], test_fraction: float, seed: int
) -> Split:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = max(2, round(1 / test_fraction))
    groups = np.asarray(dataset.groups)[rows]
    n_groups = len(np.unique(groups))
    if n_groups < folds:
        raise DataError(
            f"{n_groups} groups cannot be split into {folds} folds that keep them whole"
        )
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    train, test = next(splitter.split(rows, dataset.y[rows], groups))
    return Split(rows[train], rows[test])
