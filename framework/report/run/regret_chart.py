"""Where the dollars go, drawn: the parts of each model's loss above a perfect oracle."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from framework.core.evaluation.regret import PARTS
from framework.core.words import money, money_word
from framework.experiment.stored_runs.run_data import RunData
from framework.report.figures import FAINT, INK, SERIES, Chart, clipped, label_rows
from framework.report.run.regret_parts import WHAT_SAVES, of_seed, regret_of

COLORS = dict(zip(PARTS, (SERIES[1], SERIES[2], SERIES[0]), strict=True))


def regret_chart(run: RunData) -> Chart | None:
    """The parts as stacked bars; None where nothing can be told."""
    found = {model.name: told for model in run.models if (told := regret_of(model)) is not None}
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
        f"below zero reaches to the left.{of_seed(run)}",
        alt=f"Stacked bars of {money_word()} per case lost above a perfect oracle. {spoken}.",
        size=(4.8, 1.7 + 0.36 * len(found)),
        draw=draw,
    )
