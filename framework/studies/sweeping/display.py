"""A sweep as it shows itself at a Python prompt and in a notebook, from what sweep.json holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from framework.core.notebook import (
    html_table,
    interval_drawing,
    paragraph,
    report_link,
    text_table,
)
from framework.core.words import currency, interval, money, money_sign, plural, quoted
from framework.studies.sweeping.axis import axis_value

MOST_ROWS = 5  # of segments in a text


def sweep_text(data: Mapping[str, Any], run_dir: Path) -> str:
    """At most ten lines: what is recommended, and which model lost least where."""
    with currency(data.get("currency", "USD"), data.get("largest_cost")):
        segments = _segments(data)
        left_out = len(segments) - MOST_ROWS
        return "\n".join(
            [
                f"SweepResult: {_about(data)}",
                _recommended(data),
                *text_table([_heads(data), *segments[:MOST_ROWS]]),
                *([f"  and {left_out} more"] if left_out > 0 else []),
                f"Sweep folder: {run_dir}",
            ]
        )


def sweep_html(data: Mapping[str, Any], run_dir: Path) -> str:
    """What is recommended, the ways to decide with their intervals drawn, and which model where."""
    with currency(data.get("currency", "USD"), data.get("largest_cost")):
        parts = [
            Markup("<p><b>{}</b><br>{}</p>").format(_recommended(data), _about(data)),
            _ways_table(data),
            paragraph("At the costs as they stand, on the test cases; a minus is a loss."),
            html_table(_heads(data), _segments(data), words=2),
            report_link(run_dir),
        ]
        return str(Markup().join(parts))


def _about(data: Mapping[str, Any]) -> str:
    axis = data["axis"]
    low, high = (_value(data, axis["values"][end]) for end in (0, -1))
    return (
        f"{data['dataset']}, {axis['name']} from {low} to {high}, {plural(len(data['models']), 'model')} "
        f'on {plural(data["n_test"], "test case")}, judged by "{data["evaluation_matrix"]}"'
    )


def _recommended(data: Mapping[str, Any]) -> str:
    best = data["present"]["rows"][0]
    return (
        f"Recommended at the costs as they stand: {quoted(best['model'])}, "
        f"{money(best['dollars_per_case'])} per case (95% interval {interval(best['interval'])})"
    )


def _heads(data: Mapping[str, Any]) -> tuple[str, str]:
    return data["axis"]["name"], "lost least on validation"


def _segments(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (f"{_value(data, part['low'])} to {_value(data, part['high'])}", part["model"])
        for part in data["segments"]
    ]


def _ways_table(data: Mapping[str, Any]) -> Markup:
    rows = data["present"]["rows"]
    ends = [end for row in rows for end in (row["dollars_per_case"], *(row["interval"] or ()))]
    reach = (min(ends), max(ends))
    return html_table(
        ("model", f"{money_sign()} per case", "", "95% interval"),
        [
            (
                row["model"],
                money(row["dollars_per_case"]),
                interval_drawing(
                    row["dollars_per_case"],
                    row["interval"],
                    reach,
                    f"{row['model']}: {money(row['dollars_per_case'])} per case",
                ),
                interval(row["interval"]),
            )
            for row in rows
        ],
    )


def _value(data: Mapping[str, Any], value: float) -> str:
    return axis_value(data["axis"]["kind"], data["axis"]["unit"], value)
