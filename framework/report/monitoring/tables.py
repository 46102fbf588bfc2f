"""The tables of a monitor: dollars week by week, class mix, drift."""

from __future__ import annotations

from framework.core.monitoring.drift import Drift
from framework.core.monitoring.monitored import Monitored, beyond_chance
from framework.core.monitoring.weekly_figures import Figures, Week
from framework.core.words import interval, money, money_sign, money_word, percent, share
from framework.report.tables import Table
from framework.studies.monitoring.inputs import InputDrift

LATEST = 12  # weeks shown at first
MOST_LABELS = 6  # of a class mix in a table
COLUMNS = 15  # of inputs, those that have drifted the most


def weeks_table(found: Monitored) -> Table:
    """Dollars a case of every week, the latest first."""
    rows = [_week(week.start, week.figures) for week in reversed(found.weeks)]
    sign = money_sign()
    return Table(
        (
            "week of",
            "cases",
            "with outcome",
            f"{sign} promised",
            f"{sign} came",
            "95% interval",
            f"{sign} estimated",
        ),
        tuple(rows[:LATEST]),
        f"{money_word(True)} per case; a minus is a loss. Came: of the cases with an outcome. Estimated: of "
        "all cases, those without an outcome as expected at the week's class mix"
        + (", and by the odds of exploring." if found.corrected else "."),
        folded=tuple(rows[LATEST:]),
        foot=(_week("all", found.figures),),
        title=f"{money_word(True)} that came, by week",
    )


def _week(name: str, figures: Figures) -> tuple[str, ...]:
    came = figures.came
    return (
        name,
        f"{figures.n:,}",
        f"{figures.known:,}",
        money(figures.promised),
        "-" if came is None else money(came.mean),
        "-" if came is None else interval(came.ends),
        money(figures.estimate.mean),
    )


def mix_table(found: Monitored) -> Table | None:
    """The shares of the classes, week by week; None where nothing tells them, or of many classes."""
    told = [week for week in found.weeks if week.mix is not None]
    if not told or found.reference_shares is None or len(found.labels) > MOST_LABELS:
        return None
    rows = [(week.start, *_shares(week)) for week in reversed(told)]
    reference = ("test part", *(share(of) for of in found.reference_shares.values()))
    return Table(
        ("week of", *found.labels),
        tuple(rows[:LATEST]),
        "Class mix, estimated from the probabilities (95% interval)",
        folded=tuple(rows[LATEST:]),
        foot=(reference,),
    )


def _shares(week: Week) -> list[str]:
    assert week.mix is not None
    return [
        f"{share(of)} ({share(low)} to {share(high)})"
        for of, low, high in zip(week.mix.shares, week.mix.low, week.mix.high, strict=True)
    ]


def drift_table(found: Monitored) -> Table | None:
    """How far expected dollars and decisions lie from those of the test part."""
    told = [week for week in found.weeks if week.scores is not None]
    if not told:
        return None
    far = [set(beyond_chance([getattr(w, name) for w in told])) for name in ("scores", "decisions")]
    rows = [
        (week.start, _moved(week.scores, k in far[0]), _moved(week.decisions, k in far[1]))
        for k, week in enumerate(told)
    ][::-1]
    return Table(
        ("week of", "expected dollars", "decisions"),
        tuple(rows[:LATEST]),
        "Drift: the share of cases that lie elsewhere than on the test part; * beyond chance, all weeks "
        "looked at together",
        folded=tuple(rows[LATEST:]),
    )


def inputs_table(found: Monitored, inputs: InputDrift | None) -> Table | None:
    """Columns whose values have moved the most in the last week that tells."""
    if inputs is None:
        return None
    every = [one for drifts in inputs.columns.values() for one in drifts]
    far = beyond_chance(every)
    rows, start = [], 0
    for name, drifts in inputs.columns.items():
        told = [k for k, one in enumerate(drifts) if one is not None]
        if told:
            last = drifts[told[-1]]
            assert last is not None
            weeks = sum(start <= k < start + len(drifts) for k in far)
            row = (name, _moved(last, start + told[-1] in far), str(weeks))
            rows.append((last.moved, row, found.weeks[told[-1]].start))
        start += len(drifts)
    if not rows:
        return None
    ordered = [row for _, row, _ in sorted(rows, key=lambda one: -one[0])]
    return Table(
        ("column", f"moved in the week of {rows[0][2]}", "weeks beyond chance"),
        tuple(ordered[:COLUMNS]),
        f"Inputs: the share of cases whose value lies elsewhere than in {inputs.against}; * beyond chance",
        folded=tuple(ordered[COLUMNS:]),
    )


def _moved(drift: Drift | None, far: bool) -> str:
    return "-" if drift is None else f"{percent(drift.moved)}{' *' if far else ''}"
