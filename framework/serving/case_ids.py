"""Ids of cases in the body of a request: by them, decisions and outcomes find each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from framework.core.errors import DataError
from framework.core.shown import short

ID, LONGEST = "id", 200


def apart(
    rows: Sequence[Any], known: Sequence[str]
) -> tuple[Sequence[Any], tuple[str, ...] | None]:
    """Rows of parsed JSON without their ids, and these; None where they have none.

    ``known`` are names that the model knows: a feature that is called "id" stays one.

    Raises
    ------
    DataError
        When some have an id and others do not, or one is neither text nor a whole number.
    """
    with_id = [isinstance(row, dict) and ID in row for row in rows]
    if ID in known or not any(with_id):
        return rows, None
    if not all(with_id):
        raise DataError(f'case {with_id.index(False) + 1} has no "{ID}", but others do')
    bare = [{key: value for key, value in row.items() if key != ID} for row in rows]
    return bare, checked([row[ID] for row in rows], len(rows))


def of_csv(text: str, known: Sequence[str], header: bool | None) -> tuple[str, ...] | None:
    """The column "id" of CSV text with a header; None where it has none."""
    from framework.data.csv_features import csv_rows

    if ID in known or ID not in text[: text.find("\n")]:
        return None
    given, rows = csv_rows(text, known, known, header)
    if given is None or ID not in given:
        return None
    place = given.index(ID)
    return checked([row[place].strip() for row in rows], len(rows))


def checked(ids: Any, n: int) -> tuple[str, ...]:
    """One for each of ``n`` cases, as text.

    Raises
    ------
    DataError
    """
    if not isinstance(ids, list) or len(ids) != n:
        raise DataError(f'"ids": expected a list of {n}, one for each case, received {short(ids)}')
    for k, one in enumerate(ids, start=1):
        is_id = isinstance(one, str | int) and not isinstance(one, bool) and one != ""
        if not is_id or len(str(one)) > LONGEST:
            raise DataError(
                f'case {k}, "{ID}": expected text of at most {LONGEST} characters or a whole number, '
                f"received {short(one)}"
            )
    return tuple(map(str, ids))
