"""A sweep for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.words import currency, quoted
from framework.report.console import terminal_table
from framework.report.sweep.sentences import (
    against_moving,
    axis_title,
    cautions,
    label,
    model_in_words,
    range_sentence,
)
from framework.report.sweep.tables import (
    break_evens_table,
    present_table,
    segments_table,
    sensitivity_table,
    ways_table,
)

LINES = 10  # of the table along the axis


def sweep_text(data: Mapping[str, Any], report: bool) -> RenderableType:
    """What to use where, how sure that is, and what it brings; ``report``: there is a page."""
    with currency(data.get("currency", "USD"), data.get("largest_cost")):
        return _text(data, report)


def _text(data: Mapping[str, Any], report: bool) -> RenderableType:
    values = data["axis"]["values"]
    every = max(1, (len(values) - 1) // (LINES - 1))
    setting = (
        f"{data['dataset']}: {data['n_train']} training cases ({data['validation']}), "
        f"{data['n_test']} test cases; {data['networks']} networks\n"
        f"swept: {axis_title(data)}, {label(data, values[0])} to {label(data, values[-1])}"
    )
    present = data["axis"]["present"]
    if present is not None:
        setting += f"; {data['evaluation_matrix']} stands at {label(data, present)}"
    costs = "; ".join(data.get("cost_sentences", ()))
    setting += f"\n{quoted(data['evaluation_matrix'])}: {costs}" if costs else ""
    name = data["recommended"]
    verdict = [f"Recommended: {quoted(name)}, {model_in_words(data, name)}."]
    sentence = range_sentence(data)
    verdict += [*([sentence] if sentence else []), against_moving(data)]
    where = f"Report: {data['run_dir']}/report.html\n" if report else ""
    return Group(
        Text(setting),
        *[Text(caution, style="yellow") for caution in cautions(data)],
        terminal_table(present_table(data)),
        terminal_table(ways_table(data, every)),
        terminal_table(segments_table(data)),
        terminal_table(break_evens_table(data)),
        terminal_table(sensitivity_table(data)),
        Text("\n".join(verdict)),
        Text(f"{where}Sweep folder: {data['run_dir']}"),
    )
