"""Charts of the models of several runs: dollars, and differences to the one that lost least."""

from __future__ import annotations

from matplotlib.figure import Figure

from framework.core.words import interval, money, money_word, quoted
from framework.experiment.stored_runs.compared_models import ComparedModel, Comparison
from framework.report.figures import (
    FAINT,
    INK,
    Chart,
    clipped,
    interval_row,
    label_rows,
    legend_above,
    series_color,
)


def intervals_chart(comparison: Comparison) -> Chart:
    """Dollars per case of every model, with the constant decision and the oracle."""
    part = comparison.cheapest.part

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for row, model in enumerate(comparison.models):
            color = _color(comparison, model)
            interval_row(axes, row, model.dollars_per_case, model.interval.ends, color)
        for dollars, style, name in (
            (part.constant_dollars, "--", f"always {clipped(part.constant)}"),
            (part.oracle_dollars, ":", "perfect oracle"),
        ):
            axes.axvline(float(dollars.mean()), color=FAINT, linestyle=style, label=name)
        label_rows(axes, _names(comparison.models), ticks=4)
        axes.set_xlabel(f"{money_word()} per case (further right is better)")
        legend_above(figure, 2)

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


def differences_chart(comparison: Comparison) -> Chart:
    """What every model loses against the one that lost least, with intervals."""
    others = comparison.models[1:]
    told = [comparison.difference(model, comparison.cheapest) for model in others]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for row, (model, difference) in enumerate(zip(others, told, strict=True)):
            against, color = difference.interval, _color(comparison, model)
            interval_row(axes, row, against.mean, against.ends, color)
        axes.axvline(0, color=INK, linewidth=0.9)
        label_rows(axes, _names(others), ticks=4)
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


def _color(comparison: Comparison, model: ComparedModel) -> str:
    number = next(k for k, part in enumerate(comparison.parts) if part is model.part)
    return series_color(number)


def _names(models: tuple[ComparedModel, ...]) -> list[str]:
    return [clipped(model.label, 30) for model in models]
