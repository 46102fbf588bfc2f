"""What the body of a request holds, by its content type: cases, and perhaps a cost matrix."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import BytesIO
from itertools import chain
from math import prod
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

import numpy as np

from framework.core.cost_matrix import CostMatrix
from framework.core.cost_matrix_cells import check_same_labels
from framework.core.cost_matrix_file import NAMES
from framework.core.errors import CostMatrixError, DataError
from framework.core.frames import some
from framework.core.images import Pixels, read_image
from framework.core.json_text import NotJsonError, parse_json
from framework.core.plain_numbers import is_whole
from framework.core.shown import SHORT, short
from framework.core.table import Table, as_text
from framework.data.csv_files import DELIMITERS
from framework.data.features import (
    NamedFeatures,
    from_frame,
    from_rows,
    parse_csv,
    raw_csv,
    raw_rows,
)
from framework.serving import case_ids
from framework.serving.columnar import read_arrow, read_parquet
from framework.serving.limits import CACHED_MATRICES, LARGEST_CACHED
from framework.serving.media import (
    ARROW_FILE,
    ARROW_STREAM,
    CSV,
    JSON,
    JSON_LINES,
    NPY,
    PARQUET,
    PICTURES,
)
from framework.serving.sizes import (
    FLOAT,
    MOST_PIXELS,
    NUMBERS,
    check_csv,
    check_json,
    check_rows,
    check_values,
)

if TYPE_CHECKING:
    from framework.inference.trained_model import TrainedModel

_log = logging.getLogger(__name__)
MOST_ACTIONS = 1000  # of a request's matrix
WRAPPING = "features"  # {"features": [...]}
NPY_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


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


class Bodies:
    """Reads bodies for one model, as its signature wants them.

    Examples
    --------
    >>> bodies = Bodies(model)                                        # doctest: +SKIP
    >>> bodies.read("application/json", {}, b"[[1, 2, 3]]").X          # doctest: +SKIP
    array([[1., 2., 3.]])
    """

    def __init__(self, model: TrainedModel) -> None:
        self.labels = model.labels
        self.model, self.schema = model, model.artifact.schema
        self.signature = model.artifact.signature
        self.own_columns = model.artifact.cost_matrix.columns
        self.is_table = len(self.signature.input_shape) == 1
        self._cached = lru_cache(CACHED_MATRICES)(self._matrix)
        self._readers: dict[str, Callable[[bytes, Mapping[str, str]], Cases]] = {
            JSON: self._json,
            JSON_LINES: self._json_lines,
        }
        if self.schema is None:  # whose columns may be text, which .npy has none of
            self._readers[NPY] = self._npy
        if self.is_table:
            self._readers[CSV] = self._csv
            self._readers[PARQUET] = lambda body, _: self._of_columns(read_parquet(body))
            for content_type in (ARROW_FILE, ARROW_STREAM):
                self._readers[content_type] = self._arrow(content_type)
        if self.signature.takes_pictures:
            for content_type, name in PICTURES.items():
                self._readers[content_type] = self._picture(name)

    @property
    def known(self) -> tuple[str, ...]:
        """Names of columns that mean something to the model."""
        features = self.signature.feature_names if self.schema is None else self.schema.names
        return (*features, *self.own_columns)

    @property
    def content_types(self) -> tuple[str, ...]:
        """Those that this model can be asked with."""
        return tuple(self._readers)

    def read(self, content_type: str, parameters: Mapping[str, str], body: bytes) -> Cases:
        """The cases in ``body``, which is of one of the ``content_types``.

        Raises
        ------
        DataError, CostMatrixError
            Naming the case and the column, or the cell of the matrix.
        """
        return self._readers[content_type](body, parameters)

    def _csv(self, body: bytes, parameters: Mapping[str, str]) -> Cases:
        # RFC 4180 has the parameter: text/csv; header=present or absent.
        header = {"present": True, "absent": False}.get(parameters.get("header", ""))
        encoding = parameters.get("charset", "utf-8-sig")
        try:
            text = body.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError as error:
            name = encoding.removesuffix("-sig").upper()
            raise DataError(
                f"the body is not {name} text ({error}); say how it is written: "
                "text/csv; charset=iso-8859-1"
            ) from error
        except (LookupError, ValueError):  # of a codec that is none of text, or does not exist
            raise DataError(f"charset={encoding[:40]} is unknown; expected one as utf-8") from None
        check_csv(text, DELIMITERS)
        ids = case_ids.of_csv(text, self.known, header)
        if self.schema is not None:
            raw, has_header = raw_csv(text, self.schema.names, self.own_columns, header)
            return replace(self._of_raw(raw, None, has_header), ids=ids)
        table = parse_csv(text, self.signature.feature_names, self.own_columns, header)
        return replace(self._of_table(table, None), ids=ids)

    def _json(self, body: bytes, parameters: Mapping[str, str]) -> Cases:
        check_json(body)
        data = _parsed(body, "the body")
        if not isinstance(data, dict):
            return self._of_rows(data, None)
        unknown = sorted(set(data) - {"instances", "cost_matrix", "prevalence", "ids"})
        if unknown or "instances" not in data:
            raise DataError(
                'expected a list of cases, or an object of "instances" (a list of cases) and '
                f'perhaps "cost_matrix", "prevalence" and "ids", received an object of {_listed(data)}'
            )
        matrix, shares = data.get("cost_matrix"), data.get("prevalence", {})
        if shares is None:
            shares = {}
        if not isinstance(shares, dict):
            raise DataError(
                '"prevalence": expected an object of labels and their shares, received '
                f"{short(shares)}"
            )
        cases = self._of_rows(data["instances"], None if matrix is None else self._given(matrix))
        ids = cases.ids
        if data.get("ids") is not None:
            ids = case_ids.checked(data["ids"], len(cases.X))
        return replace(cases, prevalence=shares, ids=ids)

    def _json_lines(self, body: bytes, parameters: Mapping[str, str]) -> Cases:
        check_json(body)
        lines = enumerate(body.split(b"\n"), start=1)
        rows = [_parsed(line, f"line {number}") for number, line in lines if line.strip()]
        return self._of_rows(rows, None)

    def _npy(self, body: bytes, parameters: Mapping[str, str]) -> Cases:
        X = _array(body)
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

    def _picture(self, name: str) -> Callable[[bytes, Mapping[str, str]], Cases]:
        return lambda body, _: Cases(self._pixels(body, (name,))[None])

    def _arrow(self, content_type: str) -> Callable[[bytes, Mapping[str, str]], Cases]:
        is_file = content_type == ARROW_FILE
        return lambda body, _: self._of_columns(read_arrow(body, is_file=is_file))

    def _of_columns(self, table: Table) -> Cases:
        """Of a table whose columns have names and types."""
        self._check_rows(len(table), None, False)
        ids = None
        if case_ids.ID in table.names and case_ids.ID not in self.known:
            ids = case_ids.checked(as_text(table.columns[case_ids.ID]).tolist(), len(table))
            table = table.without([case_ids.ID])
        if self.schema is not None:
            return replace(self._of_raw(table, None), ids=ids)
        features = self.signature.feature_names
        table.only((*features, *self.own_columns))  # whichever is missing is named
        named = from_frame(table, features, self.own_columns)
        return replace(self._of_table(named, None), ids=ids)

    def _of_rows(self, rows: Any, matrix: CostMatrix | None) -> Cases:
        if not isinstance(rows, list):
            raise DataError(f"expected a list of cases, received {type(rows).__name__}")
        if not rows:
            raise DataError("there are no cases")
        bare, ids = case_ids.apart(self._unwrapped(rows), self.known)
        return replace(self._of_bare(bare, matrix), ids=ids)

    def _of_bare(self, rows: Sequence[Any], matrix: CostMatrix | None) -> Cases:
        encoded = self.signature.takes_pictures and isinstance(rows[0], dict)
        self._check_rows(len(rows), matrix, encoded)
        wanted = self.own_columns if matrix is None else matrix.columns
        if self.schema is not None:
            return self._of_raw(raw_rows(rows, self.schema.names, wanted), matrix)
        if self.is_table:
            return self._of_table(from_rows(rows, self.signature.feature_names, wanted), matrix)
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

    def _of_raw(self, table: Table, matrix: CostMatrix | None, header: bool = True) -> Cases:
        wanted = self.own_columns if matrix is None else matrix.columns
        features = self.model.cases(table)  # a column that is missing is told before one too many
        unknown = self.model.unknown_columns(table.names)
        self._refuse_unknown([name for name in unknown if name not in wanted])
        for name, levels in (self.schema.unseen(table) if self.schema else {}).items():
            _log.warning('"%s": never seen in training: %s', name, ", ".join(levels[:5]))
        return Cases(features, self.model.columns(table, matrix), matrix, header)

    def _of_table(self, table: NamedFeatures, matrix: CostMatrix | None) -> Cases:
        self._refuse_unknown(table.ignored)
        return Cases(table.X, table.by_name, matrix, table.header)

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
        check_rows(rows, case, self.labels, used, used.decision_labels)

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

    def _given(self, data: Any) -> CostMatrix:
        """The matrix of a request; requests tend to repeat a few of them."""
        try:
            self._check_sides(data)
            text = json.dumps(data)
            return self._cached(text) if len(text) <= LARGEST_CACHED else self._matrix(text)
        except CostMatrixError as error:
            raise CostMatrixError(f'"cost_matrix": {error}') from error

    def _check_sides(self, data: Any) -> None:
        """Before anything is made of it: a few rules may mean as many cells as there is memory."""
        labels, actions = (data.get(key) if isinstance(data, dict) else None for key in NAMES)
        if isinstance(labels, list) and labels:
            names = tuple(map(str, labels))
            check_same_labels(_short_name(data.get("name")), names, self.labels)
        most = max(MOST_ACTIONS, 2 * len(self.labels))
        if isinstance(actions, list) and len(actions) > most:
            raise CostMatrixError(
                f'"actions": expected at most {most:,} names, received {len(actions):,}'
            )

    def _matrix(self, text: str) -> CostMatrix:
        matrix = CostMatrix.from_dict(json.loads(text)).aligned(self.labels)
        later = matrix.columns_known_afterwards
        if later:
            raise CostMatrixError(
                f'the column "{later[0]}" is known only afterwards, and a request is decided now; '
                "give those cells as numbers"
            )
        return matrix


def _short_name(name: Any) -> str:
    """A matrix's, for a message; "?" where it is no text."""
    return name[:SHORT] if isinstance(name, str) else "?"


def _parsed(text: bytes, where: str) -> Any:
    try:
        return parse_json(text, constants=True)  # each number is checked, and its cell named
    except NotJsonError as error:
        raise DataError(f"{where} {error}") from None


def _holds_yes_or_no(nested: Any) -> bool:
    """Whether lists in one another hold true or false, which NumPy takes for 1 or 0."""
    level = [nested]
    while level and isinstance(level[0], list):
        level = list(chain.from_iterable(level))
    return bool in set(map(type, level))


def _array(body: bytes) -> np.ndarray:
    """The array of an .npy file, whose header may promise no more than the body holds."""
    file = BytesIO(body)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of a header as Python 2 wrote it
            version = np.lib.format.read_magic(file)
            shape, fortran_order, dtype = NPY_HEADERS[version](file)
    except (
        UserWarning,
        ValueError,
        KeyError,
        SyntaxError,
        TokenError,
        RecursionError,
        MemoryError,
    ):
        raise DataError("the body is not an array in .npy format, version 1.0 or 2.0") from None
    if dtype.kind not in "fiu":
        raise DataError(f"expected an array of numbers, received one of {str(dtype)[:SHORT]}")
    if not all(is_whole(length) for length in shape):  # True is one to NumPy, and -1 whatever fits
        raise DataError(f"the .npy file has the shape {short(shape)}; expected whole numbers")
    if dtype != np.uint8:
        check_values(prod(shape))
    try:
        flat = np.frombuffer(body, dtype, offset=file.tell())
        values = flat.reshape(shape, order="F" if fortran_order else "C")
    except (ValueError, OverflowError) as error:
        raise DataError(f"the .npy file is not as long as its header says: {error}") from None
    # TensorFlow takes neither foreign byte orders nor every width of a float.
    return values if dtype == np.uint8 else values.astype(np.float64)


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(f'"{name}"' for name in list(names)[:5]) or "nothing"
