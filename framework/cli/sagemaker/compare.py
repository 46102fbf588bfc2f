"""``fw sagemaker compare``."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.cli import completion
from framework.cli.options import as_json, find_matrix_of, print_json
from framework.cli.sagemaker.options import ACCOUNT, launch_of, with_options
from framework.cli.verbosity import tell
from framework.core.errors import ConfigError, DataError

if TYPE_CHECKING:
    from framework.core.evaluation.side_by_side import Known


@click.command()
@click.argument("what", metavar="ENDPOINT|FILE...", nargs=-1, required=True)
@click.option(
    "--outcomes",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="A table of what has become of the cases: an id, the true label, columns that costs depend on.",
)
@click.option("--id", "key", metavar="COLUMN", default="id", help="In each file (default: id).")
@click.option("--truth", metavar="COLUMN", required=True, help="In the outcomes: the true label.")
@click.option("--groups", metavar="COLUMN", help="In the outcomes: cases of one count as one.")
@click.option(
    "--cost-matrix",
    metavar="FILE",
    shell_complete=completion.matrices,
    help="The matrix that judges (default: that of the endpoint's first model).",
)
@click.option("--since", metavar="TIME", help="Requests since this day or time, as 2026-11-01.")
@click.option("--captured", metavar="S3-ADDRESS", help="Default: where the endpoint captures.")
@as_json
@with_options(ACCOUNT)
def compare(
    what: tuple[str, ...],
    outcomes: Path,
    key: str,
    truth: str,
    groups: str | None,
    cost_matrix: str | None,
    since: str | None,
    captured: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Judge the variants of an ENDPOINT in dollars, by what they decided and what came of it.

    The endpoint must capture (deploy --capture), and its requests have inference ids, by which OUTCOMES
    knows them. Or judge FILEs of answers, as transform --keep ID and fw predict --keep ID write them.
    """
    from framework.core.evaluation.side_by_side import side_by_side
    from framework.sagemaker.endpoints.captured import since_of
    from framework.sagemaker.endpoints.variants import requests, variants_of

    launch = launch_of(given)
    time = None if since is None else since_of(since)
    files = [one for one in what if Path(one).is_file()]
    if files and (len(files) < len(what) or cost_matrix is None or since or captured):
        raise ConfigError(
            "expected one endpoint, or files alone, with --cost-matrix and without --since and "
            f"--captured; received {' '.join(what)}"
        )
    if not files and len(what) > 1:
        raise ConfigError(f"{what[1]}: no such file; expected one endpoint, or files of answers")
    if launch.dry_run:
        return print_json([] if files else [call.to_json() for call in requests(what[0])])
    known = _known(outcomes, key, truth, groups)
    matrix = find_matrix_of(cost_matrix).matrix if cost_matrix is not None else None
    if files:
        decisions = _answers(files, key)
    else:
        variants = variants_of(launch.aws, what[0], captured)
        with tempfile.TemporaryDirectory() as scratch:
            decisions, nameless = variants.decisions(launch.aws, time, Path(scratch))
            if matrix is None:
                matrix = variants.matrix(launch.aws, Path(scratch))
        if nameless:
            tell(f"{nameless} requests came without an inference id, and are left out")
    assert matrix is not None
    found = side_by_side(decisions, known, matrix)
    if as_json:
        return print_json(found.to_json())
    from framework.report.console import show
    from framework.report.variants.text import variants_text

    show(variants_text(found))


def _known(file: Path, key: str, truth: str, groups: str | None) -> Known:
    """The outcomes that have come: an empty one has not."""
    from framework.core.cases.table import as_text
    from framework.core.evaluation.side_by_side import Known
    from framework.data.reading import read_table

    words = [name for name in (key, truth, groups) if name is not None]
    table = read_table(file, text=words)
    try:
        text = {name: as_text(table.only([name]).columns[name]) for name in words}
    except DataError as error:
        raise DataError(f"{file}: {error}") from error
    came = [value is not None for value in text[truth]]
    text = {name: values[came] for name, values in text.items()}
    columns = {name: values[came] for name, values in table.columns.items()}
    return Known(text[key], text[truth], columns, text.get(groups or ""))


def _answers(files: Sequence[str], key: str) -> dict[str, dict[str, str]]:
    """Of each file, by its name, the decision of each case."""
    from framework.core.cases.table import as_text
    from framework.data.reading import read_table

    found: dict[str, dict[str, str]] = {}
    for file in files:
        table = read_table(Path(file), text=(key, "predicted"))
        try:
            ids, decisions = (as_text(table.only([n]).columns[n]) for n in (key, "predicted"))
        except DataError as error:
            raise DataError(f"{file}: {error}") from error
        name = Path(file).stem if all(Path(file).stem not in one for one in found) else file
        found[name] = dict(zip(ids, decisions, strict=True))
    return found
