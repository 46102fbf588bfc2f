"""The population a run is about: shares of the classes, and dollars where they are others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.files import REPORT
from framework.core.words import currency, money, money_word, quoted
from framework.core.words import share as share_of
from framework.experiment.results.verdict import ALWAYS
from framework.experiment.stored_runs.prevalence_curve import ORACLE, PrevalenceCurve
from framework.experiment.stored_runs.prevalence_curve_words import in_words
from framework.experiment.stored_runs.run_data import RunData
from framework.report.console import terminal_table
from framework.report.figures import (
    DOLLARS,
    FAINT,
    Chart,
    clipped,
    dress,
    legend_above,
    series_color,
)
from framework.report.tables import Table

# Room below the cheapest constant decision, as a share of what lies above it.
ROOM = 0.6
LINES = 6  # of the table for the terminal
TICKS = (0.0001, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999)


def shares_table(run: RunData) -> Table | None:
    """Shares of the classes; None where figures are about no others than those of the test cases."""
    if run.mix is None or run.mix.judged is None:
        return None
    if run.mix.target is None:
        return _drawn_table(run)
    tested = np.bincount(run.y_true, minlength=len(run.labels)) / len(run.y_true)
    columns = zip(run.labels, run.mix.training, tested, run.mix.target, strict=True)
    rows = [(label, *map(share_of, shares)) for label, *shares in columns]
    return Table(
        ("class", "training part", "test part", "meant"),
        tuple(rows),
        caption=f"Probabilities, decisions, {money_word()}, intervals, accuracy and precision are those at "
        "the shares that are meant; counts of cases, and the AUC, are those of the test part.",
        title="Prevalence: the sample and the population",
    )


def _drawn_table(run: RunData) -> Table:
    """Of a stream: what its test part has, what of it is kept, and what each of these cases stands for."""
    tested, kept = run.tested, np.bincount(run.y_true, minlength=len(run.labels))
    rows = [
        (label, f"{whole:,}", f"{here:,}", f"{whole / here:,.4g}" if here else "")
        for label, whole, here in zip(run.labels, tested, kept, strict=True)
    ]
    return Table(
        ("class", "cases of the test part", "drawn", "each stands for"),
        tuple(rows),
        caption=f"{money_word(True)}, intervals, accuracy and precision weigh each class as the whole test "
        "part has it; counts of cases, and the AUC, are those of the cases drawn.",
        title="The test part, and the cases drawn from it class by class",
    )


def prevalence_chart(curve: PrevalenceCurve) -> Chart:
    """Dollars per case of every model along the share of a class, and where the cheapest one changes."""
    run, values, dollars = curve.run, curve.values, curve.dollars
    constants = [name for name in dollars if name.startswith(ALWAYS)]
    best = np.max([dollars[name] for name in constants], axis=0)
    oracle = dollars[ORACLE]
    k = run.labels.index(curve.label)
    mix = run.mix
    assert mix is not None
    target = None if mix.target is None else float(mix.target[k])

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for number, model in enumerate(run.models):
            axes.plot(
                values,
                dollars[model.name] - oracle,
                color=series_color(number),
                linewidth=1.6,
                label=f"{clipped(model.name, 20)}{' *' if model is run.served else ''}",
            )
        axes.plot(
            values, best - oracle, color=FAINT, linestyle="--", label="best constant decision"
        )
        floor = float((best - oracle).min())
        axes.set_ylim(floor * (1 + ROOM), -0.05 * floor)
        for share, *_ in curve.turns:
            axes.axvline(share, color=FAINT, linewidth=0.8, linestyle=":")
        if target is not None:
            axes.axvline(target, color=FAINT, linewidth=1.2)
        axes.set_xscale("logit")
        ticks = [tick for tick in TICKS if values[0] <= tick <= values[-1]]
        axes.set_xticks(ticks, [share_of(tick) for tick in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlim(values[0], values[-1])
        axes.yaxis.set_major_formatter(DOLLARS)
        axes.set_xlabel(f"share of {clipped(curve.label)}")
        axes.set_ylabel(f"{money_word()} per case, above the oracle's")
        dress(axes)
        legend_above(figure, 2)

    spoken = "; ".join(
        f"up to {share_of(share)}, {below} loses least, above, {above}"
        for share, below, above in curve.turns
    )
    return Chart(
        slug="prevalence",
        title=f"{money_word(True)} against the prevalence of {quoted(curve.label)}",
        caption=f"What each model loses above a perfect oracle's {money_word()}, where the share of "
        f"{quoted(curve.label)} is another one and the cases of a class look alike. Models that decide by "
        "least expected cost are decided anew at every share, by the first seed's calibrated probabilities; "
        "the others keep their decisions. Dotted: "
        "break-even of the served model and deciding all cases alike"
        + ("" if target is None else "; line: the share that is meant")
        + ". A line that leaves the chart loses more.",
        alt=f"Lines of {money_word()} per case against the share of {curve.label}. "
        f"{spoken or 'The cheapest one does not change'}. At {share_of(values[0])}: "
        + "; ".join(f"{model.name} {money(dollars[model.name][0])}" for model in run.models)
        + ".",
        size=(4.8, 3.3),
        draw=draw,
    )


def prevalence_text(curve: PrevalenceCurve, run_dir: Path, report: bool) -> RenderableType:
    """A sweep of the prevalence for the terminal; ``report``: there is a page."""
    run = curve.run
    with currency(*run.matrix.money):
        page = f"Report: {run_dir / REPORT}\n" if report else ""
        setting = (
            f"{run.metrics['dataset']}: {run.metrics['n_train']} training cases, {len(run.y_true)} test "
            f"cases; swept: the share of {quoted(curve.label)}, {share_of(curve.values[0])} to "
            f"{share_of(curve.values[-1])}"
        )
        told = "".join(f"{sentence}\n" for sentence in in_words(curve))
        return Group(
            Text(setting),
            terminal_table(curve_table(curve)),
            Text(f"{told}{page}Run folder: {run_dir}"),
        )


def curve_table(curve: PrevalenceCurve) -> Table:
    """Dollars per case of every model at some of the shares; in bold where it is the served one's."""
    run = curve.run
    places = np.linspace(0, len(curve.values) - 1, LINES).round().astype(int)
    rows = [
        (name, *(money(float(dollars[place])) for place in places))
        for name, dollars in curve.dollars.items()
    ]
    served = tuple(i for i, model in enumerate(run.models) if model is run.served)
    return Table(
        (f"share of {curve.label}", *(share_of(float(curve.values[place])) for place in places)),
        tuple(rows),
        caption=f"{money_word(True)} per case of the population; a minus is a loss.",
        strong=served,
        title=f"{money_word(True)} per case against the prevalence of {quoted(curve.label)}",
    )
