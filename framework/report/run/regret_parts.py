"""Where the dollars go: each model's loss above a perfect oracle, by what would save it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from framework.core.regret import PARTS
from framework.core.words import interval, money, money_word
from framework.experiment.stored_run import ModelData, RunData
from framework.report.figures import FAINT, INK, SERIES, Chart, clipped, label_rows
from framework.report.tables import Table

WHAT_SAVES = {
    "rule": "the cheapest decision",
    "calibration": "recalibration",
    "separation": "better probabilities alone",
}
COLORS = dict(zip(PARTS, (SERIES[1], SERIES[2], SERIES[0]), strict=True))


def next_step(run: RunData) -> list[str]:
    """What to do next, in words; [] where nothing was lost, or nothing can be told."""
    told = run.metrics.get("next_step")  # folders of old have none
    return [f"{told}."] if told else []


def regret_table(run: RunData, with_intervals: bool = True) -> Table | None:
    """The regret of every model and its parts; None where nothing can be told."""
    rows: list[tuple[str, ...]] = []
    strong = []
    for model in run.models:
        if (found := _regret(model)) is None:
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
        "may make up for probabilities that are off." + _of_seed(run),
        strong=tuple(strong),
        title=f"Where the {money_word()} go, per case",
    )


def regret_chart(run: RunData) -> Chart | None:
    """The parts as stacked bars; None where nothing can be told."""
    found = {model.name: told for model in run.models if (told := _regret(model)) is not None}
    if not found:
        return None

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for row, parts in enumerate(found.values()):
            ends = {True: 0.0, False: 0.0}  # what is below zero stacks to the other side
            for name in PARTS:
                mean = parts[name]["mean"]
                axes.barh(row, mean, left=ends[mean >= 0], height=0.6, color=COLORS[name])
                ends[mean >= 0] += mean
        axes.axvline(0, color=FAINT, linewidth=0.7)
        names = [f"{clipped(name, 20)}{' *' if name == run.served.name else ''}" for name in found]
        label_rows(axes, names)
        axes.set_xlabel(f"{money_word()} per case lost above a perfect oracle")
        keys = [Patch(color=COLORS[name], label=f"{name}: {WHAT_SAVES[name]}") for name in PARTS]
        figure.legend(handles=keys, loc="outside upper center", labelcolor=INK)

    spoken = "; ".join(
        f"{name}: " + ", ".join(f"{part} {money(parts[part]['mean'])}" for part in PARTS)
        for name, parts in found.items()
    )
    return Chart(
        slug="regret",
        title=f"Where the {money_word()} go",
        caption=f"What each model lost above a perfect oracle, by what would save it. A part "
        f"below zero reaches to the left.{_of_seed(run)}",
        alt=f"Stacked bars of {money_word()} per case lost above a perfect oracle. {spoken}.",
        size=(4.8, 1.7 + 0.36 * len(found)),
        draw=draw,
    )


def _regret(model: ModelData) -> Mapping[str, Any] | None:
    """Folders of old have none."""
    found: Mapping[str, Any] | None = model.metrics.get("regret")
    return found


def _of_seed(run: RunData) -> str:
    return " Of the first seed." if run.config["seeds"] > 1 else ""
