"""Groups of cases that belong together, such as the pictures of one sign: never on two sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import BoolArray, IntArray
from framework.core.cases.group_folds import group_folds
from framework.core.errors import DataError

# Folds that a test part is put together from, where the share asked for is not 1 / k.
MAX_FOLDS = 20
TRIED = 4
# A part of one fold is taken without looking further when it is as near as this to what was asked.
NEAR = 0.1


def group_ids(groups: Any, n: int) -> NDArray[Any]:
    """The group of each case, as given: numbers or strings.

    Raises
    ------
    DataError
        When there are not ``n`` of them, one is missing (None, NaN), or they are of mixed kinds.
    """
    if np.shape(groups) != (n,):
        raise DataError(f"groups: expected {n} entries, received {np.shape(groups)}")
    given = np.asarray(groups)
    if given.dtype.kind not in "iub":
        # Of the values themselves: in an array of strings, NaN would be the group "nan".
        values = list(groups)
        missing = [i for i, value in enumerate(values) if _is_missing(value)]
        if missing:
            raise DataError(
                f"groups: case {missing[0]} (counting from 0) has the group {values[missing[0]]!r}, "
                f"which is none ({len(missing)} such cases in all); give each case of no group a "
                "group of its own, or drop it"
            )
        kinds = sorted({"text" if isinstance(value, str) else "numbers" for value in values})
        if len(kinds) > 1:
            raise DataError(
                "groups: expected all of them to be numbers, or all text, received both"
            )
        given = np.array(values, dtype=str if kinds == ["text"] else None)
    if given.dtype.kind not in "iubfUS":
        raise DataError(f"groups: expected numbers or text, received {given.dtype}")
    return given


def _is_missing(value: Any) -> bool:
    """None, NaN, pandas' NA and NaT, no text, or any of them made into text."""
    if isinstance(value, str):
        return value in ("", "nan", "None", "<NA>", "NaT")
    is_nan = isinstance(value, (float, np.floating)) and bool(np.isnan(value))
    return value is None or is_nan or type(value).__name__ in ("NAType", "NaTType")


def check_apart(groups: NDArray[Any], parts: Mapping[str, BoolArray]) -> None:
    """Raise DataError where a group has cases in two of the named ``parts``, masks (n,) each."""
    for (first, one), (second, other) in combinations(parts.items(), 2):
        shared = np.intersect1d(groups[one], groups[other])
        if len(shared):
            raise DataError(
                f'the group "{shared[0]}" has cases in the {first} part and in the {second} part '
                f"({len(shared)} such groups in all); cases of one group belong to one part, or "
                "figures are better than they will be: move them, or give unrelated cases other "
                "groups"
            )


def split_groups(
    y: IntArray, groups: NDArray[Any], test_fraction: float, seed: int
) -> tuple[IntArray, IntArray]:
    """Training and test cases, groups whole, class shares kept as far as groups allow.

    The test part is one fold of ``group_folds``, or several: of a few ways to make up
    ``test_fraction``, the one whose share of all cases and of each class is nearest to it.

    Raises
    ------
    DataError
        When there are fewer groups than folds.
    """
    one_fold = max(2, round(1 / test_fraction))
    n_groups = len(np.unique(groups))
    if n_groups < one_fold:
        raise DataError(
            f"{n_groups} groups cannot be split into {one_fold} folds that keep them whole"
        )
    best: tuple[float, BoolArray] | None = None
    for share in _shares(test_fraction, n_groups):
        test = _first_folds(y, groups, share, seed)
        if share == Fraction(1, one_fold) and _is_near(test, test_fraction, share):
            best = 0.0, test
            break
        away = _distance(test, y, test_fraction)
        if best is None or away < best[0]:
            best = away, test
    assert best is not None
    return np.flatnonzero(~best[1]), np.flatnonzero(best[1])


def _shares(test_fraction: float, n_groups: int) -> Iterator[Fraction]:
    """Numbers of folds for the test part and in all, nearest to ``test_fraction`` first.

    One fold first where it comes close, and of equally near ones the fewest folds.
    """
    most = min(MAX_FOLDS, n_groups)
    one_fold = Fraction(1, max(2, round(1 / test_fraction)))
    if 1 / one_fold > most:
        yield one_fold
    shares = {Fraction(max(1, min(k - 1, round(test_fraction * k))), k) for k in range(2, most + 1)}
    ordered = sorted(shares, key=lambda s: (round(abs(s - test_fraction), 9), s.denominator))
    yield from ordered[:TRIED]


def _first_folds(y: IntArray, groups: NDArray[Any], share: Fraction, seed: int) -> BoolArray:
    """Which cases are in the first ``share.numerator`` of ``share.denominator`` folds, (n,)."""
    try:
        return group_folds(y, groups, share.denominator, seed) < share.numerator
    except ValueError as error:
        raise DataError(
            f"{len(y)} cases cannot be split into {share.denominator} folds: {error}"
        ) from error


def _is_near(test: BoolArray, test_fraction: float, share: Fraction) -> bool:
    honest = abs(share - test_fraction) < 0.005
    return bool(honest and abs(test.mean() - test_fraction) <= NEAR * test_fraction)


def _distance(test: BoolArray, y: IntArray, test_fraction: float) -> float:
    """How far the test part's share of all cases, and of each class, is from what was asked."""
    classes = [test[y == k].mean() for k in np.unique(y)]
    of_classes = np.mean(np.abs(np.array(classes) - test_fraction))
    return float(abs(test.mean() - test_fraction) + of_classes)
