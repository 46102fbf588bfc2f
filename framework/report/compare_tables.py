"""Tables of several runs' models, for the page and for the terminal."""

from __future__ import annotations

from framework.report.compared import Comparison
from framework.report.tables import Cell, Table
from framework.report.words import decimal, money, percent, probability

# Above this many models every pair no longer fits a page.
PAIRS_UP_TO = 12


def models_table(comparison: Comparison) -> Table:
    """Every model, cheapest first, then what bounds them on every test part."""
    rows = []
    for model in comparison.models:
        difference = comparison.difference(model, comparison.cheapest)
        itself = model is comparison.cheapest
        rows.append(
            (
                model.label,
                money(model.dollars_per_case),
                f"{money(model.interval.low)} to {money(model.interval.high)}",
                "-" if itself else money(difference.interval.mean, sign=True),
                "-"
                if itself
                else f"{money(difference.interval.low)} to {money(difference.interval.high)}",
                "-" if itself else probability(1 - difference.probability_cheaper),
                money(model.saved.interval.mean, sign=True),
                percent(model.savings, 0),
                percent(model.accuracy),
                decimal(model.auc),
            )
        )
    several = len(comparison.parts) > 1
    for number, part in enumerate(comparison.parts, start=1):
        where = f", test part {number}" if several else ""
        for name, dollars, share in (
            (f"always {part.constant}", part.constant_dollars, "0%"),
            ("a perfect oracle", part.oracle_dollars, "100%"),
        ):
            amount = money(float(dollars.mean()))
            rows.append((f"{name}{where}", amount, "", "", "", "", "", share, "", ""))
    n = len(comparison.models)
    return Table(
        (
            "model (run)",
            "$ per case",
            "95% interval",
            "against the first",
            "95% interval",
            "P(first cheaper)",
            "saved",
            "savings",
            "accuracy",
            "AUC",
        ),
        tuple(rows),
        f"Judged by {comparison.judge.name}, by the decisions made in the runs; a minus is a loss. "
        "Saved: against the constant decision that is best on the same cases. Savings: the way from "
        "it (0%) to the oracle (100%).",
        strong=(0,),
        quiet=tuple(range(n, len(rows))),
    )


def pairs_table(comparison: Comparison) -> Table | None:
    """The probability that the model of a row is cheaper than that of a column."""
    models = comparison.models
    if not 2 < len(models) <= PAIRS_UP_TO:
        return None
    rows: list[tuple[str | Cell, ...]] = []
    for first in models:
        cells: list[str | Cell] = [first.label]
        for second in models:
            if first is second:
                cells.append("-")
                continue
            p = comparison.difference(first, second).probability_cheaper
            cells.append(Cell(probability(p), p))
        rows.append(tuple(cells))
    return Table(
        ("cheaper than", *(model.label for model in models)),
        tuple(rows),
        "Probability that the model of the row is cheaper than that of the column, on test cases "
        "like these",
        tone="counts",
    )
