"""Labelled cases, checked when they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import BoolArray, IntArray
from framework.core.cases.case_stream import CaseStream, HeldOutTotals
from framework.core.cases.group_split import check_apart, group_ids
from framework.core.cases.images import Border
from framework.core.cases.table import Table
from framework.core.errors import DataError
from framework.core.frames import all_numbers, checked_names, is_frame, lacks, names_of
from framework.core.labels import class_indices

AT_ONCE = 2**20  # values that are looked at


@dataclass(frozen=True, eq=False)
class Dataset:
    """Features and labels of n cases, checked on construction.

    Parameters
    ----------
    X : array (n, ...), data frame or Table
        Raw features, first axis the cases: numbers, (n, d) for a table, (n, height, width,
        channels) for images. A data frame that holds anything but finite numbers and yes/no
        becomes ``table``: its numbers wait for a schema (see ``encoded``). A sparse matrix is
        filled up.
    y : array (n,)
        Class indices into ``labels``, or the label names themselves. Where labels are numbers
        ("1", "0"), integers are taken only if both readings agree (label k is str(k)).
    labels : sequence of str
        Class names; of two, the second is the positive class.
    feature_names : sequence of str, optional
        One per column of a table, no two alike; made up (x0, x1, ...) when absent. Of a data frame,
        those of its columns that are features (default: all).
    groups : array (n,), optional
        Ids, numbers or text: cases of one group never end up on different sides of a split.
    test : array (n,) of bool, optional
        A test part that comes with the data; then no split is drawn.
    validation : array (n,) of bool, optional
        Cases to validate on, which are neither trained nor tested with.
    cost_columns : mapping of name -> array (n,), optional
        What costs may depend on beside the features: amounts, a formula of features. One with a
        feature's name must hold that feature.
    image_border : Border, optional
        What the loader cut off pictures, so that those a model is asked about are cut likewise.
    case_names : sequence of str (n,), optional
        What people know the cases by, such as the files they are in: what predictions name them by (default:
        their positions).
    stream : CaseStream, optional
        All training cases, where they do not fit into memory. Those that are neither ``test`` nor
        ``validation``, which then come with the data, are a sample of them: networks learn from the stream,
        all else from the sample.
    totals : HeldOutTotals, optional
        Of a stream, how many cases ``test`` and ``validation`` stand for, if for more than there are here.

    Attributes
    ----------
    table : Table or None
        Columns with text, dates or gaps, which no network takes. Until they are ``encoded``, ``X``
        has no columns.

    Raises
    ------
    DataError
        For empty data, lengths that differ, NaN or infinity, labels out of range or that may
        mean two things, names that could mean two columns, or a group with cases in two of the
        parts that come with the data.
    """

    X: Any
    y: IntArray
    labels: tuple[str, ...]
    feature_names: tuple[str, ...] = ()
    groups: NDArray[Any] | None = None
    test: BoolArray | None = None
    validation: BoolArray | None = None
    cost_columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    image_border: Border | None = None
    table: Table | None = None
    case_names: Sequence[str] | None = None
    stream: CaseStream | None = None
    totals: HeldOutTotals | None = None

    def __post_init__(self) -> None:
        X, names = self.X, self.feature_names
        if self.table is None:
            X, names, table = _named(self.X, self.feature_names)
            object.__setattr__(self, "table", table)
        labels = tuple(self.labels)
        if X.ndim == 0 or len(X) == 0:
            raise DataError("the dataset has no cases")
        if X.ndim == 1:
            raise DataError(f"expected features of shape (cases, features), received {X.shape}")
        if X.dtype.kind not in "biuf":  # complex numbers and durations are none of these
            raise DataError(f"expected real numbers as features, received dtype {X.dtype}")
        if X.ndim == 2:
            names = names or tuple(f"x{i}" for i in range(X.shape[1]))
            if len(names) != X.shape[1]:
                raise DataError(f"{len(names)} feature names for {X.shape[1]} features")
        check_finite(X, names)
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "feature_names", names)
        object.__setattr__(self, "y", class_indices(self.y, labels, len(X)))
        if self.case_names is not None and len(self.case_names) != len(X):
            raise DataError(
                f"case_names: expected {len(X)} entries, received {len(self.case_names)}"
            )
        for key in ("test", "validation"):
            values = getattr(self, key)
            if values is not None:
                if len(values) != len(X):
                    raise DataError(f"{key}: expected {len(X)} entries, received {len(values)}")
                object.__setattr__(self, key, np.asarray(values))
        if self.test is not None and self.validation is not None:
            both = np.flatnonzero(self.test.astype(bool) & self.validation.astype(bool))
            if len(both):
                raise DataError(
                    f"case {both[0]} (counting from 0) is in the test part and in the validation "
                    f"part ({len(both)} such cases in all); expected it in one of them"
                )
        if self.groups is not None:
            object.__setattr__(self, "groups", group_ids(self.groups, len(X)))
            check_apart(self.groups, self._given_parts())
        for name, column in self.cost_columns.items():
            if np.shape(column) != (len(X),) or not np.isfinite(column).all():
                raise DataError(f'cost column "{name}": expected {len(X)} finite numbers')
            if name in names and not np.array_equal(column, X[:, names.index(name)]):
                raise DataError(
                    f'cost column "{name}" and the feature "{name}" hold different numbers, and '
                    "costs could mean either; rename one of them"
                )

    def columns(
        self, names: Sequence[str], rows: IntArray | None = None
    ) -> dict[str, NDArray[Any]]:
        """Those of the named columns that there are, among cost columns and features."""
        found: dict[str, NDArray[Any]] = {}
        for name in names:
            if name in self.cost_columns:
                found[name] = np.asarray(self.cost_columns[name])
            elif self.table is not None:
                if name in self.table.columns:
                    found[name] = self.table.numbers(name)
            elif name in self.feature_names:
                found[name] = self.X[:, self.feature_names.index(name)]
        return {name: values if rows is None else values[rows] for name, values in found.items()}

    def names_of(self, rows: IntArray) -> NDArray[Any]:
        """What people know the cases at ``rows`` by (n,): their names, else these positions."""
        if self.case_names is None:
            return rows
        return np.array([self.case_names[row] for row in rows], dtype=object)

    def training_counts(self, rows: IntArray) -> IntArray:
        """Training cases of each class (N,): the ``rows``, or all those of which they are a sample."""
        if self.stream is not None:
            return np.asarray(self.stream.class_counts, dtype=np.int64)
        return np.bincount(self.y[rows], minlength=self.n_classes)

    def _given_parts(self) -> dict[str, BoolArray]:
        """The parts that came with the data, by name; none of them where a split is to be drawn."""
        parts = {
            name: mask.astype(bool)
            for name, mask in (("test", self.test), ("validation", self.validation))
            if mask is not None
        }
        rest = ~np.any(list(parts.values()), axis=0) if parts else None
        return {} if rest is None else {"training": rest, **parts}

    def encoded(
        self, X: NDArray[Any], names: Sequence[str], cost_columns: Mapping[str, NDArray[Any]]
    ) -> Dataset:
        """The same cases with the columns of ``table`` as numbers.

        ``X`` (n, d) are features called ``names``; ``cost_columns`` (n,) further ones by name.
        """
        columns = {**self.cost_columns, **cost_columns}
        return replace(self, X=X, feature_names=tuple(names), cost_columns=columns)

    def with_features(self, names: tuple[str, ...], shape: tuple[int, ...]) -> Dataset:
        """The same cases with the features of a table in the order of ``names``.

        Raises
        ------
        DataError
            When these are other features, or cases are not of that ``shape``.
        """
        own = self.feature_names
        if self.table is not None:
            return replace(self, table=self.table.only(names))
        if len(shape) == 1 and self.X.ndim == 2 and own != names:
            missing = [name for name in names if name not in own]
            if missing:
                raise DataError(f"the table {lacks(missing, names, own)}")
            if len(own) > len(names):
                more = [name for name in own if name not in names]
                raise DataError(f"the table has {len(more)} columns too many: {', '.join(more)}")
            order = [own.index(name) for name in names]
            return replace(self, X=self.X[:, order], feature_names=names)
        if self.X.shape[1:] != shape:
            raise DataError(f"cases have the shape {self.X.shape[1:]}; expected {shape}")
        return self

    def with_validation(self, held: Dataset) -> Dataset:
        """These cases and those of ``held``, to validate on.

        Raises
        ------
        DataError
            When its features are others than these, or a group has cases in both.
        """
        names = self.feature_names if self.table is None else self.table.names
        if (self.table is None) != (held.table is None):
            kinds = "columns of text, dates or gaps", "numbers alone"
            mine, other = kinds if held.table is None else kinds[::-1]
            raise DataError(f"the validation data has {other}, the training data {mine}")
        try:
            held = held.with_features(names, self.X.shape[1:])
        except DataError as error:
            raise DataError(f"the validation data: {error}") from error
        for name in self.cost_columns:
            if name not in held.cost_columns:
                raise DataError(f'the validation data has no cost column "{name}"')
        ours, theirs = np.zeros(len(self), bool), np.ones(len(held), bool)
        if (self.groups is None) != (held.groups is None):
            which = "the training" if held.groups is None else "the validation"
            raise DataError(
                f"only {which} data has groups; expected them of both parts, or of none"
            )
        groups = None
        if self.groups is not None and held.groups is not None:
            groups = np.concatenate([self.groups, held.groups])
        case_names = None
        if self.case_names is not None and held.case_names is not None:
            case_names = [*self.case_names, *held.case_names]
        return replace(
            self,
            X=np.concatenate([self.X, held.X]),
            case_names=case_names,
            table=None
            if self.table is None or held.table is None
            else self.table.joined(held.table),
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


def check_finite(X: NDArray[Any], feature_names: Sequence[str] = ()) -> None:
    """Raise DataError at the first NaN or infinity, naming its row and feature."""
    if np.issubdtype(X.dtype, np.floating) and not _all_finite(X):
        where = np.argwhere(~np.isfinite(X))
        row, *rest = where[0]
        column = feature_names[rest[0]] if X.ndim == 2 and feature_names else f"position {rest}"
        raise DataError(
            f'feature "{column}" of case {row} (counting from 0) is {X[tuple(where[0])]}; '
            f"expected a finite number ({len(where)} such values in all). "
            "Fill or drop them before loading"
        )


def _all_finite(X: NDArray[Any]) -> bool:
    """In parts: the answers for all values of a large table would take an eighth of its memory."""
    each = max(1, AT_ONCE // max(1, X[:1].size))
    return all(np.isfinite(X[k : k + each]).all() for k in range(0, len(X), each))


def _named(X: Any, names: Sequence[Any]) -> tuple[NDArray[Any], tuple[str, ...], Table | None]:
    """Features as an array, and their names, given or the frame's own; or what is to be encoded."""
    given = checked_names(names)
    if hasattr(X, "toarray"):  # sparse
        X = X.toarray()
    if not is_frame(X):
        return np.asarray(X), given, None
    wanted = given or names_of(X)
    if not isinstance(X, Table):
        numbers = all_numbers(X, wanted)
        if numbers is not None:
            return np.column_stack(numbers), wanted, None
    table = Table.of_frame(X).only(wanted)
    return np.empty((len(table), 0)), (), table
