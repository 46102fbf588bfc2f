"""``fw matrix``: ``show``, ``check`` and ``new``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from framework.cli import completion
from framework.cli.options import config_of, find_matrix_of, print_json, refuse_to_overwrite
from framework.cli.output import say
from framework.config.settings import SETTINGS
from framework.core.errors import DataError, FrameworkError
from framework.core.files import write_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from framework.core.costs.cost_matrix import CostMatrix
    from framework.core.matrix_checks.cost_matrix_findings import Finding
    from framework.plugins.matrix_lookup import FoundMatrix
    from framework.report.figures import Chart

# Classes of the largest matrix that is printed as a table.
LARGEST_TABLE = 12


@click.group()
def matrix() -> None:
    """Write a cost matrix, look at one, or check it."""


@matrix.command("show")
@click.argument("file", shell_complete=completion.matrices)
@click.option(
    "--dataset",
    metavar="NAME",
    help="Look among this dataset's matrices only.",
    shell_complete=completion.datasets,
)
@click.option("--png", metavar="FILE", type=click.Path(path_type=Path), help="Draw a heat map.")
@click.option("--json", "as_json", is_flag=True, help="Print the matrix in the JSON file format.")
def matrix_show(file: str, dataset: str | None, png: Path | None, as_json: bool) -> None:
    """Print the matrix in FILE in dollars, with its training costs.

    One that is too large for a table is drawn as a heat map: NAME-costs.png, or --png. With actions,
    a second one has what training goes by: NAME-costs-by-class.png.
    """
    found = find_matrix_of(file, dataset)
    if as_json:
        return print_json(found.matrix.to_dict())
    large = found.matrix.n_classes > LARGEST_TABLE
    if large and png is None:
        png = Path(f"{Path(file).stem}-costs.png")
    if png is not None:
        _draw(found, png)
    if large:
        return
    from framework.report.console import show
    from framework.report.cost_matrix import matrix_text

    show(matrix_text(found.matrix, found.origin))


def _draw(found: FoundMatrix, png: Path) -> None:
    """Save a heat map; with actions also of what they mean for training, a class a column."""
    from framework.core.costs.cost_matrix_words import best_actions_in_words
    from framework.core.words import currency
    from framework.report.cost_matrix import costs_chart, induced_costs_chart

    drawn: dict[Path, Callable[[CostMatrix], Chart]] = {png: costs_chart}
    if found.matrix.actions:
        drawn[png.with_stem(f"{png.stem}-by-class")] = induced_costs_chart
    for path in drawn:
        refuse_to_overwrite(path, "--png")
    say(f'"{found.matrix.name}": {found.origin}')
    with currency(*found.matrix.money):
        for path, chart_of in drawn.items():
            chart = chart_of(found.matrix)
            chart.save_png(path)
            say(f"Heat map: {path}\n{chart.caption}")
    for sentence in best_actions_in_words(found.matrix):
        say(sentence)


@matrix.command("check")
@click.argument("file", shell_complete=completion.matrices)
@click.option(
    "--dataset",
    metavar="NAME",
    help="Also match its labels, and costs that depend on a column, to this dataset.",
    shell_complete=completion.datasets,
)
def matrix_check(file: str, dataset: str | None) -> None:
    """Say what the matrix in FILE means, and what is unreasonable about it (Elkan 2001)."""
    from framework.core.costs.cost_matrix_words import mistakes_in_words
    from framework.core.matrix_checks.cost_matrix_checks import check

    found = find_matrix_of(file, dataset)
    findings = check(found.matrix)
    if dataset is not None and found.matrix.column_costs:
        findings = [*_findings_on_cases(found.matrix, dataset), *findings]
    warnings = sum(finding.level == "warning" for finding in findings)
    say(f'"{found.matrix.name}": {found.origin}')
    for sentence in mistakes_in_words(found.matrix):
        say(sentence)
    for finding in findings:
        say(f"{finding.level}: {finding.text}")
    labels, actions = ", ".join(found.matrix.labels), ", ".join(found.matrix.actions)
    told = f"{found.matrix.n_classes} labels ({labels})"
    told += f", {found.matrix.n_actions} actions ({actions})" if actions else ""
    say(f"{told}; {warnings or 'no'} warnings")


@matrix.command("new")
@click.argument("dataset", shell_complete=completion.datasets_and_tables)
@click.option("--target", metavar="COLUMN", help=SETTINGS["target"].help)
@click.option("--cut", "cuts", metavar="N,N", help=SETTINGS["cuts"].help)
@click.option("--ordinal", is_flag=True, help="A mistake costs how many classes it is away.")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Default: DATASET.json; of a table or a folder, what is printed.",
)
def matrix_new(
    dataset: str, target: str | None, cuts: str | None, ordinal: bool, out: Path | None
) -> None:
    """Write a first matrix for DATASET, or for the labels of a table or of pictures, to put your costs in.

    Of a table or of pictures it is CSV, a row for each truth, printed unless --out names a file:
    fw matrix new loans.csv --target status > costs.csv
    """
    from framework.experiment.loading.table_dataset import dataset_offer
    from framework.plugins.matrix_template import matrix_csv, matrix_template
    from framework.plugins.registry import Registry

    config = config_of({"dataset": dataset, "target": target, "cuts": cuts})
    registry = Registry()
    offer = dataset_offer(config, registry)
    spec = offer.spec
    if offer.plugin == registry.own:  # a table, or pictures
        text = matrix_csv(spec.labels, ordinal)
        if out is None:
            return say(text, nl=False)
        out = out.with_suffix(".csv") if not out.suffix else out
        options = f" --target {target}" if target else ""
        options += f" --cut {cuts}" if cuts else ""
    else:
        text = json.dumps(matrix_template(spec, ordinal), indent=2) + "\n"
        out, options = out or Path(f"{dataset}.json"), ""
    refuse_to_overwrite(out, "--out")
    write_text(out, text)
    each = "how many classes it is away" if ordinal else "1 USD"
    check = "" if offer.plugin == registry.own else f" --dataset {dataset}"
    say(
        f"Wrote {out}: every mistake costs {each}. Edit it, then:\n"
        f"  fw matrix check {out}{check}\n"
        f"  fw run {dataset}{options} --cost-matrix {out}"
    )


def _findings_on_cases(matrix: CostMatrix, dataset: str) -> list[Finding]:
    """What the columns in its cells mean for the dataset's cases, where these can be loaded."""
    from framework.config.resolved_config import ResolvedConfig
    from framework.config.run_config import RunConfig
    from framework.core.matrix_checks.cost_matrix_cases import case_warnings
    from framework.core.matrix_checks.cost_matrix_findings import Finding
    from framework.experiment.loading.checked_dataset import load_dataset
    from framework.plugins.registry import Registry

    try:
        offer = Registry().offer("dataset", dataset)
        config = ResolvedConfig.of(
            RunConfig(dataset=dataset), offer.spec.defaults, offer.spec.default_model
        )
        cases = load_dataset(config, offer, by_class=False)
    except FrameworkError as error:
        text = f"its costs for the cases were not looked at, which could not be loaded: {error}"
        return [Finding("note", text)]
    columns = cases.columns(matrix.columns)
    missing = [name for name in matrix.columns if name not in columns]
    if missing:
        raise DataError(f'the dataset "{dataset}" has no column "{missing[0]}"')
    told = case_warnings(matrix, cases.y, columns, cases.feature_names)
    return [Finding("warning", text) for text in told]
