"""A run for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.evaluation.promise import promised
from framework.core.words import currency, money_word, quoted
from framework.experiment.stored_runs.prevalence_curve import PrevalenceCurve
from framework.experiment.stored_runs.prevalence_curve_words import in_words
from framework.experiment.stored_runs.ranges_of_run import ranges_for_page
from framework.experiment.stored_runs.run_data import ModelData, RunData
from framework.report.console import terminal_table
from framework.report.run.choice_tables import ladder_table, steps_table, trials_table
from framework.report.run.cost_ranges import sentences as sentences_on_ranges
from framework.report.run.headline import cautions, half_of_the_loss, population, promise
from framework.report.run.mistake_tables import (
    at_prevalence,
    classification_table,
    confusion_table,
    confusions_table,
    dollars_table,
)
from framework.report.run.model_tables import (
    mistakes_table,
    models_table,
    rivals_table,
    seeds_table,
)
from framework.report.run.regret_parts import next_step, regret_table
from framework.report.run.slices import slices_text
from framework.report.run.whole_test_part import whole_in_words
from framework.report.tables import Table, side_by_side, stacked

# Above this many classes a confusion matrix no longer fits a terminal.
MAX_CLASSES_IN_FULL = 8


def run_text(run: RunData, run_dir: Path) -> RenderableType:
    """What each model loses, how sure that is, and which mistakes it makes; ``run_dir`` is named."""
    with currency(*run.matrix.money):
        seeds, regret = seeds_table(run), regret_table(run, with_intervals=False)
        ladders = [table for model in run.models if (table := ladder_table(model))]
        trials = [table for model in run.models if (table := trials_table(model))]
        return Group(
            Text("\n".join(_setting(run))),
            *[Text(f"WARNING: {warning}", style="bold red") for warning in run.metrics["warnings"]],
            terminal_table(models_table(run)),
            *([terminal_table(regret)] if regret else []),
            terminal_table(steps_table(run)),
            terminal_table(rivals_table(run)),
            terminal_table(mistakes_table(run)),
            *([terminal_table(seeds)] if seeds else []),
            *[terminal_table(table) for table in ladders],
            *[terminal_table(table, folded=False) for table in trials],
            *([] if run.matrix.actions else [terminal_table(_per_class(run))]),
            terminal_table(_confusions(run)),
            *_slices(run),
            Text(_verdict(run, run_dir)),
        )


def _setting(run: RunData) -> Iterator[str]:
    config, matrix = run.config, run.matrix
    origins = run.metrics["cost_matrices"]
    worth = (
        ""
        if matrix.currency == matrix.unit
        else f"; 1 {matrix.unit} = {matrix.dollars_per_unit:,g} USD"
    )
    yield (
        f"{config['dataset']}: {run.metrics['n_train']} training cases, "
        f"{len(run.y_true)} test cases; "
        f"model {config['model']}, {config['epochs']} epochs, seed {config['seed']}"
    )
    ways: dict[str, list[str]] = {}
    for model in run.models:
        ways.setdefault(_way(model), []).append(f'"{model.name}"')
    for way, names in ways.items():
        yield f"{', '.join(names)}: {way}"
    yield f'judged by the matrix "{matrix.name}": {origins[matrix.name]}{worth}'
    yield from (f"  {sentence}" for sentence in run.metrics["cost_sentences"])
    yield from population(run)
    for name, where in origins.items():
        if name != matrix.name:
            yield f'trained with the matrix "{name}": {where}'


def _way(model: ModelData) -> str:
    """How a model was trained and decides, in a line."""
    m = model.metrics
    parameters = "".join(f" {value:.4g}" for value in m["decision_parameters"].values())
    fitted = m["calibration"]
    method = "bias" if fitted["bias"] else "temperature" if fitted["temperature"] != 1 else ""
    calibration = f"{method} calibration, " if method else ""
    networks = f" ({m['networks']} networks averaged)" if m["networks"] > 1 else ""
    rule = f"{m['decision_rule']}{parameters}"
    if m["decision_rule"] == "promise":
        rule = promised(m["decision_parameters"]["refer_above"])
    return f"{m['loss']}{networks}; {calibration}{rule}"


def _per_class(run: RunData) -> Table:
    tables = {model.name: classification_table(run, model) for model in run.models}
    return stacked("model", tables, "Per class")


def _confusions(run: RunData) -> Table:
    """Confusion matrices; of many classes the dearest confusions of each model."""
    if len(run.labels) > MAX_CLASSES_IN_FULL:
        dearest = {model.name: confusions_table(run, model) for model in run.models}
        return stacked("model", dearest, "The most expensive confusions of each model")
    tables = {
        model.name: side_by_side(confusion_table(run, model), dollars_table(run, model))
        for model in run.models
    }
    title = f"Confusion matrices: cases, and {money_word()} in all{at_prevalence(run)}"
    return stacked("model", tables, title)


def _slices(run: RunData) -> list[RenderableType]:
    """Of the served model, where the run was sliced."""
    sliced = run.served.metrics.get("slices")
    return [] if sliced is None else list(slices_text(sliced, run.served.name).renderables)


def _verdict(run: RunData, run_dir: Path) -> str:
    """What is served and why, the one verdict, and where everything is."""
    served = run.metrics["served"]
    page = run_dir / "report.html"
    where = f"Report: {page}\n" if page.is_file() else ""
    unseen = run.not_excluded
    notes = [
        *whole_in_words(run),
        *promise(run),
        *([f"{unseen[0].upper()}{unseen[1:]}."] if unseen else []),
    ]
    curve = PrevalenceCurve.of(run) if run.mix is not None and run.mix.target is not None else None
    notes += [] if curve is None else in_words(curve)
    ranges = ranges_for_page(run)
    notes += [] if ranges is None else sentences_on_ranges(ranges)
    seen = "".join(
        f"{note}\n" for note in (*notes, *half_of_the_loss(run), *next_step(run), *cautions(run))
    )
    return (
        f"Served: {quoted(served['model'])}: {served['reason']}.\n"
        f"{run.metrics['verdict']}.\n{seen}{where}Run folder: {run_dir}"
    )
