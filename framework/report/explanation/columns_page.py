"""importance.html of a table: features side by side for all models, and how importance moved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from framework.core.intervals import Interval
from framework.core.words import TOO_FEW, money, money_word, percent, quoted, short_money
from framework.explanation.columns import ColumnsExplained
from framework.explanation.permutation_importance import ALIKE, tells
from framework.explanation.source import Source
from framework.report.figures import FAINT, INK, SERIES, Chart, clipped, dress
from framework.report.rendering import render
from framework.report.tables import Table

TOP = 12  # rows of a chart, and of a table before it is folded


def page(source: Source, found: ColumnsExplained, folder: Path) -> str:
    """The page; its charts also go to ``plots/`` in ``folder``."""
    best = source.served
    families, alone = found.ranked(best)
    charts = [
        _chart(source, found, positions[:TOP], slug, title)
        for positions, slug, title in (
            (families, "importance-families", "Families of features, each shuffled as one"),
            (alone, "importance", "Every feature, shuffled alone"),
        )
        if positions
    ]
    (folder / "plots").mkdir(exist_ok=True)
    for chart in charts:
        chart.save_png(folder / "plots" / f"{chart.slug}.png")
    lone = [importance.lost for importance in found.importances[best]][found.n_families :]
    telling = [lost.mean > 0 for lost in lone if tells(lost)]
    return render(
        "importance_columns.html.j2",
        {
            "source": source,
            "found": found,
            "title": _title(found, best),
            "best": best,
            "alike": ALIKE,
            "charts": charts,
            "members": [
                (found.features[k].name, ", ".join(found.features[k].members)) for k in families
            ],
            "has_report": (folder / "report.html").is_file(),
            "moves": _moves(source, found),
            "families": _table(source, found, families) if families else None,
            "alone": _table(source, found, alone),
            "n_losing": sum(telling),
            "n_saving": len(telling) - sum(telling),
            "n_by_chance": 0.05 * len(lone),
            "n_differences": (len(source.models) - 1) * len(found.features),
        },
    )


def _title(found: ColumnsExplained, best: str) -> str:
    families, alone = found.ranked(best)
    lost = [importance.lost for importance in found.importances[best]]
    telling = [k for k in (*families, *alone) if tells(lost[k]) and lost[k].mean > 0]
    if not telling:
        return f"These test cases cannot tell what {quoted(best)} depends on"
    dearest = max(telling, key=lambda k: lost[k].mean)
    first, *others = found.features[dearest].members or (found.features[dearest].name,)
    name = f"{quoted(first)} and {len(others)} like it" if others else quoted(first)
    return f"{quoted(best)} depends most on {name}: without, {money(lost[dearest].mean)} per case are lost"


def _chart(
    source: Source, found: ColumnsExplained, positions: Sequence[int], slug: str, title: str
) -> Chart:
    models = [model.name for model in source.models]
    colors = {model.name: SERIES[k % len(SERIES)] for k, model in enumerate(source.run.models)}
    apart = 0.62 / max(1, len(models) - 1)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for number, name in enumerate(models):
            for row, position in enumerate(positions):
                lost = found.importances[name][position].lost
                y = row + (number - (len(models) - 1) / 2) * min(apart, 0.25)
                ends = lost.ends or (lost.mean, lost.mean)
                axes.plot(ends, [y, y], color=colors[name], linewidth=1.8)
                axes.plot(
                    lost.mean,
                    y,
                    "o",
                    color=colors[name],
                    markersize=5,
                    fillstyle="full" if tells(lost) else "none",
                    label=clipped(name, 18) if row == 0 else None,
                )
        axes.axvline(0, color=INK, linewidth=0.9)
        names = [fill(clipped(found.features[position].name, 44), 22) for position in positions]
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda amount, _: short_money(amount)))
        axes.locator_params(axis="x", nbins=5)
        axes.set_xlabel(f"{money_word()} lost per case when shuffled")
        for row in range(1, len(names)):
            axes.axhline(row - 0.5, color=FAINT, linewidth=0.3)
        dress(axes, grid="x")
        figure.legend(loc="outside upper center", ncols=3, labelcolor=INK)

    spoken = "; ".join(
        f"{found.features[position].name}: "
        + ", ".join(f"{name} {_told(found.importances[name][position].lost)}" for name in models)
        for position in positions[:3]
    )
    return Chart(
        slug=slug,
        title=title,
        caption=f"Dot: {money_word()} lost per case; bar: 95% interval. Hollow: the interval includes "
        f"0, so these cases do not tell. The {len(positions)} dearest to {quoted(source.served)}.",
        alt=f"Interval chart of {money_word()} lost per case when a feature is shuffled. {spoken}.",
        size=(4.8, 1.1 + len(positions) * (0.22 + 0.09 * len(models))),
        draw=draw,
    )


def _table(source: Source, found: ColumnsExplained, positions: Sequence[int]) -> Table:
    families = positions[0] < found.n_families
    names = [model.name for model in source.models]
    rows, quiet = [], []
    for number, position in enumerate(positions):
        of_models = [found.importances[name][position] for name in names]
        cells = [_starred(importance.lost) for importance in of_models]
        changed = " / ".join(percent(importance.decisions_changed) for importance in of_models)
        if not any(tells(importance.lost) for importance in of_models):
            quiet.append(number)
        like = () if families else (_relative(found, position),)
        rows.append((found.features[position].name, *like, *cells, changed))
    return Table(
        (*(("family",) if families else ("feature", "most like")), *names, "decisions changed"),
        tuple(rows[:TOP]),
        f"{'Families' if families else 'Features alone'}: {money_word()} lost per case when shuffled, with "
        "95% intervals; * leaves out 0, the others do not tell",
        words=1 if families else 2,
        quiet=tuple(quiet),
        folded=tuple(rows[TOP:]),
    )


def _moves(source: Source, found: ColumnsExplained) -> Table | None:
    """Where a cost-trained model depends more, or less, on a feature than the baseline does."""
    found_moves: list[tuple[float, tuple[str, ...]]] = []
    for model in source.models:
        for position, importance in enumerate(found.importances[model.name]):
            moved = importance.moved
            if moved is None or not tells(moved) or source.baseline is None:
                continue
            before = found.importances[source.baseline][position].lost.mean
            name = found.features[position].name
            cells = (short_money(before), short_money(importance.lost.mean), _told(moved))
            found_moves.append((abs(moved.mean), (name, model.name, *cells)))
    if not found_moves:
        return None
    rows = tuple(row for _, row in sorted(found_moves, key=lambda move: -move[0]))
    return Table(
        ("feature", "model", f"lost by {source.baseline}", "lost by the model", "difference"),
        rows[:TOP],
        f"{money_word(True)} per case by which a feature is worth more to the model than to the baseline "
        "(with a minus: less), where the 95% interval of the paired difference leaves out 0",
        words=2,
        folded=rows[TOP:],
    )


def _told(interval: Interval) -> str:
    ends = TOO_FEW if interval.ends is None else " to ".join(map(short_money, interval.ends))
    return f"{short_money(interval.mean + 0.0)} ({ends})"


def _starred(interval: Interval) -> str:
    return _told(interval) + (" *" if tells(interval) else "")


def _relative(found: ColumnsExplained, position: int) -> str:
    relative = found.relative(position)
    if relative is None:
        return "-"
    return f"{relative[0]}, {np.floor(100 * relative[1]) / 100:.2f}"
