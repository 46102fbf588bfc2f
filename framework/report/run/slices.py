"""Slices of the test cases: who pays for mistakes, as tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text

from framework.core.slicing.slices import found_in_words
from framework.core.words import (
    TOO_FEW,
    decimal,
    interval,
    money,
    money_sign,
    money_word,
    percent,
    plural,
    quoted,
)
from framework.report.console import terminal_table
from framework.report.tables import Row, Table

MOST = 40  # slices that are shown; the others are in metrics.json
CHANCE = 1.0  # of a slice of too few cases


def slices_text(sliced: Mapping[str, Any], model: str) -> Group:
    """For the terminal."""
    said = "\n".join(f"{sentence}." for sentence in found_in_words(sliced))
    return Group(
        terminal_table(gaps_table(sliced, model)),
        terminal_table(trust_table(sliced, model)),
        Text(said),
    )


def shown(sliced: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The slices that a page has: all, or those least like chance; in their order."""
    told = list(sliced["figures"])
    if len(told) <= MOST:
        return told
    kept = sorted(range(len(told)), key=lambda k: _least_chance(told[k]))[:MOST]
    return [told[k] for k in sorted(kept)]


def gaps_table(sliced: Mapping[str, Any], model: str) -> Table:
    """Dollars of each slice, and what its mistakes cost beside those of all others."""
    rows, strong, quiet, sections = [], [], [], []
    told = shown(sliced)
    for number, one in enumerate(told):
        against = one["against_others"] or {}
        gap = against.get("gap")
        if gap:
            strong.append(number)
        elif against.get("chance") is None:
            quiet.append(number)
        if number and one["slice"] != told[number - 1]["slice"]:
            sections.append(number - 1)
        row: Row = (
            *_names(told, number),
            f"{one['cases']:,}",
            money(one["dollars_per_case"]),
            interval(one["dollars_per_case_interval"]),
            money(one["mistakes_dollars_per_case"]),
            money(against.get("dollars_per_case"), sign=True),
            interval(against["interval"], sign=True) if against else "-",
            gap or ("chance" if against.get("chance") is not None else TOO_FEW),
        )
        rows.append(row)
    left = len(sliced["figures"]) - len(told)
    more = f"; {plural(left, 'further slice')} in metrics.json" if left else ""
    heads = (
        *("slice", "", "cases", f"{money_sign()} a case", "95% interval", "mistakes"),
        *("than the others", "95% interval", "gap"),
    )
    return Table(
        heads,
        tuple(rows),
        f"{quoted(model)}: {money_word()} per case of each slice, and what mistakes cost (above a perfect "
        "oracle) beside the other cases. A gap is one that chance does not explain, of "
        f"{plural(sliced['looks'], 'look')}{more}",
        words=2,
        strong=tuple(strong),
        quiet=tuple(quiet),
        sections=tuple(sections),
        title=f"{quoted(model)}: who pays for its mistakes",
    )


def trust_table(sliced: Mapping[str, Any], model: str) -> Table:
    """Savings, referrals, calibration and the dearest mistake of each slice."""
    rows = []
    told = shown(sliced)
    for number, one in enumerate(told):
        came = one["came_less_stated"] or {}
        row: Row = (
            *_names(told, number),
            _dearest(one),
            money(one["saved_dollars_per_case"], sign=True),
            percent(one["savings"], 0),
            percent(one["referred"]),
            money(came.get("dollars_per_case"), sign=True),
            interval(came["interval"], sign=True) if came else "-",
            came.get("gap") or "",
            _calibration(one),
        )
        rows.append(row)
    heads = (
        *(
            "slice",
            "",
            "dearest mistake",
            "saved a case",
            "savings",
            "referred",
            "came less stated",
        ),
        *("95% interval", "", "calibration error"),
    )
    return Table(
        heads,
        tuple(rows),
        f"{quoted(model)}: by slice, what it saves over the best constant decision, a case and of the way to "
        "a perfect oracle; what came less what it had stated; the mean gap of its probabilities, with its "
        "95% interval: from 0 on, chance explains it",
        words=3,
        title=f"{quoted(model)}: savings, referrals and calibration by slice",
    )


def _least_chance(one: Mapping[str, Any]) -> float:
    tests = (one["against_others"], one["came_less_stated"])
    known = [test["chance"] for test in tests if test and test["chance"] is not None]
    return min(known, default=CHANCE)


def _names(told: Sequence[Mapping[str, Any]], number: int) -> tuple[str, str]:
    one = told[number]
    again = number > 0 and told[number - 1]["slice"] == one["slice"]
    return "" if again else one["slice"], one["level"]


def _dearest(one: Mapping[str, Any]) -> str:
    if not one["mistakes"]:
        return "none"
    cell = one["mistakes"][0]
    return f"{cell['truth']} as {cell['decision']}: {cell['cases']:,}"


def _calibration(one: Mapping[str, Any]) -> str:
    error = one.get("calibration_error")
    if error is None:
        return "-"
    ends = one["calibration_error_interval"]
    if ends is None:
        return decimal(error)
    return f"{decimal(error)} ({decimal(ends[0])} to {decimal(ends[1])})"
