"""The head of a run's page: the verdict, what it rests on, what to be careful about, figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.evaluation.promise import Certificate
from framework.core.words import interval, money, money_word, percent, plural, quoted, share
from framework.experiment.choosing.candidates import Role
from framework.experiment.stored_runs.run_data import REFERRED, WRONG, RunData
from framework.report.run.regret_parts import next_step
from framework.report.run.whole_test_part import whole_in_words
from framework.report.tiles import (
    Tile,
    brought_tile,
    result_in_words,
    saved_tiles,
    savings_tile,
)


@dataclass(frozen=True)
class Mark:
    """A place on the way from the best constant decision (0) to the oracle (100), in percent."""

    name: str
    place: float
    figure: str


@dataclass(frozen=True)
class Headline:
    """The verdict, what it rests on, what to be careful about, and the figures."""

    title: str
    sentences: tuple[str, ...]
    cautions: tuple[str, ...]
    tiles: tuple[Tile, ...]
    marks: tuple[Mark, ...]


def headline(run: RunData) -> Headline:
    """Of the model that is served: chosen on validation, judged on the test part."""
    return Headline(
        title=str(run.metrics["verdict"]),
        sentences=tuple(_sentences(run)),
        cautions=tuple(cautions(run)),
        tiles=tuple(_tiles(run)),
        marks=tuple(_marks(run)),
    )


def half_of_the_loss(run: RunData) -> list[str]:
    """On how few cases it hangs what the served model lost beyond a perfect oracle."""
    found = run.metrics["half_of_the_loss"]
    if found is None:
        return []
    of_seed = " with its first seed" if run.config["seeds"] > 1 else ""
    return [
        f"A perfect oracle would have spared {money(found['spared'])} of what "
        f"{quoted(run.served.name)} lost{of_seed}; half of that hangs on "
        f"{plural(found['cases'], 'case')} of {len(run.y_true):,}."
    ]


def population(run: RunData) -> list[str]:
    """Which cases figures are about, where their shares are not those of the data."""
    if run.mix is None or run.mix.target is None:
        return []
    told = []
    for label in run.config["prevalence"]:
        k = run.labels.index(label)
        before, meant = share(float(run.mix.training[k])), share(float(run.mix.target[k]))
        told.append(f"{meant} are {quoted(label)} ({before} of the training cases)")
    return [f"All of this is said of a population in which {' and '.join(told)}."]


def judged_cases(run: RunData) -> str:
    """How many cases judge, and what they are."""
    n, of_all = plural(len(run.y_true), "test case"), int(run.tested.sum())
    if of_all == len(run.y_true):
        return n
    weighed = "" if run.is_moved else " and weighted back to all of them"
    return f"{n}, drawn class by class from the {of_all:,} of the test part{weighed},"


def promise(run: RunData) -> list[str]:
    """What was promised of the served model, how that was found, and what came of it on the test part."""
    found = run.metrics.get("promise")
    if found is None or not found["kept"]:
        return []  # what cannot be kept is a warning
    certificate = Certificate.from_json(found, "metrics.json")
    best, most = run.served, certificate.promise.most
    kept = "within the promise" if -best.dollars_per_case <= most else "more than was promised"
    referred = share(run.judged.mean((best.outcomes == REFERRED).astype(np.float64)))
    told = "; ".join(certificate.sentences())
    return [
        f"Promised of {quoted(found['model'])}, found in {found['validated_on']}: {told}. On the test "
        f"part it {result_in_words(best.dollars_per_case)}, {kept}, and referred {referred}."
    ]


def _constant_decision(run: RunData) -> str:
    return str(run.metrics["bounds"]["constant_decision"])


def _sentences(run: RunData) -> list[str]:
    best = run.served
    wrong = int((best.outcomes == WRONG).sum())
    of_seed = " (first seed)" if run.config["seeds"] > 1 else ""
    made = f"It decided {plural(wrong, 'case')} wrongly{of_seed}."
    if run.matrix.actions:
        made = (
            f"In {plural(wrong, 'case')} it took an action that costs more than the best one for the "
            f"truth{of_seed}."
        )
    said = [
        f"{quoted(best.name)} is the model that is served: {run.metrics['served']['reason']}.",
        f"On {judged_cases(run)} that no model was trained on and nothing was chosen by, it "
        f"{result_in_words(best.dollars_per_case)} (95% interval "
        f"{interval(best.metrics['dollars_per_case_interval'])}), at the costs of the matrix "
        f"{quoted(run.matrix.name)}. {made} Going by "
        f"its own probabilities, {money(best.metrics['stated_dollars_per_case'])} per case was to be "
        "expected.",
    ]
    said += [*whole_in_words(run), *promise(run), *population(run)]
    if run.not_excluded is not None:
        said.append(f"{quoted(best.name)}: {run.not_excluded}.")
    least = run.metrics["lost_least"]
    who = "It also"
    if least["model"] != best.name:
        who = f"{quoted(least['model'])}, with {money(run.model(least['model']).dollars_per_case)},"
    said.append(
        f"{who} lost least on these {len(run.y_true):,} cases. As the best of "
        f"{plural(len(run.models), 'model')} that is partly luck: the 95% interval of what it "
        f"brings per case that knows of the choice is {interval(least['interval'])}."
    )
    share = run.savings(best.dollars_per_case)
    if share is not None and share >= 0:
        said.append(
            f"Without any model, always deciding {quoted(_constant_decision(run))} "
            f"{result_in_words(run.constant)}; a perfect oracle {result_in_words(run.oracle)}. "
            f"{quoted(best.name)} has come {percent(share, 0)} of the way between them."
        )
    said += [*half_of_the_loss(run), *next_step(run)]
    seeds = best.metrics.get("seeds")
    if seeds:
        said.append(
            f"All {money_word()} per case are means over {len(seeds['seeds'])} seeds (its standard deviation "
            f"over them: {money(seeds['standard_deviation'])}), and intervals know of cases and seeds; "
            "confusion matrices, scores and curves are the first seed's, whose networks are saved."
        )
    return said


def cautions(run: RunData) -> list[str]:
    """What must not be believed of the figures: that costs in training paid, that dollars are stated well."""
    said = []
    trained = {m.name for m in run.models if m.metrics["role"] == Role.TRAINED}
    for step in run.metrics["steps"]:
        if step["to"] in trained and step["mean"] <= 0:
            sure = step["interval"] is not None and step["interval"][1] < 0
            paid = "has not paid here" if sure else "is not shown to pay here"
            said.append(
                f"Training with the costs {paid}: {quoted(step['to'])} lost "
                f"{money(-step['mean'])} per case more than {quoted(step['from'])}, which gets by "
                f"without (what training saves: 95% interval {interval(step['interval'])})."
            )
    for model in run.models:
        gap = model.metrics["stated_gap_interval"]
        if gap is not None and not gap[0] <= 0 <= gap[1]:
            said.append(
                f"{quoted(model.name)} promised {money(model.metrics['stated_dollars_per_case'])} "
                f"per case by its own probabilities, and {money(model.dollars_per_case)} came: its "
                f"stated {money_word()} cannot be relied on."
            )
    return said


def _tiles(run: RunData) -> list[Tile]:
    best, rival = run.served, str(run.metrics["strongest_rival"])
    saved = best.metrics["saved_against"][rival]
    tiles = [
        brought_tile(
            best.dollars_per_case,
            best.metrics["dollars_per_case_interval"],
            of=f", {quoted(best.name)}",
        ),
        *saved_tiles(quoted(rival), saved["mean"], saved["interval"], saved["probability_cheaper"]),
    ]
    share = run.savings(best.dollars_per_case)
    if share is not None:
        tiles.append(savings_tile(share, f"always {quoted(_constant_decision(run))}"))
    return tiles


def _marks(run: RunData) -> list[Mark]:
    """The served model and the baseline on the scale; [] where the former has no place on it."""
    share = run.savings(run.served.dollars_per_case)
    if share is None or share < 0:
        return []
    marks = []
    for model in dict.fromkeys((run.served, run.baseline)):
        share = run.savings(model.dollars_per_case)
        if share is not None:
            place = float(np.clip(100 * share, 0, 100))
            marks.append(Mark(model.name, place, percent(share, 0)))
    return marks
