"""A run as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from framework.report.console import money
from framework.results import ModelResult, RunResult

# Above this many classes a confusion matrix no longer fits a terminal.
MAX_CLASSES_IN_FULL = 8
TOP_CONFUSIONS = 10
TOP_TRIALS = 8


def run_report(result: RunResult) -> RenderableType:
    """Who is cheapest, by how much, and which mistakes make the difference."""
    n_classes = len(result.labels)
    full = n_classes <= MAX_CLASSES_IN_FULL
    return Group(
        Text("\n".join(_setting(result))),
        *[Text(f"WARNING: {warning}", style="bold red") for warning in result.warnings],
        _dollars(result),
        _uncertainty(result),
        _mistakes(result),
        *([_seeds(result)] if result.config.seeds > 1 else []),
        *[_trials(model) for model in result.models if model.choice.trials],
        _per_class(result),
        _confusion_matrices(result) if full else _expensive_confusions(result),
        Text(_verdict(result)),
    )


def _setting(result: RunResult) -> Iterator[str]:
    config, matrix = result.config, result.matrix
    origin = result.origins[matrix.name]
    worth = (
        ""
        if matrix.dollars_per_unit == 1 and matrix.unit == "USD"
        else f"; 1 {matrix.unit} = {matrix.dollars_per_unit:,g} USD"
    )
    yield (
        f"{config.dataset}: {result.n_train} training cases, {len(result.y_test)} test cases; "
        f"model {config.model}, {config.epochs} epochs, seed {config.seed}"
    )
    ways: dict[str, list[str]] = {}
    for model in result.models:
        ways.setdefault(_way(model), []).append(f'"{model.name}"')
    for way, names in ways.items():
        yield f"{', '.join(names)}: {way}"
    yield f'judged by the matrix "{matrix.name}": {origin}{worth}'
    for name, where in result.origins.items():
        if name != matrix.name:
            yield f'trained with the matrix "{name}": {where}'


def _way(model: ModelResult) -> str:
    """How a model was trained and decides, in a line."""
    decision = model.decision
    parameters = "".join(f" {value:.4g}" for value in decision.parameters.values())
    calibration = ""
    if model.choice.strategy.calibration != "none":
        calibration = f"{model.choice.strategy.calibration} calibration, "
    networks = f" ({model.networks} networks averaged)" if model.networks > 1 else ""
    return f"{model.loss}{networks}; {calibration}{decision.rule}{parameters}"


def _dollars(result: RunResult) -> Table:
    n = len(result.y_test)
    table = _table(f"Dollars on the {n} test cases (negative = a loss)", "Model")
    for column in ("$ per case", "$ in all", "saved\nper case", "saved\nin all", "savings"):
        table.add_column(column, justify="right", no_wrap=True)
    cheapest, baseline = _cheapest(result), result.baseline.evaluation
    for model in result.models:
        evaluation = model.evaluation
        saved = [
            evaluation.dollars_per_case - baseline.dollars_per_case,
            evaluation.dollars_total - baseline.dollars_total,
        ]
        table.add_row(
            _name(model, model is cheapest),
            money(evaluation.dollars_per_case),
            money(evaluation.dollars_total),
            *("" if model is result.baseline else f"{amount:+,.2f}" for amount in saved),
            _share(result.bounds.savings(evaluation.dollars_per_case)),
            style="bold" if model is cheapest else None,
        )
    constant = result.matrix.decision_labels[result.bounds.constant_decision]
    for name, dollars in (
        (f"always {constant}", result.bounds.constant),
        ("a perfect oracle", result.bounds.oracle),
    ):
        savings = _share(result.bounds.savings(dollars))
        table.add_row(name, money(dollars), money(n * dollars), "", "", savings, style="dim")
    table.caption = (
        f"* the cheapest model. saved: against {result.baseline.name}.\n"
        "savings: the way from the best constant decision (0) to the oracle (1)."
    )
    return table


def _uncertainty(result: RunResult) -> Table:
    constant = result.matrix.decision_labels[result.bounds.constant_decision]
    table = _table("How sure: 95 % intervals over test cases like these", "Model")
    table.add_column("per case")
    for column in ("from", "to", "cheaper"):
        table.add_column(column, justify="right", no_wrap=True)
    for model in result.models:
        table.add_row(model.name, "$", money(model.interval.low), money(model.interval.high))
        for rival, saved in (
            (result.baseline.name, model.saved),
            (f"always {constant}", model.saved_against_constant),
        ):
            if saved is not None:
                ends = (f"{end:+,.2f}" for end in (saved.interval.low, saved.interval.high))
                cheaper = f"{saved.probability_cheaper:.1%}"
                table.add_row("", f"saved against {rival}", *ends, cheaper)
        table.add_section()
    return table


def _mistakes(result: RunResult) -> Table:
    table = _table("Mistakes", "Model")
    binary = len(result.labels) == 2
    pairs = [(0, 1), (1, 0)] if binary else []
    referral = result.matrix.refer is not None
    counted = [f"{result.labels[i]}\nas {result.labels[j]}" for i, j in pairs] or ["mistakes"]
    for column in (*counted, *(["referred"] if referral else []), "accuracy", "AUC"):
        table.add_column(column, justify="right", no_wrap=True)
    for model in result.models:
        counts = model.evaluation.confusion_matrix
        decided = counts[:, : len(result.labels)]
        wrong = [counts[i, j] for i, j in pairs] or [decided.sum() - np.trace(decided)]
        if referral:
            wrong.append(counts[:, -1].sum())
        table.add_row(
            model.name,
            *map(str, wrong),
            _share(model.evaluation.accuracy),
            _share(model.evaluation.auc),
        )
    return table


def _cheapest(result: RunResult) -> ModelResult:
    """By what the tables show: the first seed."""
    return max(result.models, key=lambda model: model.evaluation.dollars_per_case)


def _trials(model: ModelResult) -> Table:
    trials = model.choice.trials
    shown = trials[:TOP_TRIALS]
    table = _table(
        f'What "{model.name}" tried: {len(trials)} strategies, {model.choice.validation}'
        + (f"; the best {len(shown)}" if len(shown) < len(trials) else ""),
        "Strategy",
    )
    for column in ("$ per case", "std. error"):
        table.add_column(column, justify="right", no_wrap=True)
    for trial in shown:
        chosen = trial.strategy == str(model.choice.strategy)
        table.add_row(
            f"* {trial.strategy}" if chosen else f"  {trial.strategy}",
            money(trial.dollars_per_case),
            money(trial.standard_error),
            style="bold" if chosen else None,
        )
    return table


def _seeds(result: RunResult) -> Table:
    config = result.config
    table = _table(
        f"$ per case over {config.seeds} seeds ({config.seed} to {config.seed + config.seeds - 1}), "
        "one split",
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
    baseline = result.baseline.dollars_per_case
    for model in result.models:
        dollars = model.dollars_per_case
        is_cheapest = model.name == result.cheapest
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


def _per_class(result: RunResult) -> Table:
    table = _table("Per class", "Model")
    table.add_column("class")
    for column in ("precision", "recall", "F1", "cases"):
        table.add_column(column, justify="right", no_wrap=True)
    for model in result.models:
        for k, (label, measures) in enumerate(model.evaluation.per_class.items()):
            table.add_row(
                model.name if k == 0 else "",
                label,
                _share(measures.precision),
                _share(measures.recall),
                _share(measures.f1),
                str(measures.support),
                end_section=k == len(result.labels) - 1,
            )
    return table


def _confusion_matrices(result: RunResult) -> Table:
    table = _table("Confusion matrices: cases, and dollars in all", "Model")
    table.add_column("truth")
    for label in result.matrix.decision_labels:
        table.add_column(f"as {label}", justify="right", no_wrap=True)
    for model in result.models:
        evaluation = model.evaluation
        for i, label in enumerate(result.labels):
            cells = zip(evaluation.confusion_matrix[i], evaluation.cell_dollars[i], strict=True)
            table.add_row(
                model.name if i == 0 else "",
                label,
                *(f"{count}  {money(worth)}" for count, worth in cells),
                end_section=i == len(result.labels) - 1,
            )
    return table


def _expensive_confusions(result: RunResult) -> Table:
    table = _table(f"The {TOP_CONFUSIONS} most expensive confusions of each model", "Model")
    table.add_column("truth")
    table.add_column("taken for")
    for column in ("cases", "$ in all"):
        table.add_column(column, justify="right", no_wrap=True)
    for model in result.models:
        evaluation = model.evaluation
        order = np.argsort(evaluation.cell_dollars, axis=None)[:TOP_CONFUSIONS]
        cells = [divmod(int(cell), len(result.matrix.decision_labels)) for cell in order]
        cells = [(i, j) for i, j in cells if evaluation.cell_dollars[i, j] < 0]
        for rank, (i, j) in enumerate(cells):
            table.add_row(
                model.name if rank == 0 else "",
                result.labels[i],
                result.matrix.decision_labels[j],
                str(evaluation.confusion_matrix[i, j]),
                money(evaluation.cell_dollars[i, j]),
                end_section=rank == len(cells) - 1,
            )
    return table


def _verdict(result: RunResult) -> str:
    best, baseline = result.model(result.cheapest), result.baseline
    saved = best.dollars_per_case.mean() - baseline.dollars_per_case.mean()
    over = f", mean of {result.config.seeds} seeds" if result.config.seeds > 1 else ""
    if best is baseline:
        verdict = f'No cost-trained model beats "{baseline.name}" on these test cases{over}.'
    else:
        verdict = (
            f'Cheapest: "{best.name}", {money(best.dollars_per_case.mean())} dollars per case; it '
            f'saves {money(saved)} dollars per case against "{baseline.name}"{over}.'
        )
    where = f"Report: {result.run_dir / 'report.html'}\n" if result.config.report else ""
    return f"{verdict}\n{where}Run folder: {result.run_dir}"


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


def _name(model: ModelResult, is_cheapest: bool) -> str:
    return f"{model.name} *" if is_cheapest else model.name


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
