"""The gate that every number of a cost matrix passes: errors name the cell."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from framework.core.arrays import BoolArray, FloatArray
from framework.core.errors import CostMatrixError
from framework.core.labels import UNSEEN_CLASSES
from framework.core.plain_numbers import finite
from framework.core.shown import listed, short

REFER = "refer"
TRUTH, DECISION = "truth", "decision"  # what the rows of a table are
# Of a cell, and of a cell in dollars: beyond, sums overflow, and float32, in which losses are trained.
LARGEST = 1e30
MOST_CELLS = 4_000_000  # of a matrix: 2,000 x 2,000
# Costs that a program has worked out may differ by this share of the row's largest.
ROUNDING = 1e-12
# What a file may allow, each refused otherwise.
MISTAKES_THAT_PAY = "mistakes_that_pay"
ALLOWED = {
    MISTAKES_THAT_PAY: "a mistake may cost less than the right decision for the same truth",
    UNSEEN_CLASSES: "a label may have no case in training: it can be decided, never learned",
}


def place(true: str, predicted: str, what: str = "prediction") -> str:
    """A cell in words; ``what`` its column is."""
    return f'row "{true}" (truth), column "{predicted}" ({what})'


def amount(value: object) -> float | None:
    """``value`` as a float, or None where it is no number, or beyond what costs are reckoned with."""
    number = finite(value)
    return None if number is None or abs(number) > LARGEST else number


def expected_amount(received: object) -> str:
    """What was expected where ``received`` is no ``amount``, and what came, for a sentence."""
    wanted = "a finite number" if finite(received) is None else f"a number of at most {LARGEST:g}"
    return f"expected {wanted}, received {short(received)}"


def _check_names(names: tuple[str, ...], key: str) -> None:
    for name in names:
        if not isinstance(name, str) or not name:
            raise CostMatrixError(f'"{key}": expected non-empty names, received {short(name)}')
        if any("\ud800" <= sign <= "\udfff" for sign in name):
            raise CostMatrixError(f'"{key}": {name!a} holds half of a surrogate pair')
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        raise CostMatrixError(f'"{key}": {listed(repeated)} given more than once')


def check_labels(labels: tuple[str, ...]) -> None:
    _check_names(labels, "labels")
    if len(labels) < 2:
        raise CostMatrixError(f'"labels": expected at least 2 names, received {len(labels)}')


def check_actions(actions: tuple[str, ...]) -> None:
    _check_names(actions, "actions")
    if REFER in actions:
        raise CostMatrixError(
            f'"actions": referring a case is priced by the key "{REFER}", and is an action then; '
            "leave it out of the list"
        )
    if len(actions) < 2:
        raise CostMatrixError(f'"actions": expected at least 2 names, received {len(actions)}')


def check_same_labels(name: str, own: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """Raise CostMatrixError where the labels of the matrix ``name`` are not those of a dataset."""
    given, known = set(own), set(wanted)
    missing = [label for label in wanted if label not in given]
    extra = [label for label in own if label not in known]
    if missing or extra:
        raise CostMatrixError(
            f'cost matrix "{name}": its labels do not match the dataset\'s; '
            f"missing in the matrix: {listed(missing)}; unknown to the dataset: "
            f"{listed(extra)}. The dataset's labels are {listed(wanted)}"
        )


def check_size(n: int, m: int) -> None:
    """Raise CostMatrixError where a table of ``n`` x ``m`` cells is more than is reckoned with."""
    if n * m > MOST_CELLS:
        raise CostMatrixError(
            f"expected at most {MOST_CELLS:,} cells, received {n:,} x {m:,} (labels x decisions)"
        )


def check_exchange_rate(dollars_per_unit: object) -> None:
    dollars = amount(dollars_per_unit)
    if dollars is None or dollars < 1 / LARGEST:
        positive = (finite(dollars_per_unit) or 0) > 0
        beyond = f"; one from {1 / LARGEST:g} to {LARGEST:g}" if positive else ""
        raise CostMatrixError(
            f'"dollars_per_unit": expected a positive number, received {short(dollars_per_unit)}'
            f"{beyond}"
        )


def is_currency(unit: str) -> bool:
    """Whether ``unit`` is a currency's code (ISO 4217: three capitals) or sign."""
    sign = len(unit) == 1 and unicodedata.category(unit) == "Sc"
    return sign or re.fullmatch("[A-Z]{3}", unit) is not None


def table_of_numbers(
    cells: object, labels: tuple[str, ...], key: str, actions: tuple[str, ...] = ()
) -> FloatArray:
    """Cells as an (N, N) float array of finite numbers, or an error that names the cell.

    (N, M) where there are M ``actions``.
    """
    n, columns = len(labels), actions or labels
    m, what = len(columns), "action" if actions else "prediction"
    check_size(n, m)
    rows = list(cells) if isinstance(cells, (list, tuple, np.ndarray)) else None
    if rows is None or len(rows) != n:
        received = type(cells).__name__ if rows is None else f"{len(rows)} rows"
        each = "a row per label, a column per action" if actions else "one per label"
        raise CostMatrixError(
            f'"{key}": expected {n} rows of {m} numbers ({each}), received {received}'
        )
    for label, row in zip(labels, rows, strict=True):
        if not isinstance(row, (list, tuple, np.ndarray)) or len(row) != m:
            received = f"{len(row)}" if isinstance(row, (list, tuple, np.ndarray)) else short(row)
            each = f" (one per action: {listed(actions)})" if actions else ""
            raise CostMatrixError(
                f'"{key}", row "{label}": expected {m} numbers{each}, received {received}'
            )
        if _all_amounts(row):
            continue
        for column, cell in zip(columns, row, strict=True):
            if amount(cell) is None:
                raise CostMatrixError(
                    f'"{key}", {place(label, column, what)}: {expected_amount(cell)}'
                )
    table = np.array(rows, dtype=np.float64)
    table.flags.writeable = False
    return table


def _all_amounts(row: list[object] | tuple[object, ...] | np.ndarray) -> bool:
    """Whether a row plainly holds ``amount``s alone, at once: of a million cells one by one takes seconds."""
    plain = isinstance(row, np.ndarray) and row.dtype == np.float64
    if not plain and set(map(type, row)) != {float}:
        return False
    return bool((np.abs(np.asarray(row)) <= LARGEST).all())


def check_non_negative(training: FloatArray, labels: tuple[str, ...]) -> None:
    if (training < 0).any():
        i, j = np.argwhere(training < 0)[0]
        raise CostMatrixError(
            f'"training_costs", {place(labels[i], labels[j])}: '
            f"expected a number of at least 0, received {training[i, j]:g}"
        )


def cheapest_of_row(costs: FloatArray) -> BoolArray:
    """Which cells (..., M) cost the least of their row, but for rounding."""
    least = costs.min(axis=-1, keepdims=True)
    cheapest: BoolArray = costs <= least + ROUNDING * np.abs(costs).max(axis=-1, keepdims=True)
    return cheapest


def paying_mistakes(costs: FloatArray) -> BoolArray:
    """Which cells (N, N) cost less than the right decision for the same truth."""
    rounding = ROUNDING * np.abs(costs).max(axis=1, keepdims=True)
    paying: BoolArray = costs < np.diagonal(costs)[:, None] - rounding
    return paying


def check_no_mistake_pays(
    costs: FloatArray, labels: tuple[str, ...], key: str, of_the_case: BoolArray
) -> None:
    """Raise CostMatrixError at a mistake that costs less than the right decision for its truth.

    Elkan 2001, section 1.2: the first condition of a reasonable matrix. The cheapest model would
    be the one that makes that mistake most. Cells ``of_the_case`` (N, N) cannot be judged here.
    """
    paying = paying_mistakes(costs) & ~of_the_case & ~np.diagonal(of_the_case)[:, None]
    if paying.any():
        i, j = np.argwhere(paying)[0]
        raise CostMatrixError(
            f'"{key}", {place(labels[i], labels[j])}: this mistake costs {costs[i, j]:g}, less than '
            f"the right decision ({costs[i, i]:g}), so that the model that makes it most would be "
            'the cheapest; was the sign mixed up ("costs" are positive when bad, "values" positive '
            f'when good), or are the rows decisions ("rows": "decision")? If it is meant, say '
            f'"allow": ["{MISTAKES_THAT_PAY}"] in a JSON file (a CSV file cannot say it), '
            f'allow=("{MISTAKES_THAT_PAY}",) in Python'
        )


def check_allowed(allow: Any) -> tuple[str, ...]:
    """Words of what a matrix allows, or an error that lists the known ones."""
    words = tuple(allow) if isinstance(allow, (list, tuple)) else (allow,)
    for word in words:
        if not isinstance(word, str) or word not in ALLOWED:
            known = "; ".join(f'"{name}" ({meaning})' for name, meaning in ALLOWED.items())
            raise CostMatrixError(f'"allow": expected a list of {known}; received {short(word)}')
    return tuple(dict.fromkeys(words))


def refer_costs(refer: Any, labels: Sequence[str]) -> FloatArray:
    """One cost of referring per truth, from a number or N of them."""
    each = [refer] * len(labels) if amount(refer) is not None else refer
    if not isinstance(each, (list, tuple, np.ndarray)) or len(each) != len(labels):
        raise CostMatrixError(
            f'"{REFER}": expected a number, or {len(labels)} numbers (one per truth), '
            f"received {short(refer)}"
        )
    for label, cost in zip(labels, each, strict=True):
        if amount(cost) is None:
            raise CostMatrixError(f'"{REFER}", truth "{label}": {expected_amount(cost)}')
    return np.array(each, dtype=np.float64)
