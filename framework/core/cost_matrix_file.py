"""Cost matrices on disk: a JSON object, or a CSV table of costs in USD."""

from __future__ import annotations

import csv
import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from framework.core.cost_matrix import REFER, ColumnCost, CostMatrix, square_of_numbers
from framework.core.cost_matrix_rules import expand
from framework.errors import CostMatrixError

RULES = ("default", "groups", "rules")
KEYS = (
    "name",
    "labels",
    "costs",
    "values",
    *RULES,
    "unit",
    "dollars_per_unit",
    "training_costs",
    REFER,
    "source",
    "description",
)


def read(path: Path) -> CostMatrix:
    """The matrix in ``path``; a name that ends in .csv is read as CSV, anything else as JSON.

    Raises
    ------
    CostMatrixError
        Naming the file, the key and the cell.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CostMatrixError(f"{path}: no such cost matrix file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CostMatrixError(f"{path}: cannot be read as text ({error})") from error
    try:
        return _from_csv(text, path.stem) if path.suffix.lower() == ".csv" else _from_json(text)
    except CostMatrixError as error:
        raise CostMatrixError(f"{path}: {error}") from error


def write(matrix: CostMatrix, path: Path) -> None:
    """Write ``matrix`` as the JSON object that ``read`` takes."""
    path.write_text(json.dumps(matrix.to_dict(), indent=2) + "\n", encoding="utf-8")


def from_dict(data: object) -> CostMatrix:
    """The matrix that a parsed JSON object describes; errors name the key and the cell."""
    if not isinstance(data, dict):
        raise CostMatrixError(f"expected a JSON object, received {type(data).__name__}")
    for key in data:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; known keys: {', '.join(KEYS)}"
            raise CostMatrixError(f'unknown key "{key}"{hint}')
    for key in ("name", "labels"):
        if key not in data:
            raise CostMatrixError(f'the key "{key}" is missing')
    for key in ("name", "unit", "source", "description"):
        if not isinstance(data.get(key, ""), str):
            raise CostMatrixError(f'"{key}": expected a string, received {data[key]!r}')
    if not data["name"].strip():
        raise CostMatrixError('"name": expected a non-empty string')
    if not isinstance(data["labels"], list):
        raise CostMatrixError(f'"labels": expected a list of names, received {data["labels"]!r}')
    ways = [key for key in ("costs", "values", "rules") if key in data]
    if len(ways) != 1:
        raise CostMatrixError(
            'expected either "costs" (positive = bad) or "values" (positive = good), or "rules" '
            f"in place of them; received {' and '.join(ways) or 'none of them'}"
        )
    rest: dict[str, Any] = {
        key: value for key, value in data.items() if key not in ("values", *RULES)
    }
    labels = tuple(map(str, data["labels"]))
    if "rules" not in data:
        key = ways[0]
        cells, rest["column_costs"] = _take_columns_out(
            data[key], labels, key, sign=1.0 if key == "costs" else -1.0
        )
        rest["costs"] = square_of_numbers(cells, labels, key)
        if key == "values":
            rest["costs"] = 0.0 - rest["costs"]
    if "rules" in data:
        rest["costs"], rest["untouched"] = expand(
            labels, data.get("default"), data.get("groups", {}), data["rules"]
        )
    elif "default" in data or "groups" in data:
        raise CostMatrixError('"default" and "groups" go with "rules", which is missing')
    return CostMatrix(**rest)


def _take_columns_out(
    cells: Any, labels: tuple[str, ...], key: str, sign: float
) -> tuple[Any, tuple[ColumnCost, ...]]:
    """Cells with the constant in place of each object, and what the objects say of columns."""
    found: list[ColumnCost] = []
    if not isinstance(cells, list) or not all(isinstance(row, list) for row in cells):
        return cells, ()  # not square: told by the check that follows
    constants = [list(row) for row in cells]
    for true, row in zip(labels, constants, strict=False):
        for j, (predicted, cell) in enumerate(zip(labels, row, strict=False)):
            if not isinstance(cell, dict):
                continue
            where = f'"{key}", row "{true}" (truth), column "{predicted}" (prediction)'
            unknown = sorted(set(cell) - {"column", "factor", "plus"})
            if unknown or not isinstance(cell.get("column"), str):
                raise CostMatrixError(
                    f'{where}: expected a number, or an object of "column" (the name of one), '
                    f'"factor" (default 1) and "plus" (default 0), received {cell!r}'
                )
            factor = cell.get("factor", 1)
            if isinstance(factor, bool) or not isinstance(factor, (int, float)):
                raise CostMatrixError(f'{where}, "factor": expected a number, received {factor!r}')
            found.append(ColumnCost(true, predicted, cell["column"], sign * factor))
            row[j] = cell.get("plus", 0)
    return constants, tuple(found)


def _from_json(text: str) -> CostMatrix:
    try:
        data = json.loads(text, object_pairs_hook=no_duplicate_keys)
    except json.JSONDecodeError as error:
        raise CostMatrixError(
            f"not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    return from_dict(data)


def no_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For ``json.loads``: of two equal keys the first would be lost silently."""
    data = dict(pairs)
    if len(data) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise CostMatrixError(f'the key "{repeated}" is given more than once')
    return data


def _from_csv(text: str, name: str) -> CostMatrix:
    """Header row: predictions; header column: truths; cells: costs in USD, positive = bad."""
    rows = [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
    if not rows:
        raise CostMatrixError("the file is empty; expected a table with a header row")
    columns = tuple(cell.strip() for cell in rows[0][1:])
    truths = tuple(row[0].strip() for row in rows[1:])
    if sorted(columns) != sorted(truths) or len(set(truths)) != len(truths):
        raise CostMatrixError(
            f"the header row names {list(columns)} but the header column {list(truths)}; "
            "expected the same labels, each once, on both sides"
        )
    costs = []
    for label in columns:
        cells = rows[1 + truths.index(label)][1:]
        if len(cells) != len(columns):
            raise CostMatrixError(
                f'row "{label}": expected {len(columns)} numbers, received {len(cells)}'
            )
        costs.append([_number(cell, label, columns[j]) for j, cell in enumerate(cells)])
    return CostMatrix(name=name, labels=columns, costs=square_of_numbers(costs, columns, "costs"))


def _number(cell: str, truth: str, column: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise CostMatrixError(
            f'row "{truth}" (truth), column "{column}" (prediction): '
            f"expected a number, received {cell!r}"
        ) from None
