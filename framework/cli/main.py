"""``fw``: the command line. Imports nothing heavy before a command needs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.cli import sagemaker
from framework.cli import sweep as commands
from framework.cli.explain import explain
from framework.cli.serve import serve
from framework.core import process
from framework.core.errors import ConfigError, FrameworkError

if TYPE_CHECKING:
    from framework.core.cost_matrix import CostMatrix
    from framework.core.cost_matrix_checks import Finding
    from framework.plugins.matrix_lookup import FoundMatrix


# Classes of the largest matrix that is printed as a table.
LARGEST_TABLE = 12


class _Commands(click.Group):
    """Tells a person's mistake in one sentence, exit code 2; ``--debug`` shows the traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FrameworkError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cost-matrix-framework", prog_name="fw")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Train and compare classifiers by what their mistakes cost.

    Start with: fw run breast_cancer --cost-matrix medical.json
    """
    process.is_commands_own = True


@main.command()
@click.argument("dataset")
@click.option(
    "--cost-matrix",
    metavar="FILE",
    multiple=True,
    help="Train a model with this matrix; may be repeated. A bare name means the file in the "
    "working directory, else the one the dataset plugin ships. The first one judges all models.",
)
@click.option(
    "--evaluation-matrix", metavar="FILE", help="Judge all models by this matrix instead."
)
@click.option(
    "--references/--no-references",
    default=None,
    help="Also train the dataset's reference matrices for comparison (default: yes).",
)
@click.option("--model", metavar="NAME", help="Architecture; see fw plugins.")
@click.option(
    "--model-parameter", metavar="NAME=VALUE", multiple=True, help="Set a parameter of the model."
)
@click.option("--loss", metavar="NAME", help="Loss of the cost-trained models; see fw plugins.")
@click.option(
    "--scale",
    metavar="normalized|raw",
    help="normalized: multiplying all training costs changes nothing; raw: as they stand.",
)
@click.option("--cost-weight", metavar="FACTOR", help="Multiplies the training costs (lambda).")
@click.option("--warm-up", metavar="SHARE", help="Share of the epochs on cross-entropy first.")
@click.option("--l2", metavar="WEIGHT", help="Weight of the squared kernels in the objective.")
@click.option("--members", metavar="N", help="Average the probabilities of N networks.")
@click.option(
    "--calibration",
    metavar="none|temperature|bias",
    help="Of the probabilities, fitted on cases not trained on.",
)
@click.option("--decision-rule", metavar="NAME", help="From probabilities to decisions.")
@click.option(
    "--threshold",
    metavar="P|tuned|natural_break",
    help="Two classes: decide for the second from P(second) = P on; or how to find P in validation.",
)
@click.option(
    "--strategy",
    metavar="fixed|auto",
    help="auto: choose loss, l2, calibration and decision rule by validation dollars.",
)
@click.option("--folds", metavar="N", help="Folds of the validation; 1: one held-out part.")
@click.option("--optimizer", metavar="NAME", help="A Keras optimizer: sgd, adam, ...")
@click.option(
    "--learning-rate", metavar="RATE", help="At the start (default: 0.005; of pictures 0.002)."
)
@click.option(
    "--decay", metavar="none|cosine", help="Of the learning rate, to nothing (default: cosine)."
)
@click.option(
    "--updates",
    metavar="N",
    help="Training steps, of a batch each (default: 2000; 30 epochs of pictures). Each case is "
    "seen 10 times at least.",
)
@click.option("--epochs", metavar="N", help="Instead of --updates: passes over the cases.")
@click.option(
    "--early-stopping/--no-early-stopping",
    default=None,
    help="End a training when its own loss has stopped falling (default: with updates, not with "
    "--epochs).",
)
@click.option("--batch-size", metavar="N")
@click.option("--test-fraction", metavar="SHARE", help="Share of the cases held out for testing.")
@click.option("--split-seed", metavar="N", help="Which cases are held out.")
@click.option("--stratify/--no-stratify", default=None, help="Keep the class shares in both parts.")
@click.option("--seed", metavar="N", help="Initial weights and batches (default: 0).")
@click.option("--seeds", metavar="N", help="Repeat with N seeds; show mean and spread.")
@click.option("--data", metavar="DIR", help="Folder of files, for datasets that read them.")
@click.option("--validation-data", metavar="DIR", help="Folder of cases to validate on, likewise.")
@click.option("--test-data", metavar="DIR", help="Folder of a separate test part, likewise.")
@click.option("--checkpoints", metavar="DIR", help="Save training there; go on from what is there.")
@click.option("--out", metavar="DIR", help="Run folder (default: runs/DATASET-TIME).")
@click.option("--report/--no-report", default=None, help="Write report.html (default: yes).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def run(as_json: bool, **flags: Any) -> None:
    """Train DATASET's baseline and cost-trained models, and compare them in dollars."""
    config = commands.config_from_flags(flags)

    from framework.report.background import report_writer
    from framework.report.progress import progress_on_stderr

    with report_writer(config.report) as write_report, progress_on_stderr() as progress:
        from framework.experiment.run import run as run_experiment
        from framework.plugins.registry import Registry

        result = run_experiment(config, Registry(), progress, write_report)
    if as_json:
        _print_json(result.to_json())
    elif result.run_dir.exists():  # of several hosts, only the first writes
        from framework.experiment.stored_run import read_run
        from framework.report.console import show
        from framework.report.run.text import run_text

        show(run_text(read_run(result.run_dir), result.run_dir))


@main.command()
@click.argument("run_dir", metavar="RUN_DIR", type=click.Path(path_type=Path))
def report(run_dir: Path) -> None:
    """Write RUN_DIR/report.html (again), of a run or a sweep, and PNGs of its main plots."""
    if (run_dir / "sweep.json").is_file():
        from framework.report.sweep.page import write_sweep_report as write
    else:
        from framework.report.run.page import write_report as write

    click.echo(f"Report: {write(run_dir)}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def plugins(as_json: bool) -> None:
    """List datasets, models, losses and decision rules, and plugins that failed."""
    from framework.plugins.registry import Registry

    registry = Registry()
    if as_json:
        _print_json(
            {
                "offers": [
                    {
                        "kind": offer.kind,
                        "name": offer.spec.name,
                        "description": offer.spec.description,
                        "distribution": offer.plugin.distribution,
                        "version": offer.plugin.version,
                    }
                    for offer in registry.offers
                ],
                "failures": [
                    {
                        "plugin": failure.plugin.name,
                        "distribution": failure.plugin.distribution,
                        "version": failure.plugin.version,
                        "reason": failure.reason,
                    }
                    for failure in registry.failures
                ],
            }
        )
        return
    from framework.report.console import show
    from framework.report.plugins_text import plugins_text

    show(plugins_text(registry))


@main.group(cls=_Commands)
def matrix() -> None:
    """Look at a cost matrix file, or check it."""


@matrix.command("show")
@click.argument("file")
@click.option("--dataset", metavar="NAME", help="Look among this dataset's matrices only.")
@click.option("--png", metavar="FILE", type=click.Path(path_type=Path), help="Draw a heat map.")
@click.option("--json", "as_json", is_flag=True, help="Print the matrix in the JSON file format.")
def matrix_show(file: str, dataset: str | None, png: Path | None, as_json: bool) -> None:
    """Print the matrix in FILE in dollars, with its training costs.

    One that is too large for a table is drawn as a heat map: NAME-costs.png, or --png.
    """
    found = _find_matrix(file, dataset)
    if as_json:
        _print_json(found.matrix.to_dict())
        return
    large = found.matrix.n_classes > LARGEST_TABLE
    if large and png is None:
        png = Path(f"{Path(file).stem}-costs.png")
    if png is not None:
        from framework.core.words import currency
        from framework.report.cost_matrix import costs_chart

        _refuse_to_overwrite(png, "--png")
        with currency(found.matrix.currency):
            chart = costs_chart(found.matrix)
            chart.save_png(png)
        click.echo(f'"{found.matrix.name}": {found.origin}\nHeat map: {png}\n{chart.caption}')
    if large:
        return
    from framework.report.console import show
    from framework.report.cost_matrix import matrix_text

    show(matrix_text(found.matrix, found.origin))


@matrix.command("check")
@click.argument("file")
@click.option(
    "--dataset",
    metavar="NAME",
    help="Also match its labels, and costs that depend on a column, to this dataset.",
)
def matrix_check(file: str, dataset: str | None) -> None:
    """Say what the matrix in FILE means, and what is unreasonable about it (Elkan 2001)."""
    from framework.core.cost_matrix_checks import check
    from framework.core.cost_matrix_words import mistakes_in_words

    found = _find_matrix(file, dataset)
    findings = check(found.matrix)
    if dataset is not None and found.matrix.column_costs:
        findings = [*_findings_on_cases(found.matrix, dataset), *findings]
    warnings = sum(finding.level == "warning" for finding in findings)
    click.echo(f'"{found.matrix.name}": {found.origin}')
    for sentence in mistakes_in_words(found.matrix):
        click.echo(sentence)
    for finding in findings:
        click.echo(f"{finding.level}: {finding.text}")
    labels = ", ".join(found.matrix.labels)
    click.echo(f"{found.matrix.n_classes} labels ({labels}); {warnings or 'no'} warnings")


@matrix.command("new")
@click.argument("dataset")
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path), help="Default: DATASET.json"
)
def matrix_new(dataset: str, out: Path | None) -> None:
    """Write a first matrix file for DATASET, for you to put your costs in."""
    from framework.plugins.matrix_template import matrix_template
    from framework.plugins.registry import Registry

    spec = Registry().dataset(dataset)
    out = out or Path(f"{dataset}.json")
    _refuse_to_overwrite(out, "--out")
    out.write_text(json.dumps(matrix_template(spec), indent=2) + "\n", encoding="utf-8")
    click.echo(
        f"Wrote {out}: every mistake costs 1 USD. Edit it, then:\n"
        f"  fw matrix check {out} --dataset {dataset}\n"
        f"  fw run {dataset} --cost-matrix {out}"
    )


main.add_command(explain)
main.add_command(serve)


@main.command()
@click.argument("run_dir", metavar="RUN_DIR", type=click.Path(path_type=Path))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--model", metavar="NAME", help="Which model of the run (default: the served one).")
def predict(run_dir: Path, file: Path, model: str | None) -> None:
    """Decide the cases in FILE with a model of RUN_DIR; prints CSV.

    FILE is a CSV whose header names the features; their order does not matter, other columns are
    ignored. For a model of pictures it is a picture, or a folder of them.
    """
    import csv

    from framework.core.images import read_images
    from framework.data.reading import read_table
    from framework.inference.trained_model import load

    trained = load(run_dir, model)
    signature = trained.artifact.signature
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if signature.takes_pictures:
        files, X = read_images(file, signature.input_shape, signature.image_border)
        answers = trained.answer(X)
        writer.writerow(["file", *answers.header])
        writer.writerows([path.name, *row] for path, row in zip(files, answers.rows(), strict=True))
        return
    table = read_table(file, signature.feature_names, trained.artifact.cost_matrix.columns)
    if table.ignored:
        click.echo(f"Not features, ignored: {', '.join(table.ignored)}", err=True)
    answers = trained.answer(table.X, table.columns)
    writer.writerow(answers.header)
    writer.writerows(answers.rows())


main.add_command(sagemaker.commands(_Commands, run.params, commands.config_from_flags))


def _find_matrix(file: str, dataset: str | None) -> FoundMatrix:
    from framework.plugins.matrix_lookup import FoundMatrix, find_matrix
    from framework.plugins.registry import Registry
    from framework.plugins.specs import DatasetSpec

    registry = Registry()
    if dataset is not None:
        spec = registry.dataset(dataset)
        found = find_matrix(file, [spec])
        return FoundMatrix(found.matrix.aligned(spec.labels), found.origin)
    offers = [offer.spec for offer in registry.of_kind("dataset")]
    return find_matrix(file, [spec for spec in offers if isinstance(spec, DatasetSpec)])


def _findings_on_cases(matrix: CostMatrix, dataset: str) -> list[Finding]:
    """What the columns in its cells mean for the dataset's cases, where these can be loaded."""
    from framework.core.cost_matrix_cases import case_warnings
    from framework.core.cost_matrix_checks import Finding
    from framework.core.errors import DataError
    from framework.plugins.checks import loaded
    from framework.plugins.registry import Registry

    try:
        cases = loaded(Registry().offer("dataset", dataset))
    except FrameworkError as error:
        text = f"its costs for the cases were not looked at, which could not be loaded: {error}"
        return [Finding("note", text)]
    columns = cases.columns(matrix.columns)
    missing = [name for name in matrix.columns if name not in columns]
    if missing:
        raise DataError(f'the dataset "{dataset}" has no column "{missing[0]}"')
    told = case_warnings(matrix, cases.y, columns, cases.feature_names)
    return [Finding("warning", text) for text in told]


def _refuse_to_overwrite(path: Path, option: str) -> None:
    if path.exists():
        raise ConfigError(f"{path} exists already; name another file with {option}")


def _print_json(data: Any) -> None:
    click.echo(json.dumps(data, indent=2, allow_nan=False))


commands.add_to(main, run)
