"""The models of several runs on one self-contained page."""

from __future__ import annotations

import time
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from framework.core.errors import ConfigError
from framework.core.intervals import not_excluded, support
from framework.core.words import (
    currency,
    in_brackets,
    interval,
    money,
    money_word,
    percent,
    plural,
    probability,
    quoted,
    short_money,
)
from framework.experiment.compare import Compared, Comparison
from framework.report.compare.tables import models_table, pairs_table
from framework.report.figures import FAINT, INK, SERIES, Chart, clipped, dress
from framework.report.rendering import render
from framework.report.run.headline import Tile, result_in_words

_DOLLARS = FuncFormatter(lambda amount, _: short_money(amount))


def write_comparison(comparison: Comparison, path: Path | None = None) -> Path:
    """Write the page (default: ``runs/compare-TIME.html``) and say where it is.

    Raises
    ------
    ConfigError
        When ``path`` exists already.
    """
    path = path or _new_page()
    if path.exists():
        raise ConfigError(f"{path} exists already; name another file with --out")
    path.parent.mkdir(parents=True, exist_ok=True)
    with currency(comparison.judge.currency):
        page = _page(comparison)
    path.write_text(page, encoding="utf-8")
    return path


def _new_page() -> Path:
    """A new file's name, with a number where two comparisons are made in one second."""
    page = Path("runs") / f"compare-{time.strftime('%Y%m%d-%H%M%S')}.html"
    numbered = (page.with_stem(f"{page.stem}-{number}") for number in range(2, 1000))
    return next(path for path in (page, *numbered) if not path.exists())


def _page(comparison: Comparison) -> str:
    return render(
        "compare.html.j2",
        {
            "comparison": comparison,
            "title": _title(comparison),
            "sentences": _sentences(comparison),
            "tiles": _tiles(comparison),
            "charts": [intervals(comparison), differences(comparison)],
            "models": models_table(comparison),
            "pairs": pairs_table(comparison),
            "n_runs": len({run for model in comparison.models for run in model.runs}),
        },
    )


def intervals(comparison: Comparison) -> Chart:
    """Dollars per case of every model, with the constant decision and the oracle."""
    part = comparison.cheapest.part

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for row, model in enumerate(comparison.models):
            color = _color(comparison, model)
            ends = model.interval.ends or (model.dollars_per_case,) * 2
            axes.plot(ends, [row, row], color=color, linewidth=3, solid_capstyle="round")
            axes.plot(model.dollars_per_case, row, "o", color=color, markersize=7)
        for dollars, style, name in (
            (part.constant_dollars, "--", f"always {clipped(part.constant)}"),
            (part.oracle_dollars, ":", "perfect oracle"),
        ):
            axes.axvline(float(dollars.mean()), color=FAINT, linestyle=style, label=name)
        _rows(axes, comparison.models)
        axes.set_xlabel(f"{money_word()} per case (further right is better)")
        figure.legend(loc="outside upper center", ncols=2, labelcolor=INK)

    spoken = "; ".join(
        f"{model.label} {money(model.dollars_per_case)}, interval {interval(model.interval.ends)}"
        for model in comparison.models
    )
    return Chart(
        slug="dollars",
        title=f"{money_word(True)} per case, with 95% intervals",
        caption="Those that lost least first; one colour a test part. The interval of the first knows "
        f"that it is the best of {len(comparison.models)} on these cases. Dashed and dotted: no model "
        "at all and a perfect oracle, on the test cases of the first.",
        alt=f"Interval chart of {money_word()} per case. {spoken}.",
        size=(4.8, 1.2 + 0.36 * len(comparison.models)),
        draw=draw,
    )


def differences(comparison: Comparison) -> Chart:
    """What every model loses against the one that lost least, with intervals."""
    others = comparison.models[1:]
    told = [comparison.difference(model, comparison.cheapest) for model in others]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for row, (model, difference) in enumerate(zip(others, told, strict=True)):
            ends = difference.interval.ends or (difference.interval.mean,) * 2
            color = _color(comparison, model)
            axes.plot(ends, [row, row], color=color, linewidth=3, solid_capstyle="round")
            axes.plot(difference.interval.mean, row, "o", color=color, markersize=7)
        axes.axvline(0, color=INK, linewidth=0.9)
        _rows(axes, others)
        axes.set_xlabel(
            f"{money_word()} per case against {quoted(clipped(comparison.cheapest.name, 20))}"
        )

    spoken = "; ".join(
        f"{model.label} {money(difference.interval.mean, sign=True)}, interval "
        f"{interval(difference.interval.ends, sign=True)}"
        for model, difference in zip(others, told, strict=True)
    )
    return Chart(
        slug="differences",
        title="Difference to the one that lost least, with 95% intervals",
        caption="Left of 0: dearer. An interval that crosses 0: these test cases cannot tell the two "
        "apart. Where two models decided the same cases, the difference is paired on them.",
        alt=f"Interval chart of differences. {spoken or 'There is one model only'}.",
        size=(4.8, 1.0 + 0.36 * max(1, len(others))),
        draw=draw,
    )


def _rows(axes: Axes, models: tuple[Compared, ...]) -> None:
    axes.set_yticks(range(len(models)), [clipped(model.label, 30) for model in models])
    axes.set_ylim(max(1, len(models)) - 0.5, -0.5)
    axes.xaxis.set_major_formatter(_DOLLARS)
    axes.locator_params(axis="x", nbins=4)
    dress(axes, grid="x")


def _color(comparison: Comparison, model: Compared) -> str:
    number = next(k for k, part in enumerate(comparison.parts) if part is model.part)
    return SERIES[number % len(SERIES)]


def _title(comparison: Comparison) -> str:
    best = comparison.cheapest
    saved = best.saved.interval
    if saved.mean < 0:
        sure = saved.high is not None and saved.high < 0
        beats = "beats" if sure else "is shown to beat"
        return f"No model {beats} always deciding {quoted(best.part.constant)}"
    n = plural(len(best.part.cases), "case")
    if len(comparison.parts) > 1:
        return f"{quoted(best.name)} lost least, on its own {n}"
    return f"{quoted(best.name)} lost least on these {n}"


def _sentences(comparison: Comparison) -> list[str]:
    best = comparison.cheapest
    said = [
        f"Judged by the matrix {quoted(comparison.judge.name)}, {quoted(best.label)} "
        f"{result_in_words(best.dollars_per_case)} {in_brackets(best.interval.ends)}, by the decisions "
        "it made in its run.",
        comparison.statement,
    ]
    unseen = not_excluded(best.interval, best.case_dollars, support(best.part.costs), money)
    if unseen:
        said.append(f"{quoted(best.name)}: {unseen}.")
    if len(comparison.models) > 1:
        second = comparison.models[1]
        difference = comparison.difference(best, second)
        said.append(
            f"The next, {quoted(second.label)}, costs {money(difference.interval.mean)} per case more "
            f"{in_brackets(difference.interval.ends)}; probability that {quoted(best.name)} is the "
            f"cheaper one on other cases like these: {probability(difference.probability_cheaper)}. The "
            "best of several on the same cases is partly the luckiest: both figures know of the choice."
        )
    return said


def _tiles(comparison: Comparison) -> list[Tile]:
    best = comparison.cheapest
    constant = f"always {quoted(best.part.constant)}"
    saved = best.saved
    tiles = [
        Tile(
            f"{money_word(True)} per case",
            money(best.dollars_per_case),
            f"95% interval: {interval(best.interval.ends)}",
        ),
        Tile(
            f"Saved per case against {constant}",
            money(saved.interval.mean, sign=True),
            f"95% interval: {interval(saved.interval.ends)}",
        ),
        Tile(
            f"Probability of being cheaper than {constant}",
            probability(saved.probability_cheaper),
            "on test cases like these",
        ),
    ]
    if best.savings is not None:
        tiles.append(
            Tile("Of the way to a perfect oracle", percent(best.savings, 0), f"0%: {constant}")
        )
    return tiles
