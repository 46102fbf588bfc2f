"""How much memory a request may take: told from its bytes, before any of them is unfolded.

What is small on the wire can be large in memory: ``[],`` has three bytes, and the list that it becomes
fifty-six. So values, texts and rows are counted first, which takes milliseconds, and what would need
more than MOST is refused with the number of cases that would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from framework.core.errors import DataError
from framework.serving.limits import MEGABYTE

if TYPE_CHECKING:
    from framework.core.costs.cost_matrix import CostMatrix

MOST = 150 * MEGABYTE  # of one request, beside what the process needs to run
MOST_PIXELS = 100_000_000  # in all pictures of a request: decoding them takes a second or two
# Bytes of CPython's: of a number and its place in a list, of a list or an object, of a text.
NUMBER, CONTAINER, TEXT = 56, 112, 64
FLOAT = 8
NUMBERS = 4  # arrays of the features that there are at once, at most
# Of an answer's line: what is always there, and each probability and each sum of dollars.
LINE, FIGURE = 180, 26


def check_json(body: bytes) -> None:
    """Raise DataError where the values that ``body`` holds would need more than MOST."""
    numbers = body.count(b",") + 1
    containers = body.count(b"[") + body.count(b"{")
    texts = body.count(b'"') // 2
    _check(2 * len(body) + NUMBER * numbers + CONTAINER * containers + TEXT * texts, numbers)


def check_csv(text: str, delimiters: str) -> None:
    """Raise DataError where the cells of ``text`` would need more than MOST."""
    rows = text.count("\n") + text.count("\r") + 1
    cells = rows + max(text.count(sign) for sign in delimiters)
    _check(2 * len(text) + (TEXT + FLOAT) * cells + CONTAINER * rows, cells)


def check_values(values: int) -> None:
    """The same of an array of numbers, which become float64, and are compared and scaled."""
    _check(NUMBERS * FLOAT * values, values)


def check_columns(rows: int, columns: int, text: int) -> None:
    """The same of a table with types, of whose cells those of text have so many bytes together."""
    cells = rows * columns
    _check(2 * text + (TEXT + FLOAT) * cells + CONTAINER * columns, cells)


def check_rows(
    rows: int, case: int, labels: Sequence[str], matrix: CostMatrix, decisions: Sequence[str]
) -> None:
    """Raise DataError where ``rows`` cases and what is answered to them would need more than MOST.

    The features of a ``case`` need so many bytes; it has a probability for each of the ``labels``, and
    dollars for each of the ``decisions``; where costs depend on the case, a matrix of its own.
    """
    figures = len(labels) + len(decisions)
    line = LINE + sum(map(len, labels)) + sum(map(len, decisions)) + FIGURE * figures
    each = 3 * line + 11 * FLOAT * figures + case
    if matrix.columns:
        each += 3 * FLOAT * len(labels) * len(decisions)
    if rows * each > MOST:
        raise DataError(
            f"{rows:,} cases are more than this model takes at a time; expected at most "
            f"{MOST // each:,}: send them in several requests"
        )


def _check(needed: int, values: int) -> None:
    if needed > MOST:
        raise DataError(
            f"the body holds up to {values:,} values, which would take some {needed // MEGABYTE:,} MB of "
            f"memory; expected at most {MOST // MEGABYTE:,} MB: send fewer cases at a time"
        )
