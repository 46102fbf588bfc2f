"""Slices: cases by the level of a column, numbers cut into ranges, several columns crossed.

    channel                  each of its values
    age:30,50                up to 30, 30 to 50, above 50
    sex x age                both at once; each part may have cuts
    auto                     every column by itself

Numbers without cuts are cut at the quarters of these cases, unless they have few values; of more than
a dozen words those of the most cases are levels, the rest ``(others)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import BoolArray, FloatArray, IntArray
from framework.core.cases.table import as_text
from framework.core.errors import ConfigError
from framework.core.plain_numbers import number_in
from framework.core.shown import listed, short

AUTO = "auto"
QUARTERS = (0.25, 0.5, 0.75)
FEW_VALUES = 5  # a column of so many numbers is not cut
MOST_LEVELS = 12
OTHERS, MISSING = "(others)", "(missing)"
CROSS = " x "
_CUTS = re.compile(r"(?P<column>.+):(?P<cuts>[-+\d.eE, ]+)")


@dataclass(frozen=True, eq=False)
class Levels:
    """The level of each of n cases: ``names[of_case[i]]``, by the column or the columns ``by``.

    ``parts`` are what was crossed; not ``asked`` for by name is what ``auto`` looks at.
    """

    by: str
    names: tuple[str, ...]
    of_case: IntArray
    parts: tuple[Levels, ...] = ()
    asked: bool = True

    @classmethod
    def of_texts(cls, by: str, texts: Sequence[str]) -> Levels:
        """Of the level of each case (n,) by its name."""
        names, at = np.unique(np.array(texts, dtype=str), return_inverse=True)
        return cls(by, tuple(names.tolist()), at)

    def of(self, level: int) -> BoolArray:
        """Who has it (n,)."""
        found: BoolArray = self.of_case == level
        return found

    def texts(self) -> list[str]:
        """The level of each case by its name."""
        return [self.names[at] for at in self.of_case.tolist()]


def sliced(
    wishes: Sequence[str], columns: Mapping[str, NDArray[Any]], further: Sequence[Levels] = ()
) -> tuple[Levels, ...]:
    """What ``wishes`` say (see above), each once.

    Parameters
    ----------
    columns : mapping of name -> array (n,)
        Numbers (a gap is NaN), dates, or text (a gap is None).
    further : sequence of Levels
        Columns whose cases have their levels already.

    Raises
    ------
    ConfigError
        For a column that there is not, and cuts of one that holds no numbers.

    Examples
    --------
    >>> age = np.array([20.0, 35.0, 61.0])
    >>> [found.names for found in sliced(["age:30,50"], {"age": age})]
    [('up to 30', '30 to 50', 'above 50')]
    """
    there = {levels.by: levels for levels in further}
    found: dict[str, Levels] = {}
    for wish in wishes:
        if wish.strip() == AUTO:
            for name, values in columns.items():
                levels = levels_of(name, values)
                if _tells_apart(levels):
                    found.setdefault(name, replace(levels, asked=False))
            found |= {name: of for name, of in there.items() if name not in found}
        else:
            found[wish.strip()] = _of_wish(wish.strip(), columns, there)
    return tuple(found.values())


def levels_of(name: str, values: NDArray[Any], cuts: Sequence[float] = ()) -> Levels:
    """Each case's level of one column (n,).

    Raises
    ------
    ConfigError
        Where there are ``cuts``, and not numbers to cut.
    """
    if values.dtype.kind in "iub":
        values = values.astype(np.float64)
    if values.dtype.kind == "f":
        known = values[~np.isnan(values)]
        if cuts or len(np.unique(known)) > FEW_VALUES:
            return _ranges(name, values, np.array(cuts or _quarters(known)), "{:g}".format)
        values = as_text(values)
    if cuts:
        raise ConfigError(
            f'slice: "{name}" holds no numbers to cut at {listed([format(cut, "g") for cut in cuts])}'
        )
    if values.dtype.kind == "M":
        days = values.astype("datetime64[D]")
        numbers = np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))
        quarters = np.array(_quarters(numbers[~np.isnan(numbers)]))
        return _ranges(name, numbers, quarters, lambda day: str(np.datetime64(int(day), "D")))
    return _of_words(name, as_text(values.astype(object)))


def crossed(first: Levels, second: Levels) -> Levels:
    """Both at once; the combinations that some case has."""
    pairs = list(product(range(len(first.names)), range(len(second.names))))
    at = first.of_case * len(second.names) + second.of_case
    there = np.unique(at)
    names = tuple(f"{first.names[pairs[k][0]]}, {second.names[pairs[k][1]]}" for k in there)
    parts = (*(first.parts or (first,)), *(second.parts or (second,)))
    return Levels(f"{first.by}{CROSS}{second.by}", names, np.searchsorted(there, at), parts)


def range_labels(cuts: Sequence[Any], word: Any = "{:g}".format) -> tuple[str, ...]:
    """Names of the ranges that cuts make: up to and with each of them, and above.

    Examples
    --------
    >>> range_labels((8, 10))
    ('up to 8', '8 to 10', 'above 10')
    """
    words = [word(cut) for cut in cuts]
    between = [f"{low} to {high}" for low, high in pairwise(words)]
    return (f"up to {words[0]}", *between, f"above {words[-1]}")


def _of_wish(wish: str, columns: Mapping[str, NDArray[Any]], there: Mapping[str, Levels]) -> Levels:
    # A column may itself be called "a x b", or "time 10:30": its whole name comes first.
    if wish in columns or wish in there:
        return there[wish] if wish in there else levels_of(wish, columns[wish])
    found: Levels | None = None
    for part in wish.split(CROSS):
        levels = _of_part(part.strip(), columns, there)
        found = levels if found is None else crossed(found, levels)
    assert found is not None
    return found


def _of_part(part: str, columns: Mapping[str, NDArray[Any]], there: Mapping[str, Levels]) -> Levels:
    if part in there:
        return there[part]
    cut = None if part in columns else _CUTS.fullmatch(part)
    name = part if cut is None else cut["column"].strip()
    if name not in columns:
        known = sorted({*columns, *there})
        raise ConfigError(
            f"slice: there is no column {short(name)}; expected one of {listed(known) or 'none'}, "
            f'two of them crossed ("a{CROSS}b"), or {AUTO}'
        )
    cuts = [] if cut is None else [number_in(text) for text in cut["cuts"].split(",")]
    numbers = [number for number in cuts if number is not None]
    if len(numbers) < len(cuts) or any(low >= high for low, high in pairwise(numbers)):
        raise ConfigError(f"slice: {short(part)}: expected rising numbers behind the colon")
    return levels_of(name, columns[name], numbers)


def _quarters(known: FloatArray) -> list[float]:
    """Where numbers are cut into four parts, at values that occur; fewer where many are equal."""
    if not len(known):
        return []
    at = np.unique(np.quantile(known, QUARTERS, method="lower"))
    return [float(cut) for cut in at if cut < known.max()]


def _ranges(name: str, values: FloatArray, cuts: FloatArray, word: Any) -> Levels:
    gaps = np.isnan(values)
    names = range_labels(cuts.tolist(), word) if len(cuts) else ("all",)
    at = np.searchsorted(cuts, np.where(gaps, 0.0, values), side="left")
    at = np.where(gaps, len(names), at)
    return _that_occur(name, (*names, MISSING), at)


def _of_words(name: str, texts: NDArray[Any]) -> Levels:
    words = np.array([(text or "").strip() or MISSING for text in texts], dtype=str)
    kinds, at, counts = np.unique(words, return_inverse=True, return_counts=True)
    if len(kinds) <= MOST_LEVELS:
        return Levels(name, tuple(kinds.tolist()), at)
    kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_LEVELS])
    place = np.full(len(kinds), MOST_LEVELS)
    place[kept] = np.arange(MOST_LEVELS)
    return Levels(name, (*kinds[kept].tolist(), OTHERS), place[at])


def _that_occur(name: str, names: tuple[str, ...], at: IntArray) -> Levels:
    there = np.unique(at)
    return Levels(name, tuple(names[k] for k in there), np.searchsorted(there, at))


def _tells_apart(levels: Levels) -> bool:
    """Whether a column that nobody named is worth a look: not all alike, and no case's own number."""
    if len(levels.names) < 2:
        return False
    return OTHERS not in levels.names or bool(levels.of(levels.names.index(OTHERS)).mean() <= 0.5)
