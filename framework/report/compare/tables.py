"""Tables of several runs' models, for the page and for the terminal."""

from __future__ import annotations

from framework.core.words import decimal, interval, money, money_sign, percent, probability
from framework.experiment.stored_runs.compared_models import Comparison
from framework.report.tables import HeatCell, Row, Table

# Above this many models every pair no longer fits a page.
PAIRS_UP_TO = 12


def models_table(comparison: Comparison) -> Table:
    """Every model, those that lost least first, then what bounds them on every test part."""
    rows = []
    for model in comparison.models:
        difference = comparison.difference(comparison.cheapest, model)
        against = difference.reversed().interval
        itself = model is comparison.cheapest
        rows.append(
            (
                model.label,
                money(model.dollars_per_case),
                interval(model.interval.ends),
                "-" if itself else money(against.mean, sign=True),
                "-" if itself else interval(against.ends),
                "-" if itself else probability(difference.probability_cheaper),
                money(model.saved.interval.mean, sign=True),
                percent(model.savings, 0),
                percent(model.accuracy),
                decimal(model.auc),
            )
        )
    foot: list[Row] = []
    several = len(comparison.parts) > 1
    for number, part in enumerate(comparison.parts, start=1):
        where = f", test part {number}" if several else ""
        for name, dollars, share in (
            (f"always {part.constant}", part.constant_dollars, "0%"),
            ("a perfect oracle", part.oracle_dollars, "100%"),
        ):
            amount = money(float(dollars.mean()))
            foot.append((f"{name}{where}", amount, "", "", "", "", "", share, "", ""))
    n = len(comparison.models)
    return Table(
        (
            "model (run)",
            f"{money_sign()} per case",
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
        "The first was found on these very cases; its intervals, and those against it, know of the "
        f"choice among {n}. Saved: against the constant decision that was best on the training part. "
        "Savings: the way from it (0%) to the oracle (100%).",
        strong=(0,),
        foot=tuple(foot),
    )


def pairs_table(comparison: Comparison) -> Table | None:
    """The probability that the model of a row is cheaper than that of a column."""
    models = comparison.models
    if not 2 < len(models) <= PAIRS_UP_TO:
        return None
    rows: list[Row] = []
    for first in models:
        cells: list[str | HeatCell] = [first.label]
        for second in models:
            if first is second:
                cells.append("-")
                continue
            p = comparison.difference(first, second).probability_cheaper
            cells.append(HeatCell(probability(p), 0.5 if p is None else p))
        rows.append(tuple(cells))
    return Table(
        ("cheaper than", *(model.label for model in models)),
        tuple(rows),
        "Probability that the model of the row is cheaper than that of the column, on test cases "
        "like these; each pair by itself, of so many some look sure by chance",
        tone="counts",
    )
