"""Tables with one row per model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from framework.core.evaluation.promise import promised
from framework.core.words import (
    decimal,
    interval,
    money,
    money_sign,
    money_word,
    percent,
    probability,
)
from framework.experiment.stored_runs.run_data import REFERRED, WRONG, ModelData, RunData
from framework.report.tables import Table


def models_table(run: RunData) -> Table:
    """Dollars of every model, stated and come, the constant decision and the oracle."""
    n = len(run.y_true)
    rows = []
    for model in run.models:
        m = model.metrics
        rows.append(
            (
                _starred(run, model),
                money(model.dollars_per_case),
                interval(m["dollars_per_case_interval"]),
                money(m["dollars_total"]),
                percent(run.savings(model.dollars_per_case), 0),
                money(m["stated_dollars_per_case"]),
                interval(m["stated_gap_interval"]),
            )
        )
    constant = run.metrics["bounds"]["constant_decision"]
    foot = [
        (name, money(amount), "", money(n * amount), percent(run.savings(amount), 0), "", "")
        for name, amount in ((f"always {constant}", run.constant), ("a perfect oracle", run.oracle))
    ]
    return Table(
        (
            "model",
            f"{money_sign()} per case",
            "95% interval",
            f"{money_sign()} in all",
            "savings",
            "stated",
            "came less stated, 95%",
        ),
        tuple(rows),
        caption=f"{money_word(True)} on {n:,} test cases; a minus is a loss. * the model that is "
        "served, chosen on validation. Savings: the way from the best constant decision (0%) to the "
        "oracle (100%). Stated: what the model itself expects of its decisions, by its calibrated "
        "probabilities.",
        strong=_served_row(run),
        foot=tuple(foot),
        title=f"{money_word(True)} on the {n:,} test cases",
    )


def rivals_table(run: RunData) -> Table:
    """What every model saves against each rival that needs no training with costs."""
    rows: list[tuple[str, ...]] = []
    strong = []
    for model in run.models:
        for number, (rival, saved) in enumerate(model.metrics["saved_against"].items()):
            if model is run.served and rival == run.metrics["strongest_rival"]:
                strong.append(len(rows))
            rows.append(
                (
                    _starred(run, model) if number == 0 else "",
                    rival,
                    money(saved["mean"], sign=True),
                    interval(saved["interval"]),
                    probability(saved["probability_cheaper"]),
                )
            )
    return Table(
        ("model", "against", "saved per case", "95% interval", "P(cheaper)"),
        tuple(rows),
        caption="Savings on the same test cases against what anyone has for free: the equal-cost "
        "network as it is (built-in), calibrated and with the cheapest decision, and the best "
        "constant decision. In bold: the verdict.",
        strong=tuple(strong),
        words=2,
        title="Saved per case, against what anyone has for free",
    )


def seeds_table(run: RunData) -> Table | None:
    """How far the dollars vary from seed to seed; None for a run of one seed."""
    if run.config["seeds"] == 1:
        return None
    baseline = run.baseline
    seeds = baseline.metrics["seeds"]["seeds"]
    before = np.array(baseline.metrics["seeds"]["dollars_per_case"])
    rows = []
    for model in run.models:
        dollars = np.array(model.metrics["seeds"]["dollars_per_case"])
        wins = f"{(dollars > before).sum()} of {len(dollars)}"
        rows.append(
            (
                _starred(run, model),
                money(dollars.mean()),
                money(dollars.std(ddof=1)),
                money(dollars.min()),
                money(dollars.max()),
                "" if model is baseline else wins,
            )
        )
    return Table(
        ("model", "mean", "std. deviation", "worst", "best", f"better than {baseline.name}"),
        tuple(rows),
        f"{money_sign()} per case over {len(seeds)} seeds ({seeds[0]} to {seeds[-1]}), one split",
        strong=_served_row(run),
    )


def mistakes_table(run: RunData) -> Table:
    """The measures that know no costs: of two classes, both kinds of mistakes apart.

    With actions: how often another one than the best for the truth was taken, and the AUC.
    """
    actions = run.matrix.actions
    kinds = [(0, 1), (1, 0)] if run.binary and not actions else []
    counted = [f"{run.labels[i]}\nas {run.labels[j]}" for i, j in kinds]
    counted = counted or ["not the\nbest action" if actions else "wrong"]
    referral = run.matrix.refer is not None
    rows = []
    for model in run.models:
        counts = [model.confusion_matrix[kind] for kind in kinds]
        counts = counts or [(model.outcomes == WRONG).sum()]
        if referral:
            counts.append((model.outcomes == REFERRED).sum())
        rows.append(
            (
                _starred(run, model),
                *(f"{count:,}" for count in counts),
                *(() if actions else (percent(model.metrics["accuracy"]),)),
                decimal(model.metrics["auc"]),
            )
        )
    accuracy = "accuracy of\nthe decided" if referral else "accuracy"
    measured = (*(("referred",) if referral else ()), *(() if actions else (accuracy,)))
    return Table(
        ("model", *counted, *measured, "AUC"),
        tuple(rows),
        caption="How many cases got an action that costs more than the best one for their truth; of "
        "actions, which are no classes, there is no accuracy."
        if actions
        else "The measures that know nothing of costs.",
        strong=_served_row(run),
        title="Mistakes",
    )


def rule_in_words(m: Mapping[str, Any]) -> str:
    parameters = m["decision_parameters"]
    if m["decision_rule"] == "promise":
        return promised(parameters["refer_above"])
    told = ", ".join(f"{name} {value:.4g}" for name, value in parameters.items())
    return f"{m['decision_rule']} ({told})" if told else str(m["decision_rule"])


def _starred(run: RunData, model: ModelData) -> str:
    return f"{model.name} *" if model is run.served else model.name


def _served_row(run: RunData) -> tuple[int, ...]:
    return tuple(i for i, model in enumerate(run.models) if model is run.served)
