"""What a run decided, in words: the first thing a reader sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.report.run_data import WRONG, ModelData, RunData
from framework.report.words import money, percent, plural, probability, quoted


@dataclass(frozen=True)
class Tile:
    """One figure of the headline."""

    name: str
    figure: str
    note: str


@dataclass(frozen=True)
class Mark:
    """A place on the way from the best constant decision (0) to the oracle (100), in percent."""

    name: str
    place: float
    figure: str


@dataclass(frozen=True)
class Verdict:
    """The headline, what it rests on, what to be careful about, and the figures."""

    title: str
    sentences: tuple[str, ...]
    cautions: tuple[str, ...]
    tiles: tuple[Tile, ...]
    marks: tuple[Mark, ...]


def verdict(run: RunData) -> Verdict:
    """Judge the cheapest model against the equal-cost baseline, no model, and a perfect one."""
    best, baseline = run.cheapest, run.baseline
    title = f"{quoted(best.name)} is the cheapest of {plural(len(run.models), 'model')}"
    if best is baseline:
        title = f"No cost-trained model beats the equal-cost baseline {quoted(baseline.name)}"
    if best.dollars_per_case < run.constant:
        title = f"No model beats always deciding {quoted(_constant_decision(run))}"
    elif best is not baseline and _undecided(best):
        title += ", but the saving is not certain"
    return Verdict(
        title=title,
        sentences=tuple(_sentences(run, best, baseline)),
        cautions=tuple(_cautions(run, best, baseline)),
        tiles=tuple(_tiles(run, best)),
        marks=tuple(_marks(run, best, baseline)),
    )


def result_in_words(dollars_per_case: float) -> str:
    """A gain or a loss per case."""
    if dollars_per_case < 0:
        return f"loses {money(-dollars_per_case)} per case"
    if dollars_per_case == 0:
        return "loses nothing"
    return f"brings {money(dollars_per_case)} per case"


def saved_tiles(rival: str, saved: float, interval: str, probability_cheaper: float) -> list[Tile]:
    """What is saved per case (dollars) against ``rival``, and how probably anything is."""
    return [
        Tile(
            f"Saved per case against {quoted(rival)}",
            money(saved, sign=True),
            f"95% interval {interval}",
        ),
        Tile(
            f"Probability of being cheaper than {quoted(rival)}",
            probability(probability_cheaper),
            "on test cases like these",
        ),
    ]


def _undecided(model: ModelData) -> bool:
    low, high = model.metrics["saved_per_case"]["interval"]
    return bool(low <= 0 <= high)


def _constant_decision(run: RunData) -> str:
    return str(run.metrics["bounds"]["constant_decision"])


def _sentences(run: RunData, best: ModelData, baseline: ModelData) -> list[str]:
    low, high = best.metrics["dollars_per_case_interval"]
    wrong = int((best.outcomes == WRONG).sum())
    said = [
        f"On {plural(len(run.y_true), 'test case')} that no model was trained on, "
        f"{quoted(best.name)} {result_in_words(best.dollars_per_case)} (95% interval "
        f"{money(low)} to {money(high)}), at the costs of the matrix {quoted(run.matrix.name)}. "
        f"It decided {plural(wrong, 'case')} wrongly."
    ]
    saved = best.metrics["saved_per_case"]
    if saved is not None:
        low, high = saved["interval"]
        verb = "saves" if saved["mean"] >= 0 else "loses a further"
        said.append(
            f"It {verb} {money(abs(saved['mean']))} per case against {quoted(baseline.name)}, the "
            f"same model trained as if all mistakes cost the same (95% interval {money(low)} to "
            f"{money(high)}); it came out cheaper in {percent(saved['probability_cheaper'])} of "
            "the resampled test parts."
        )
    share, against = run.savings(best.dollars_per_case), best.metrics["saved_against_constant"]
    if share is not None and share >= 0:
        said.append(
            f"Without any model, always deciding {quoted(_constant_decision(run))} "
            f"{result_in_words(run.constant)}; a perfect oracle {result_in_words(run.oracle)}. "
            f"{quoted(best.name)} has come {percent(share, 0)} of the way between them; it saves "
            f"{money(against['mean'])} per case against the constant decision (95% interval "
            f"{money(against['interval'][0])} to {money(against['interval'][1])})."
        )
    seeds = best.metrics.get("seeds")
    if seeds:
        said.append(
            f"Trained with {len(seeds['seeds'])} seeds, its mean is {money(seeds['mean'])} per case "
            f"(standard deviation {money(seeds['standard_deviation'])}); the cheapest was chosen "
            "by that mean, all other figures on this page are the first seed's."
        )
    return said


def _cautions(run: RunData, best: ModelData, baseline: ModelData) -> list[str]:
    said = []
    if best.dollars_per_case < run.constant:
        gap = run.constant - best.dollars_per_case
        said.append(
            f"No model beats the best constant decision. Always deciding "
            f"{quoted(_constant_decision(run))}, without any model, {result_in_words(run.constant)}: "
            f"{money(gap)} per case better than {quoted(best.name)}. As things stand it is the "
            "cheaper choice."
        )
    if best is baseline:
        said.append(
            f"No cost-trained model beats {quoted(baseline.name)} on these test cases: training "
            "with the costs has not paid here."
        )
    elif _undecided(best):
        said.append(
            "The saving is not certain. Its 95% interval includes 0: on other cases like these it "
            "may vanish or turn into a loss. More test cases would settle it."
        )
    against = best.metrics["saved_against_constant"]
    low, high = against["interval"]
    if low <= 0 <= against["mean"] and run.oracle > run.constant:
        said.append(
            f"Against always deciding {quoted(_constant_decision(run))}, {quoted(best.name)} saves "
            f"{money(against['mean'])} per case (95% interval {money(low)} to {money(high)}): that "
            "the model beats having none is not certain."
        )
    return said


def _tiles(run: RunData, best: ModelData) -> list[Tile]:
    low, high = best.metrics["dollars_per_case_interval"]
    tiles = [
        Tile(
            "Dollars per case",
            money(best.dollars_per_case),
            f"95% interval {money(low)} to {money(high)}",
        )
    ]
    saved = best.metrics["saved_per_case"]
    if saved is not None:
        low, high = saved["interval"]
        interval = f"{money(low)} to {money(high)}"
        probable = saved["probability_cheaper"]
        tiles += saved_tiles(run.baseline.name, saved["mean"], interval, probable)
    share = run.savings(best.dollars_per_case)
    if share is not None:
        constant = f"always {quoted(_constant_decision(run))}"
        note = f"0%: {constant}; 100%: a perfect oracle"
        if share < 0:
            note = f"below 0%: worse than {constant}"
        tiles.append(Tile("Of the way to a perfect oracle", percent(share, 0), note))
    return tiles


def _marks(run: RunData, best: ModelData, baseline: ModelData) -> list[Mark]:
    """The cheapest and the baseline on the scale; [] where the cheapest has no place on it."""
    share = run.savings(best.dollars_per_case)
    if share is None or share < 0:
        return []
    marks = []
    for model in dict.fromkeys((best, baseline)):
        share = run.savings(model.dollars_per_case)
        if share is not None:
            place = float(np.clip(100 * share, 0, 100))
            marks.append(Mark(model.name, place, percent(share, 0)))
    return marks
