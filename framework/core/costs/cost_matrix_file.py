"""Cost matrices on disk: a JSON object, or a CSV table of costs in USD.

What is written there as the fields of a ``CostMatrix``, whose ``from_file``, ``from_dict`` and
``to_file`` are the doors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from framework.core.costs.cost_matrix_cells import (
    DECISION,
    REFER,
    TRUTH,
    check_actions,
    table_of_numbers,
)
from framework.core.costs.cost_matrix_columns import put_back, taken_out
from framework.core.costs.cost_matrix_csv import csv_fields
from framework.core.costs.cost_matrix_ranges import (
    RangedCell,
    ranges_back,
    ranges_out,
    refer_ranges_out,
)
from framework.core.costs.cost_matrix_rules import expand
from framework.core.errors import CostMatrixError
from framework.core.file_bytes import LARGEST_MATRIX, NotAFileError, read_bytes
from framework.core.json_text import NotJsonError, parse_json
from framework.core.shown import SHORT, short

PREVALENCE = "prevalence"
NAMES = ("labels", "actions")
RULES = ("default", "groups", "rules")
KEYS = (
    "name",
    "labels",
    "actions",
    "rows",
    "costs",
    "values",
    *RULES,
    "unit",
    "dollars_per_unit",
    "training_costs",
    REFER,
    "allow",
    PREVALENCE,
    "source",
    "description",
)


def fields_of_file(path: Path) -> dict[str, Any]:
    """Of the matrix in ``path``; a name that ends in .csv or .tsv is read as CSV, anything else as JSON.

    Raises
    ------
    CostMatrixError
        Naming the key and the cell.
    """
    try:
        raw = read_bytes(path, LARGEST_MATRIX)
    except FileNotFoundError:
        raise CostMatrixError("no such cost matrix file") from None
    except NotAFileError as error:
        raise CostMatrixError(str(error)) from None
    except OSError as error:
        raise CostMatrixError(f"cannot be read as text ({error})") from error
    if path.suffix.lower() not in (".csv", ".tsv"):
        return _from_json(raw)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CostMatrixError(f"cannot be read as text ({error})") from error
    return csv_fields(text, path.stem)


def fields_of(data: object) -> dict[str, Any]:
    """Of the matrix that a parsed JSON object describes; errors name the key and the cell."""
    data = dict(_checked(data))
    if data.get("rows") == DECISION:
        tables = [key for key in ("costs", "values", "training_costs") if key in data]
        data |= {key: _transposed(data[key]) for key in tables}
    fields = {key: value for key, value in data.items() if key not in ("rows", "values", *RULES)}
    labels, actions = (tuple(map(str, data.get(key, ()))) for key in NAMES)
    if "actions" in data:
        check_actions(actions)
    fields["actions"] = actions
    if "rules" in data:
        fields["costs"], fields["untouched"], fields["groups"], by_rules = expand(
            labels, data.get("default"), data.get("groups", {}), data["rules"], actions
        )
        return _with_refer(fields, labels, by_rules)
    if "default" in data or "groups" in data:
        raise CostMatrixError('"default" and "groups" go with "rules", which is missing')
    key, sign = ("costs", 1.0) if "costs" in data else ("values", -1.0)
    sides = labels, actions or labels
    cells, ranges = ranges_out(data[key], sides, key, sign)
    cells, fields["column_costs"] = taken_out(cells, sides, key, sign)
    table = table_of_numbers(cells, labels, key, actions)
    fields["costs"] = table if key == "costs" else 0.0 - table
    return _with_refer(fields, labels, ranges)


def _with_refer(
    fields: dict[str, Any], labels: tuple[str, ...], ranges: Iterable[RangedCell]
) -> dict[str, Any]:
    """With all ``ranges``, and those of what a referral costs."""
    of_refer: list[RangedCell] = []
    if REFER in fields:
        fields[REFER], of_refer = refer_ranges_out(fields[REFER], labels)
    fields["ranges"] = (*ranges, *of_refer)
    return fields


def written(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object from which ``fields_of`` takes these ``fields`` of a matrix."""
    labels, actions = fields["labels"], fields["actions"]
    sides = labels, actions or labels
    costs = put_back(fields["costs"], fields["column_costs"], sides)
    refer = None if fields[REFER] is None else fields[REFER].tolist()
    ranges_back(costs, refer, fields["ranges"], sides)
    data: dict[str, Any] = {
        "name": fields["name"],
        "labels": list(labels),
        **({"actions": list(actions)} if actions else {}),
        "costs": costs,
        "unit": fields["unit"],
        "dollars_per_unit": fields["dollars_per_unit"],
    }
    if fields["training_costs"] is not None:
        data["training_costs"] = fields["training_costs"].tolist()
    if refer is not None:
        data[REFER] = refer
    if fields["allow"]:
        data["allow"] = list(fields["allow"])
    if fields[PREVALENCE]:
        data[PREVALENCE] = dict(fields[PREVALENCE])
    return data | {key: fields[key] for key in ("source", "description") if fields[key]}


def _checked(data: object) -> dict[str, Any]:
    """``data`` as an object with the keys that it must have, and no others."""
    if not isinstance(data, dict):
        raise CostMatrixError(f"expected a JSON object, received {type(data).__name__}")
    for key in data:
        if key not in KEYS:
            near = get_close_matches(str(key)[:SHORT], KEYS, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; known keys: {', '.join(KEYS)}"
            raise CostMatrixError(f'unknown key "{str(key)[:SHORT]}"{hint}')
    for key in ("name", "labels"):
        if key not in data:
            raise CostMatrixError(f'the key "{key}" is missing')
    for key in ("name", "unit", "source", "description"):
        if not isinstance(data.get(key, ""), str):
            raise CostMatrixError(f'"{key}": expected a string, received {short(data[key])}')
    if not isinstance(data.get(PREVALENCE, {}), dict):
        raise CostMatrixError(
            f'"{PREVALENCE}": expected an object of labels and their shares, received '
            f"{short(data[PREVALENCE])}"
        )
    if not data["name"].strip():
        raise CostMatrixError('"name": expected a non-empty string')
    for key in NAMES:
        given = data.get(key, [])
        if not isinstance(given, list) or any(
            isinstance(name, bool) or not isinstance(name, (str, int)) for name in given
        ):
            raise CostMatrixError(f'"{key}": expected a list of names, received {short(given)}')
    if data.get("rows", TRUTH) not in (TRUTH, DECISION):
        raise CostMatrixError(
            f'"rows": expected "{TRUTH}" (a row for each truth, the default) or "{DECISION}", '
            f"received {short(data['rows'])}"
        )
    ways = [key for key in ("costs", "values", "rules") if key in data]
    if len(ways) != 1:
        raise CostMatrixError(
            'expected either "costs" (positive = bad) or "values" (positive = good), or "rules" '
            f"in place of them; received {' and '.join(ways) or 'none of them'}"
        )
    return data


def _transposed(cells: Any) -> Any:
    """Rows as columns; what is no table is left for the check that follows to tell."""
    rows = cells if isinstance(cells, list) else [None]
    width = len(rows[0]) if rows and isinstance(rows[0], list) else 0
    if not all(isinstance(row, list) and len(row) == width for row in rows):
        return cells
    return [list(column) for column in zip(*rows, strict=True)]


def _from_json(text: bytes) -> dict[str, Any]:
    try:
        return fields_of(parse_json(text, constants=True))
    except NotJsonError as error:
        raise CostMatrixError(str(error)) from None
