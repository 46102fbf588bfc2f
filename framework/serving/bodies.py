"""What the body of a request holds, by its content type: cases, and perhaps a cost matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from framework.core.errors import DataError
from framework.core.json_text import NotJsonError, parse_json
from framework.core.shown import short
from framework.data.csv_features import parse_csv, raw_csv
from framework.data.csv_files import DELIMITERS
from framework.serving import case_ids
from framework.serving.cases import CaseReader, Cases
from framework.serving.columnar import read_arrow, read_parquet
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
from framework.serving.npy_bodies import read_npy
from framework.serving.request_matrices import RequestMatrices
from framework.serving.sizes import check_csv, check_json

if TYPE_CHECKING:
    from framework.inference.trained_model import TrainedModel

Reader = Callable[[bytes, Mapping[str, str]], Cases]


class Bodies:
    """Reads bodies for one model, as its signature wants them.

    Examples
    --------
    >>> bodies = Bodies(model)                                        # doctest: +SKIP
    >>> bodies.read("application/json", {}, b"[[1, 2, 3]]").X          # doctest: +SKIP
    array([[1., 2., 3.]])
    """

    def __init__(self, model: TrainedModel) -> None:
        cases = self._cases = CaseReader(model)
        self._matrices = RequestMatrices(model.labels)
        self._readers: dict[str, Reader] = {JSON: self._json, JSON_LINES: self._json_lines}
        if cases.schema is None:  # whose columns may be text, which .npy has none of
            self._readers[NPY] = lambda body, _: cases.of_array(read_npy(body))
        if cases.is_table:
            self._readers[CSV] = self._csv
            self._readers[PARQUET] = lambda body, _: cases.of_columns(read_parquet(body))
            for content_type in (ARROW_FILE, ARROW_STREAM):
                self._readers[content_type] = self._arrow(content_type)
        if cases.signature.takes_pictures:
            for content_type, name in PICTURES.items():
                self._readers[content_type] = self._picture(name)

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
        cases = self._cases
        ids = case_ids.of_csv(text, cases.known, header)
        if cases.schema is not None:
            raw, has_header = raw_csv(text, cases.schema.names, cases.own_columns, header)
            return replace(cases.of_raw(raw, None, has_header), ids=ids)
        table = parse_csv(text, cases.signature.feature_names, cases.own_columns, header)
        return replace(cases.of_table(table, None), ids=ids)

    def _json(self, body: bytes, parameters: Mapping[str, str]) -> Cases:
        check_json(body)
        data = _parsed(body, "the body")
        if not isinstance(data, dict):
            return self._cases.of_rows(data, None)
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
        cases = self._cases.of_rows(
            data["instances"], None if matrix is None else self._matrices.read(matrix)
        )
        ids = cases.ids
        if data.get("ids") is not None:
            ids = case_ids.checked(data["ids"], len(cases.X))
        return replace(cases, prevalence=shares, ids=ids)

    def _json_lines(self, body: bytes, parameters: Mapping[str, str]) -> Cases:
        check_json(body)
        lines = enumerate(body.split(b"\n"), start=1)
        rows = [_parsed(line, f"line {number}") for number, line in lines if line.strip()]
        return self._cases.of_rows(rows, None)

    def _arrow(self, content_type: str) -> Reader:
        is_file = content_type == ARROW_FILE
        return lambda body, _: self._cases.of_columns(read_arrow(body, is_file=is_file))

    def _picture(self, name: str) -> Reader:
        return lambda body, _: self._cases.of_picture(body, name)


def _parsed(text: bytes, where: str) -> Any:
    try:
        return parse_json(text, constants=True)  # each number is checked, and its cell named
    except NotJsonError as error:
        raise DataError(f"{where} {error}") from None


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(f'"{name}"' for name in list(names)[:5]) or "nothing"
