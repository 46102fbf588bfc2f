"""The tables of an evaluation: dollars beside what is free, kinds of mistakes, cells, classes."""

from __future__ import annotations

import numpy as np

from framework.core.evaluation.judging import Judgement
from framework.core.words import (
    decimal,
    interval,
    money,
    money_sign,
    money_word,
    percent,
    plural,
    probability,
)
from framework.report.tables import Table, heat_table

TOP = 10  # kinds of mistakes shown at first
MAX_CLASSES_IN_FULL = 12  # of more, no table of cells


def dollars_table(judged: Judgement) -> Table:
    """What was decided beside the best constant decision and a perfect oracle."""
    outcome, stated = judged.outcome, judged.stated
    told = () if stated is None else ("stated", "came less stated, 95%")
    blank = ("",) * len(told)
    row = (
        "these decisions",
        money(judged.dollars_per_case),
        interval(judged.interval.ends),
        money(outcome.dollars_total),
        percent(judged.savings, 0),
        *(() if stated is None else (money(stated.dollars_per_case), interval(stated.gap.ends))),
    )
    bounds = judged.bounds
    foot = [
        (
            name,
            money(amount),
            "",
            money(judged.n * amount),
            percent(bounds.savings(amount), 0),
            *blank,
        )
        for name, amount in (
            (f"always {judged.constant}", bounds.constant),
            ("a perfect oracle", bounds.oracle),
        )
    ]
    sign = money_sign()
    caption = (
        f"A minus is a loss. always {judged.constant}: of the decisions made for all of these cases "
        "alike, the one that costs least. Savings: the way from it (0%) to the oracle (100%)."
    )
    if stated is not None:
        caption += " Stated: what the probabilities themselves expect of the decisions."
    return Table(
        ("", f"{sign} per case", "95% interval", f"{sign} in all", "savings", *told),
        (row,),
        caption,
        strong=(0,),
        foot=tuple(foot),
        title=f"{money_word(True)} on {plural(judged.n, 'case')}",
    )


def saved_table(judged: Judgement) -> Table:
    """What is saved over the best constant decision, and how sure that is."""
    saved = judged.saved
    row = (
        f"always {judged.constant}",
        money(saved.interval.mean, sign=True),
        interval(saved.interval.ends),
        probability(saved.probability_cheaper),
    )
    return Table(
        ("against", "saved per case", "95% interval", "P(cheaper)"),
        (row,),
        "Saved per case, on the same cases",
    )


def mistakes_table(judged: Judgement) -> Table:
    """Kinds of mistakes, the dearest first."""
    lost = judged.outcome.dollars_total
    rows = [
        (
            truth,
            decided,
            f"{cases:,}",
            money(dollars),
            percent(dollars / lost if lost else None),
        )
        for truth, decided, cases, dollars in judged.mistakes()
    ]
    sign = money_sign()
    kinds = "Mistakes" if judged.matrix.refer is None else "Mistakes and referrals"
    return Table(
        ("truth", "decided", "cases", f"{sign} in all", "of all"),
        tuple(rows[:TOP]),
        f"{kinds} by {money_word()}",
        words=2,
        folded=tuple(rows[TOP:]),
    )


def cells_table(judged: Judgement) -> Table | None:
    """Cases and dollars in every cell; None of very many classes."""
    matrix, outcome = judged.matrix, judged.outcome
    if matrix.n_classes > MAX_CLASSES_IN_FULL:
        return None
    texts = [
        [
            f"{count:,}" + (f"  {money(amount + 0.0)}" if amount else "")
            for count, amount in zip(*pair, strict=True)
        ]
        for pair in zip(outcome.confusion_matrix, outcome.cell_dollars, strict=True)
    ]
    caption = f"Confusion matrix: cases, and {money_word()} in all"
    return heat_table(
        -np.asarray(outcome.cell_dollars), matrix.labels, matrix.decision_labels, texts, caption
    )


def classes_table(judged: Judgement) -> Table:
    """Precision, recall, F1 and cases of each class; accuracy and AUC.

    Of actions, which are no classes, the cases and the AUC alone.
    """
    outcome, acted = judged.outcome, bool(judged.matrix.actions)
    refers = judged.matrix.refer is not None
    rows = [
        (
            label,
            *(() if acted else map(decimal, (found.precision, found.recall, found.f1))),
            f"{found.support:,}",
            *((f"{found.referred:,}",) if refers else ()),
        )
        for label, found in outcome.per_class.items()
    ]
    of_decided = f" of the decided cases, {outcome.referred:,} referred" if refers else ""
    auc = "" if outcome.auc is None else f", AUC {decimal(outcome.auc)}"
    return Table(
        (
            "class",
            *(() if acted else ("precision", "recall", "F1")),
            "cases",
            *(("referred",) if refers else ()),
        ),
        tuple(rows[:TOP]),
        folded=tuple(rows[TOP:]),
        caption=f"Cases of each class{auc}"
        if acted
        else f"Accuracy {percent(outcome.accuracy)}{of_decided}{auc}",
    )
