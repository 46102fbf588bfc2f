"""Cases to be decided by one model: of rows, tables, arrays and pictures, as its signature wants them."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from framework.core.cases.images import Pixels, read_image
from framework.core.cases.table import Table, as_text
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import DataError
from framework.core.frames import some
from framework.data.features import NamedFeatures, from_frame, from_rows, raw_rows
from framework.serving import case_ids
from framework.serving.media import PICTURES
from framework.serving.sizes import FLOAT, MOST_PIXELS, NUMBERS, check_rows

if TYPE_CHECKING:
    from framework.inference.trained_model import TrainedModel

_log = logging.getLogger(__name__)
WRAPPING = "features"  # {"features": [...]}


@dataclass(frozen=True, eq=False)
class Cases:
    """Features (n, ...) to be decided, columns (n,) the costs may depend on, a matrix if given, and
    shares of labels.

    ``header`` is False for a CSV body without one: its answer then has none either. ``ids`` are the cases'
    own, if they have any.
    """

    X: np.ndarray
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    matrix: CostMatrix | None = None
    header: bool = True
    prevalence: Mapping[str, float] = field(default_factory=dict)
    ids: tuple[str, ...] | None = None


class CaseReader:
    """Makes cases for one model.

    What is not as the model wants it raises DataError, naming the case and the column.
    """

    def __init__(self, model: TrainedModel) -> None:
        self.model, self.schema = model, model.artifact.schema
        self.signature = model.artifact.signature
        self.own_columns = model.artifact.cost_matrix.columns
        self.is_table = len(self.signature.input_shape) == 1

    @property
    def known(self) -> tuple[str, ...]:
        """Names of columns that mean something to the model."""
        features = self.signature.feature_names if self.schema is None else self.schema.names
        return (*features, *self.own_columns)

    def of_rows(self, rows: Any, matrix: CostMatrix | None) -> Cases:
        """Of parsed JSON: lists of numbers, objects by name, or pictures in base64."""
        if not isinstance(rows, list):
            raise DataError(f"expected a list of cases, received {type(rows).__name__}")
        if not rows:
            raise DataError("there are no cases")
        bare, ids = case_ids.apart(self._unwrapped(rows), self.known)
        return replace(self._of_bare(bare, matrix), ids=ids)

    def of_columns(self, table: Table) -> Cases:
        """Of a table whose columns have names and types."""
        self._check_rows(len(table), None, False)
        ids = None
        if case_ids.ID in table.names and case_ids.ID not in self.known:
            ids = case_ids.checked(as_text(table.columns[case_ids.ID]).tolist(), len(table))
            table = table.without([case_ids.ID])
        if self.schema is not None:
            return replace(self.of_raw(table, None), ids=ids)
        features = self.signature.feature_names
        table.only((*features, *self.own_columns))  # whichever is missing is named
        named = from_frame(table, features, self.own_columns)
        return replace(self.of_table(named, None), ids=ids)

    def of_array(self, X: np.ndarray) -> Cases:
        """Of cases (n, ...) as the model takes them; behind the features of a table may stand its columns."""
        self._check_rows(len(X) if X.ndim else 0, None, X.dtype == np.uint8)
        features = self.signature.feature_names
        names = (*features, *(name for name in self.own_columns if name not in features))
        if self.is_table and X.ndim == 2 and X.shape[1] == len(names):
            width = self.signature.input_shape[0]
            columns = {name: X[:, width + j] for j, name in enumerate(names[width:])}
            for name, values in columns.items():
                if not np.isfinite(values).all():
                    raise DataError(f'"{name}": expected finite numbers')
            return Cases(X[:, :width], columns)
        return Cases(X)

    def of_picture(self, body: bytes, name: str) -> Cases:
        """Of one picture in the format of that name."""
        return Cases(self._pixels(body, (name,))[None])

    def of_raw(self, table: Table, matrix: CostMatrix | None, header: bool = True) -> Cases:
        """Of columns as they came, which the model's schema encodes."""
        wanted = self.own_columns if matrix is None else matrix.columns
        features = self.model.cases(table)  # a column that is missing is told before one too many
        unknown = self.model.unknown_columns(table.names)
        self._refuse_unknown([name for name in unknown if name not in wanted])
        for name, levels in (self.schema.unseen(table) if self.schema else {}).items():
            _log.warning('"%s": never seen in training: %s', name, ", ".join(levels[:5]))
        return Cases(features, self.model.columns(table, matrix), matrix, header)

    def of_table(self, table: NamedFeatures, matrix: CostMatrix | None) -> Cases:
        """Of features that are numbers."""
        self._refuse_unknown(table.ignored)
        return Cases(table.X, table.by_name, matrix, table.header)

    def _of_bare(self, rows: Sequence[Any], matrix: CostMatrix | None) -> Cases:
        encoded = self.signature.takes_pictures and isinstance(rows[0], dict)
        self._check_rows(len(rows), matrix, encoded)
        wanted = self.own_columns if matrix is None else matrix.columns
        if self.schema is not None:
            return self.of_raw(raw_rows(rows, self.schema.names, wanted), matrix)
        if self.is_table:
            return self.of_table(from_rows(rows, self.signature.feature_names, wanted), matrix)
        if all(isinstance(row, dict) for row in rows) and self.signature.takes_pictures:
            left = Pixels(MOST_PIXELS)
            X = np.stack(
                [self._encoded(i, row.get("b64"), left) for i, row in enumerate(rows, start=1)]
            )
            others = [{key: row[key] for key in row if key != "b64"} for row in rows]
            table = from_rows(others, (), wanted)
            self._refuse_unknown(table.ignored)
            return Cases(X, table.by_name, matrix)
        return Cases(np.stack(list(self._nested(rows))), matrix=matrix)

    def _unwrapped(self, rows: list[Any]) -> list[Any]:
        """Without the object that SageMaker Clarify puts around each list of features."""
        if WRAPPING in self.known or not all(
            isinstance(row, dict) and row.keys() == {WRAPPING} and isinstance(row[WRAPPING], list)
            for row in rows
        ):
            return rows
        return [row[WRAPPING] for row in rows]

    def _refuse_unknown(self, names: Sequence[str]) -> None:
        # What the model's own matrix needs may be sent along with another matrix.
        unknown = [name for name in names if name not in (*self.own_columns, case_ids.ID)]
        if unknown:
            raise DataError(
                f"{len(unknown):,} columns are unknown to the model: {some(unknown)}; leave them out"
            )

    def _nested(self, rows: Sequence[Any]) -> Iterator[np.ndarray]:
        shape = self.signature.input_shape
        expected = f"expected numbers nested as {shape}"
        if self.signature.takes_pictures:
            expected += ', or in all cases {"b64": "..."}'
        for i, row in enumerate(rows, start=1):
            try:
                case = np.array(row)
            except (ValueError, OverflowError):
                raise DataError(f"case {i}: {expected}; received a ragged list") from None
            if case.dtype.kind not in "fiu" or _holds_yes_or_no(row):
                raise DataError(f"case {i}: {expected}; received what is no number")
            if case.shape != shape:
                raise DataError(f"case {i}: {expected}; received {case.shape}")
            yield case

    def _check_rows(self, rows: int, matrix: CostMatrix | None, of_bytes: bool) -> None:
        used = matrix or self.model.artifact.cost_matrix
        # Bytes stay bytes until a batch of them is decided; numbers are compared and scaled.
        each = 2 if of_bytes and self.signature.takes_bytes else NUMBERS * FLOAT
        case = each * prod(self.signature.input_shape)
        check_rows(rows, case, self.model.labels, used, used.decision_labels)

    def _encoded(self, number: int, text: Any, left: Pixels) -> np.ndarray:
        try:
            if not isinstance(text, str):
                raise DataError('expected {"b64": a picture in base64}')
            body = base64.b64decode(text, validate=True)
            return self._pixels(body, tuple(PICTURES.values()), left)
        except (DataError, binascii.Error, ValueError) as error:
            raise DataError(f"case {number}: {error}") from error

    def _pixels(
        self, body: bytes, formats: tuple[str, ...], left: Pixels | None = None
    ) -> np.ndarray:
        shape, border = self.signature.input_shape, self.signature.image_border
        return read_image(body, shape, border, formats, left)


def _holds_yes_or_no(nested: Any) -> bool:
    """Whether lists in one another hold true or false, which NumPy takes for 1 or 0."""
    level = [nested]
    while level and isinstance(level[0], list):
        level = list(chain.from_iterable(level))
    return bool in set(map(type, level))
