"""An evaluation for the terminal, whole or short, and for a notebook."""

from __future__ import annotations

from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.text import Text

from framework.core.costs.prevalence import shares_in_words, untested
from framework.core.evaluation.judging import Judgement
from framework.core.words import currency, in_brackets, money, percent, quoted
from framework.report.console import WIDTH_WITHOUT_TERMINAL, terminal_table
from framework.report.evaluation.tables import (
    cells_table,
    classes_table,
    dollars_table,
    mistakes_table,
    saved_table,
)
from framework.report.rendering import html_page
from framework.report.tables import Table

SHORT = 5  # kinds of mistakes in a short text


def evaluation_text(judged: Judgement) -> RenderableType:
    """All tables, and the verdict."""
    with currency(*judged.matrix.money):
        tables = [terminal_table(table) for table in _tables(judged)]
        return Group(*tables, Text(f"{verdict(judged)}.{population(judged)}"))


def short_text(judged: Judgement) -> str:
    """Dollars beside what is free, the dearest mistakes and the verdict, as plain text."""
    with currency(*judged.matrix.money):
        mistakes = mistakes_table(judged)
        console = Console(file=StringIO(), width=WIDTH_WITHOUT_TERMINAL, highlight=False)
        drawn = [dollars_table(judged)]
        if mistakes.rows:
            drawn.append(
                Table(mistakes.columns, mistakes.rows[:SHORT], words=2, title=mistakes.caption)
            )
        for table in drawn:
            shown = terminal_table(table)
            shown.caption = None
            console.print(shown)
        console.print(f"{_accuracy(judged)}{verdict(judged)}.{population(judged)}")
        written: str = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in written.strip("\n").splitlines())


def evaluation_html(judged: Judgement) -> str:
    """The same tables as a piece of a page, which brings its own style."""
    with currency(*judged.matrix.money):
        content = {"tables": _tables(judged), "verdict": f"{verdict(judged)}.{population(judged)}"}
        return html_page("evaluation.html.j2", content)


def population(judged: Judgement) -> str:
    """Which shares figures are at, where they are not those of the cases."""
    if judged.target is None:
        return ""
    told = shares_in_words(dict(zip(judged.matrix.labels, judged.target.tolist(), strict=True)))
    left_out = untested(
        judged.target, judged.matrix.labels, judged.outcome.confusion_matrix.sum(axis=1)
    )
    return f" At the prevalence {told}{'' if left_out is None else '; ' + left_out}."


def verdict(judged: Judgement) -> str:
    """What is saved against the best constant decision, in a sentence.

    In the currency that ``framework.core.words.currency`` sets.
    """
    saved, ends = judged.saved.interval.mean, judged.saved.interval.ends
    amount = f"save {money(saved)}" if saved >= 0 else f"lose {money(-saved)} more"
    told = (
        f"Against always deciding {quoted(judged.constant)}, these decisions {amount} per case "
        f"{in_brackets(ends)}"
    )
    unsure = ends is not None and ends[0] <= 0 <= ends[1]
    return f"{told}; these cases cannot tell that from nothing" if unsure else told


def _accuracy(judged: Judgement) -> str:
    outcome = judged.outcome
    referred = f"{outcome.referred:,} of {judged.n:,} referred. "
    if judged.matrix.actions:  # none of which is accurate or not
        return referred if outcome.referred else ""
    if not outcome.referred:
        return f"Accuracy {percent(outcome.accuracy)}. "
    return f"Accuracy of the decided cases {percent(outcome.accuracy)}; {referred}"


def _tables(judged: Judgement) -> list[Table]:
    cells, mistakes = cells_table(judged), mistakes_table(judged)
    return [
        dollars_table(judged),
        saved_table(judged),
        *([mistakes] if mistakes.rows else []),
        *([cells] if cells else []),
        classes_table(judged),
    ]
