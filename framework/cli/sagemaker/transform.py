"""``fw sagemaker transform``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.cli.options import print_json, refuse_to_overwrite
from framework.cli.output import say
from framework.cli.sagemaker import options
from framework.cli.verbosity import tell
from framework.core.errors import ConfigError

if TYPE_CHECKING:
    from framework.inference.artifact import Artifact


@click.command()
@click.argument("what", metavar="JOB|RUN_DIR")
@click.argument("cases", metavar="FILE|FOLDER|S3-ADDRESS")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Default: FILE.out")
@click.option(
    "--keep",
    metavar="COLUMN",
    multiple=True,
    help="Of tables here, and Parquet in S3: repeat this column before the answers; may be repeated.",
)
@click.option(
    "--truth",
    metavar="COLUMN",
    help="Likewise: the column of true labels; the answers are judged in dollars.",
)
@click.option(
    "--format", "suffix", metavar="KIND", help="Of objects in S3: csv, jsonl, parquet, png, ..."
)
@click.option(
    "--header/--no-header",
    default=None,
    help="Whether CSV in S3 has a header. Without one, lines are sent a few at a time.",
)
@click.option("--join", is_flag=True, help="Of lines in S3: the case, and its answer behind it.")
@options.model_of_folder
@options.with_options(options.ROLE, options.instances("ml.m5.large"), options.WAIT, options.ACCOUNT)
def transform(
    what: str,
    cases: str,
    out: Path | None,
    model: str | None,
    keep: tuple[str, ...],
    truth: str | None,
    suffix: str | None,
    header: bool | None,
    join: bool,
    name: str | None,
    wait: bool,
    **given: Any,
) -> None:
    """Decide many cases with a batch transform job; its answers come back as a file.

    Tables here (.csv, .parquet, .xlsx; one, or a folder) are sent a few lines at a time to all
    instances and come back as one table, as fw predict prints it. Other files, and objects in S3, are
    sent as they are.
    """
    from framework.sagemaker.aws.waiting import TRANSFORM
    from framework.sagemaker.aws.waiting import wait as wait_for
    from framework.sagemaker.endpoints.endpoint import deletions
    from framework.sagemaker.jobs.transform import (
        Given,
        brought_here,
        cases_of,
        fetch_answers,
        is_brought,
        needs_model,
        transform_requests,
    )
    from framework.sagemaker.launching.model import source

    launch = options.launch_of(given)
    name = name or options.name_for(what)
    out = out or Path(f"{Path(cases).name}.out")
    refuse_to_overwrite(out, "--out")
    kept = tuple(dict.fromkeys((*keep, *([truth] if truth else []))))
    asked = Given(cases, kept, f".{suffix.removeprefix('.')}" if suffix else None, header, join)
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        if is_brought(asked):
            if launch.dry_run:
                raise ConfigError(
                    "--keep and --truth of Parquet in S3 take it apart here first, which a dry run does not"
                )
            asked = brought_here(launch.aws, asked, scratch)
        trained = source(what, model, launch, scratch)
        has_model = needs_model(asked) and (trained.folder is not None or not launch.dry_run)
        artifact = trained.artifact(launch.aws, scratch) if has_model else None
        sent = cases_of(asked, launch, artifact, scratch)
        requests = transform_requests(trained, launch, name, sent)
        if launch.dry_run:
            return print_json(requests.to_json())
        requests.send(launch.aws, tell)
        if not wait:
            return say(f"started {name}; its answers: {launch.place / name / 'output'}")
        answer = wait_for(launch.aws, TRANSFORM, [name], tell)[name]
        fetch_answers(launch.aws, answer, sent, artifact, out)
    launch.aws.send(deletions(name)[-1])
    say(f"Answers: {out}")
    if truth is not None and artifact is not None:
        _judge(out, truth, artifact)


def _judge(out: Path, truth: str, artifact: Artifact) -> None:
    """Show what the answers in ``out`` came to, by the model's own matrix."""
    from framework.core.cases.table import as_text
    from framework.core.evaluation.judging import judge
    from framework.data.reading import read_table
    from framework.report.console import show
    from framework.report.evaluation.text import evaluation_text

    table = read_table(out, text=(truth, "predicted"))
    words = [as_text(table.columns[name]) for name in (truth, "predicted")]
    matrix = artifact.cost_matrix
    judged = judge(words[0], words[1], matrix, labels=matrix.labels, columns=table.columns)
    show(evaluation_text(judged))
