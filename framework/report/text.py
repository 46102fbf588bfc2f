"""A run as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from framework.report.console import money
from framework.report.run_data import FloatArray, ModelData, RunData

# Above this many classes a confusion matrix no longer fits a terminal.
MAX_CLASSES_IN_FULL = 8
TOP_CONFUSIONS = 10
TOP_TRIALS = 8


def run_report(result: RunData, run_dir: Path) -> RenderableType:
    """Who is cheapest, by how much, and which mistakes make the difference; ``run_dir`` is named."""
    n_classes = len(result.labels)
    full = n_classes <= MAX_CLASSES_IN_FULL
    return Group(
        Text("\n".join(_setting(result))),
        *[Text(f"WARNING: {warning}", style="bold red") for warning in result.metrics["warnings"]],
        _dollars(result),
        _uncertainty(result),
        _mistakes(result),
        *([_seeds(result)] if result.config["seeds"] > 1 else []),
        *[_trials(model) for model in result.models if "validation" in model.metrics],
        _per_class(result),
        _confusion_matrices(result) if full else _expensive_confusions(result),
        Text(_verdict(result, run_dir)),
    )


def _setting(result: RunData) -> Iterator[str]:
    config, matrix = result.config, result.matrix
    origins = result.metrics["cost_matrices"]
    worth = (
        ""
        if matrix.dollars_per_unit == 1 and matrix.unit == "USD"
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


def _dollars(result: RunData) -> Table:
    n = len(result.y_true)
    table = _table(f"Dollars on the {n} test cases (negative = a loss)", "Model")
    for column in ("$ per case", "$ in all", "saved\nper case", "saved\nin all", "savings"):
        table.add_column(column, justify="right", no_wrap=True)
    cheapest, baseline = _cheapest(result), result.baseline
    for model in result.models:
        saved = [
            model.dollars_per_case - baseline.dollars_per_case,
            model.metrics["dollars_total"] - baseline.metrics["dollars_total"],
        ]
        table.add_row(
            _name(model, model is cheapest),
            money(model.dollars_per_case),
            money(model.metrics["dollars_total"]),
            *("" if model is baseline else f"{amount:+,.2f}" for amount in saved),
            _share(result.savings(model.dollars_per_case)),
            style="bold" if model is cheapest else None,
        )
    constant = result.metrics["bounds"]["constant_decision"]
    for name, dollars in (
        (f"always {constant}", result.constant),
        ("a perfect oracle", result.oracle),
    ):
        savings = _share(result.savings(dollars))
        table.add_row(name, money(dollars), money(n * dollars), "", "", savings, style="dim")
    table.caption = (
        f"* the cheapest model. saved: against {result.baseline.name}.\n"
        "savings: the way from the best constant decision (0) to the oracle (1)."
    )
    return table


def _uncertainty(result: RunData) -> Table:
    constant = result.metrics["bounds"]["constant_decision"]
    table = _table("How sure: 95 % intervals over test cases like these", "Model")
    table.add_column("per case")
    for column in ("from", "to", "cheaper"):
        table.add_column(column, justify="right", no_wrap=True)
    for model in result.models:
        low, high = model.metrics["dollars_per_case_interval"]
        table.add_row(model.name, "$", money(low), money(high))
        for rival, saved in (
            (result.baseline.name, model.metrics["saved_per_case"]),
            (f"always {constant}", model.metrics["saved_against_constant"]),
        ):
            if saved is not None:
                ends = (f"{end:+,.2f}" for end in saved["interval"])
                cheaper = f"{saved['probability_cheaper']:.1%}"
                table.add_row("", f"saved against {rival}", *ends, cheaper)
        table.add_section()
    return table


def _mistakes(result: RunData) -> Table:
    table = _table("Mistakes", "Model")
    binary = len(result.labels) == 2
    pairs = [(0, 1), (1, 0)] if binary else []
    referral = result.matrix.refer is not None
    counted = [f"{result.labels[i]}\nas {result.labels[j]}" for i, j in pairs] or ["mistakes"]
    for column in (*counted, *(["referred"] if referral else []), "accuracy", "AUC"):
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


def _cheapest(result: RunData) -> ModelData:
    """By what the tables show: the first seed."""
    return max(result.models, key=lambda model: model.dollars_per_case)


def _trials(model: ModelData) -> Table:
    trials = model.trials
    shown = trials[:TOP_TRIALS]
    table = _table(
        f'What "{model.name}" tried: {len(trials)} strategies, '
        + model.metrics["validation"]["method"]
        + (f"; the one used and the next {len(shown) - 1}" if len(shown) < len(trials) else ""),
        "Strategy",
    )
    for column in ("$ per case", "std. error"):
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
        f"$ per case over {len(seeds)} seeds ({seeds[0]} to {seeds[-1]}), one split",
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
        is_cheapest = model is result.cheapest
        wins = f"{(dollars > baseline).sum()} of {len(dollars)}"
        table.add_row(
            _name(model, is_cheapest),
            money(dollars.mean()),
            money(dollars.std(ddof=1)),
            money(dollars.min()),
            money(dollars.max()),
            "" if model is result.baseline else wins,
            style="bold" if is_cheapest else None,
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
    table = _table("Confusion matrices: cases, and dollars in all", "Model")
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
    for column in ("cases", "$ in all"):
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
    best, baseline = result.cheapest, result.baseline
    dollars = _of_seeds(best).mean()
    saved = dollars - _of_seeds(baseline).mean()
    seeds = result.config["seeds"]
    over = f", mean of {seeds} seeds" if seeds > 1 else ""
    if best is baseline:
        verdict = f'No cost-trained model beats "{baseline.name}" on these test cases{over}.'
    else:
        verdict = (
            f'Cheapest: "{best.name}", {money(dollars)} dollars per case; it '
            f'saves {money(saved)} dollars per case against "{baseline.name}"{over}.'
        )
    page = run_dir / "report.html"
    where = f"Report: {page}\n" if page.is_file() else ""
    return f"{verdict}\n{where}Run folder: {run_dir}"


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


def _name(model: ModelData, is_cheapest: bool) -> str:
    return f"{model.name} *" if is_cheapest else model.name


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
