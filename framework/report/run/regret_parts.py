"""Where the dollars go: each model's loss above a perfect oracle, by what would save it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framework.core.evaluation.regret import PARTS
from framework.core.words import interval, money, money_word
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.report.tables import Table

WHAT_SAVES = {
    "rule": "the cheapest decision",
    "calibration": "recalibration",
    "separation": "better probabilities alone",
}


def next_step(run: RunData) -> list[str]:
    """What to do next, in words; [] where nothing was lost, or nothing can be told."""
    told = run.metrics.get("next_step")  # folders of old have none
    return [f"{told}."] if told else []


def regret_table(run: RunData, with_intervals: bool = True) -> Table | None:
    """The regret of every model and its parts; None where nothing can be told."""
    rows: list[tuple[str, ...]] = []
    strong = []
    for model in run.models:
        if (found := regret_of(model)) is None:
            continue
        if model is run.served:
            strong.append(len(rows))
        row = [f"{model.name} *" if model is run.served else model.name]
        for name in ("total", *PARTS):
            row.append(money(found[name]["mean"]))
            if with_intervals and name != "total":
                row.append(interval(found[name]["interval"]))
        rows.append(tuple(row))
    if not rows:
        return None
    parts = [f"{name}:\n{saves}" for name, saves in WHAT_SAVES.items()]
    if with_intervals:
        parts = [heading for part in parts for heading in (part, "95% interval")]
    return Table(
        ("model", "lost above\nthe oracle", *parts),
        tuple(rows),
        caption=f"{money_word(True)} per case lost above a perfect oracle, and what would save them; the "
        "parts add up. Rule: the cheapest decision on the probabilities that the model states. "
        "Calibration: the same on probabilities recalibrated on the test part, each case by others. "
        "Separation: the rest, which only better probabilities save. Below zero: it would cost; a rule "
        "may make up for probabilities that are off." + of_seed(run),
        strong=tuple(strong),
        title=f"Where the {money_word()} go, per case",
    )


def regret_of(model: ModelData) -> Mapping[str, Any] | None:
    """The stored regret of ``model`` and its parts; folders of old have none."""
    found: Mapping[str, Any] | None = model.metrics.get("regret")
    return found


def of_seed(run: RunData) -> str:
    """Which of several seeds is shown."""
    return " Of the first seed." if run.config["seeds"] > 1 else ""
