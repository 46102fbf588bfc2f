"""Tables of what was chosen in validation, and among what: a row for each step or strategy."""

from __future__ import annotations

from framework.core.words import (
    decimal,
    interval,
    money,
    money_sign,
    money_word,
    percent,
    probability,
    quoted,
)
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.report.run.model_tables import rule_in_words
from framework.report.tables import Table

TRIALS_SHOWN = 10


def steps_table(run: RunData) -> Table:
    """Where the dollars come from: the decision, more networks, training with the costs."""
    rows = [
        (
            step["what"],
            step["from"],
            step["to"],
            money(step["mean"], sign=True),
            interval(step["interval"]),
            probability(step["probability_cheaper"]),
        )
        for step in run.metrics["steps"]
    ]
    return Table(
        ("step", "model before", "model after", "saved per case", "95% interval", "P(cheaper)"),
        tuple(rows),
        caption="What each step brings on the test cases, one after the other.",
        words=3,
        title=f"Where the {money_word()} come from",
    )


def methods_table(run: RunData) -> Table:
    """How every model was trained and decides."""
    rows = []
    for model in run.models:
        m = model.metrics
        calibration = m["calibration"]
        calibrated = calibration["temperature"] != 1 or any(calibration["bias"])
        rows.append(
            (
                model.name,
                m["loss"],
                rule_in_words(m),
                f"temperature {calibration['temperature']:.3g}"
                + (" and bias" if any(calibration["bias"]) else "")
                if calibrated
                else "none",
                f"{m['networks']}",
                f"{m['train_seconds']:.1f}",
                f"{model.size / 1e6:.1f}",
            )
        )
    return Table(
        ("model", "loss", "decision rule", "calibration", "models", "training, s", "size, MB"),
        tuple(rows),
        caption="How each model was trained and decides.",
        words=4,
    )


def ladder_table(model: ModelData) -> Table | None:
    """What the families of a pool brought; None for a model that is none."""
    rungs = model.metrics.get("ladder")  # folders of old have none
    if not rungs:
        return None
    rows = [
        (
            rung["family"],
            f"{len(rung['members'])}",
            percent(rung["share"], 0),
            decimal(rung["validation_log_loss"]),
            money(rung["alone_dollars_per_case"]),
            money(rung["brought"]["mean"], sign=True),
            interval(rung["brought"]["interval"]),
        )
        for rung in rungs
    ]
    return Table(
        (
            "family",
            "members",
            "weight",
            "log loss in\nvalidation",
            f"alone, {money_sign()}\nper case",
            "brought\nper case",
            "95% interval",
        ),
        tuple(rows),
        caption=f"{quoted(model.name)}: each family's best model alone, calibrated and deciding as the pool "
        "does, and what the pool saves on the test cases over the same pool without the family. The "
        "weights were fitted by likelihood in validation; no figure here chose anything.",
        title=f"What {quoted(model.name)} is made of",
    )


def trials_table(model: ModelData) -> Table | None:
    """What --strategy auto pooled, and its members; None for another model."""
    validation = model.metrics["validation"]
    if not model.trials:
        return None
    rows = [
        (
            trial["strategy"] + ("" if number else " *"),
            money(trial["dollars_per_case"]),
            money(trial["standard_error"]),
        )
        for number, trial in enumerate(model.trials)
    ]
    return Table(
        ("strategy", f"{money_sign()} per case", "standard error"),
        tuple(rows[:TRIALS_SHOWN]),
        f"{quoted(model.name)}: the pool, and its members alone, judged by {validation['method']}",
        strong=(0,),
        folded=tuple(rows[TRIALS_SHOWN:]),
        title=f"{quoted(model.name)} in validation",
    )
