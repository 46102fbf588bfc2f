"""A run as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from framework.core.arrays import FloatArray
from framework.core.words import currency, money, money_sign, money_word, quoted
from framework.experiment.stored_run import ModelData, RunData
from framework.report.console import printed
from framework.report.run import model_tables
from framework.report.run.headline import half_of_the_loss, not_seen

# Above this many classes a confusion matrix no longer fits a terminal.
MAX_CLASSES_IN_FULL = 8
TOP_CONFUSIONS = 10
TOP_TRIALS = 8


def run_report(result: RunData, run_dir: Path) -> RenderableType:
    """What each model loses, how sure that is, and which mistakes it makes; ``run_dir`` is named."""
    with currency(result.matrix.currency):
        return _report(result, run_dir)


def _report(result: RunData, run_dir: Path) -> RenderableType:
    n_classes = len(result.labels)
    full = n_classes <= MAX_CLASSES_IN_FULL
    return Group(
        Text("\n".join(_setting(result))),
        *[Text(f"WARNING: {warning}", style="bold red") for warning in result.metrics["warnings"]],
        *[
            printed(table)
            for table in (
                model_tables.models(result),
                model_tables.steps(result),
                model_tables.against_rivals(result),
            )
        ],
        _mistakes(result),
        *([_seeds(result)] if result.config["seeds"] > 1 else []),
        *[_trials(model) for model in result.models if model.trials],
        _per_class(result),
        _confusion_matrices(result) if full else _expensive_confusions(result),
        Text(_verdict(result, run_dir)),
    )


def _setting(result: RunData) -> Iterator[str]:
    config, matrix = result.config, result.matrix
    origins = result.metrics["cost_matrices"]
    worth = (
        ""
        if matrix.currency == matrix.unit
        else f"; 1 {matrix.unit} = {matrix.dollars_per_unit:,g} USD"
    )
    yield (
        f"{config['dataset']}: {result.metrics['n_train']} training cases, "
        f"{len(result.y_true)} test cases; "
        f"model {config['model']}, {config['epochs']} epochs, seed {config['seed']}"
    )
    ways: dict[str, list[str]] = {}
    for model in result.models:
        ways.setdefault(_way(model), []).append(f'"{model.name}"')
    for way, names in ways.items():
        yield f"{', '.join(names)}: {way}"
    yield f'judged by the matrix "{matrix.name}": {origins[matrix.name]}{worth}'
    yield from (f"  {sentence}" for sentence in result.metrics["cost_sentences"])
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
    return f"{m['loss']}{networks}; {calibration}{m['decision_rule']}{parameters}"


def _mistakes(result: RunData) -> Table:
    table = _table("Mistakes", "Model")
    binary = len(result.labels) == 2
    pairs = [(0, 1), (1, 0)] if binary else []
    referral = result.matrix.refer is not None
    counted = [f"{result.labels[i]}\nas {result.labels[j]}" for i, j in pairs] or ["mistakes"]
    extra = ["referred", "accuracy of\nthe decided"] if referral else ["accuracy"]
    for column in (*counted, *extra, "AUC"):
        table.add_column(column, justify="right", no_wrap=True)
    for model in result.models:
        counts = model.confusion_matrix
        decided = counts[:, : len(result.labels)]
        wrong = [counts[i, j] for i, j in pairs] or [decided.sum() - np.trace(decided)]
        if referral:
            wrong.append(counts[:, -1].sum())
        table.add_row(
            model.name,
            *map(str, wrong),
            _share(model.metrics["accuracy"]),
            _share(model.metrics["auc"]),
        )
    return table


def _trials(model: ModelData) -> Table:
    trials = model.trials
    shown = trials[:TOP_TRIALS]
    table = _table(
        f'What "{model.name}" tried: {len(trials)} strategies, '
        + model.metrics["validation"]["method"]
        + (f"; the one used and the next {len(shown) - 1}" if len(shown) < len(trials) else ""),
        "Strategy",
    )
    for column in (f"{money_sign()} per case", "std. error"):
        table.add_column(column, justify="right", no_wrap=True)
    for number, trial in enumerate(shown):
        table.add_row(
            f"{' ' if number else '*'} {trial['strategy']}",
            money(trial["dollars_per_case"]),
            money(trial["standard_error"]),
            style=None if number else "bold",
        )
    return table


def _seeds(result: RunData) -> Table:
    seeds = result.baseline.metrics["seeds"]["seeds"]
    table = _table(
        f"{money_sign()} per case over {len(seeds)} seeds ({seeds[0]} to {seeds[-1]}), one split",
        "Model",
    )
    for column in (
        "mean",
        "std. deviation",
        "worst",
        "best",
        f"better than {result.baseline.name}",
    ):
        table.add_column(column, justify="right", no_wrap=True)
    baseline = _of_seeds(result.baseline)
    for model in result.models:
        dollars = _of_seeds(model)
        is_served = model is result.served
        wins = f"{(dollars > baseline).sum()} of {len(dollars)}"
        table.add_row(
            _name(model, is_served),
            money(dollars.mean()),
            money(dollars.std(ddof=1)),
            money(dollars.min()),
            money(dollars.max()),
            "" if model is result.baseline else wins,
            style="bold" if is_served else None,
        )
    return table


def _per_class(result: RunData) -> Table:
    table = _table("Per class", "Model")
    table.add_column("class")
    for column in ("precision", "recall", "F1", "cases"):
        table.add_column(column, justify="right", no_wrap=True)
    for model in result.models:
        for k, (label, measures) in enumerate(model.metrics["per_class"].items()):
            table.add_row(
                model.name if k == 0 else "",
                label,
                _share(measures["precision"]),
                _share(measures["recall"]),
                _share(measures["f1"]),
                str(measures["support"]),
                end_section=k == len(result.labels) - 1,
            )
    return table


def _confusion_matrices(result: RunData) -> Table:
    table = _table(f"Confusion matrices: cases, and {money_word()} in all", "Model")
    table.add_column("truth")
    for label in result.matrix.decision_labels:
        table.add_column(f"as {label}", justify="right", no_wrap=True)
    for model in result.models:
        for i, label in enumerate(result.labels):
            cells = zip(model.confusion_matrix[i], model.cell_dollars[i], strict=True)
            table.add_row(
                model.name if i == 0 else "",
                label,
                *(f"{count}  {money(worth)}" for count, worth in cells),
                end_section=i == len(result.labels) - 1,
            )
    return table


def _expensive_confusions(result: RunData) -> Table:
    table = _table(f"The {TOP_CONFUSIONS} most expensive confusions of each model", "Model")
    table.add_column("truth")
    table.add_column("taken for")
    for column in ("cases", f"{money_sign()} in all"):
        table.add_column(column, justify="right", no_wrap=True)
    for model in result.models:
        order = np.argsort(model.cell_dollars, axis=None)[:TOP_CONFUSIONS]
        cells = [divmod(int(cell), len(result.matrix.decision_labels)) for cell in order]
        cells = [(i, j) for i, j in cells if model.cell_dollars[i, j] < 0]
        for rank, (i, j) in enumerate(cells):
            table.add_row(
                model.name if rank == 0 else "",
                result.labels[i],
                result.matrix.decision_labels[j],
                str(model.confusion_matrix[i, j]),
                money(model.cell_dollars[i, j]),
                end_section=rank == len(cells) - 1,
            )
    return table


def _verdict(result: RunData, run_dir: Path) -> str:
    """What is served and why, the one verdict, and where everything is."""
    served = result.metrics["served"]
    page = run_dir / "report.html"
    where = f"Report: {page}\n" if page.is_file() else ""
    unseen = not_seen(result)
    notes = [f"{unseen[0].upper()}{unseen[1:]}."] if unseen else []
    seen = "".join(f"{note}\n" for note in (*notes, *half_of_the_loss(result)))
    return (
        f"Served: {quoted(served['model'])}: {served['reason']}.\n"
        f"{result.metrics['verdict']}.\n{seen}{where}Run folder: {run_dir}"
    )


def _of_seeds(model: ModelData) -> FloatArray:
    """Dollars per case of every seed."""
    seeds = model.metrics.get("seeds")
    return np.array(seeds["dollars_per_case"] if seeds else [model.dollars_per_case])


def _table(title: str, first: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        title_style="bold",
        caption_justify="left",
    )
    table.add_column(first)
    return table


def _name(model: ModelData, is_served: bool) -> str:
    return f"{model.name} *" if is_served else model.name


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
