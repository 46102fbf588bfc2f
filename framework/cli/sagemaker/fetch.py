"""``fw sagemaker fetch``, and how the runs of finished jobs are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from framework.cli.options import as_json, print_json
from framework.cli.output import say
from framework.cli.sagemaker.options import ACCOUNT, launch_of, with_options
from framework.cli.verbosity import tell
from framework.core.errors import ConfigError
from framework.core.files import write_json
from framework.sagemaker.errors import AwsError

if TYPE_CHECKING:
    from framework.sagemaker.aws.calls import Aws


@click.command()
@click.argument("names", metavar="[JOB]...", nargs=-1)
@click.option("--best-of", metavar="TUNING-JOB", help="The best training job of a tuning job.")
@click.option("--out", metavar="DIR", help="Default: runs/JOB")
@as_json
@with_options(ACCOUNT)
def fetch(
    names: tuple[str, ...], best_of: str | None, out: str | None, as_json: bool, **given: Any
) -> None:
    """Wait for training JOBs, download their run folders, and show the table of all models."""
    from framework.sagemaker.aws.calls import Call
    from framework.sagemaker.aws.waiting import TRAINING, TUNING

    launch = launch_of(given)
    if bool(names) == bool(best_of):
        raise ConfigError("name training jobs, or one tuning job with --best-of")
    if launch.dry_run:
        kind, what = (TUNING, (best_of,)) if best_of else (TRAINING, names)
        calls = [Call("sagemaker", kind.operation, {kind.key: name}) for name in what]
        return print_json([call.to_json() for call in calls])
    if best_of:
        return fetch_best(launch.aws, best_of, out, as_json)
    fetch_and_show(launch.aws, names, out, as_json)


def fetch_best(aws: Aws, tuning: str, out: str | None, as_json: bool) -> None:
    """Wait for a tuning job, show all that it has tried, then the best job's run."""
    from framework.sagemaker.aws.waiting import TUNING, wait
    from framework.sagemaker.jobs.tuning import best, quoted

    answer = wait(aws, TUNING, [tuning], tell)[tuning]
    found = best(answer)
    if found is None:
        raise AwsError(f"no job of {tuning} has come to validation dollars")
    tried = _tried(aws, tuning, answer)
    job, settings, dollars = found
    if not as_json:
        _show_tried(tried)
    tell(f"best: {job} ({quoted(settings)}), {dollars:,.2f} validation dollars a case")
    fetch_and_show(aws, [job], out, as_json, {"tuning": tried} if as_json else {})


def _tried(aws: Aws, tuning: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Every job of a tuning and the frontier, which are also written to runs/TUNING-JOB.json."""
    from framework.sagemaker.jobs.frontier import choices_of, frontier, tried
    from framework.sagemaker.launching.fetching import RUNS

    jobs = tried(aws, tuning)
    choices = choices_of(answer)
    content = {
        "tuning_job": tuning,
        "choices": choices,
        "jobs": [one.to_json() for one in jobs],
        "frontier": [one.to_json() for one in frontier(jobs, choices)],
    }
    RUNS.mkdir(exist_ok=True)
    path = RUNS / f"{tuning}.json"
    write_json(path, content)
    tell(f"all of it: {path}")
    return content


def _show_tried(tried: dict[str, Any]) -> None:
    """The jobs, cheapest first; a star for those on the frontier."""
    from framework.report.console import show, terminal_table
    from framework.report.tables import Table

    choices, names = tried["choices"], sorted({n for job in tried["jobs"] for n in job["settings"]})
    frontier = [job["job"] for job in tried["frontier"]] if choices else []
    rows = []
    for job in tried["jobs"]:
        dollars = job["validation_dollars_per_case"]
        told = job["status"] if dollars is None else f"{dollars:,.2f}"
        star = " *" if job["job"] in frontier else ""
        rows.append((f"{job['job']}{star}", *(job["settings"].get(n, "") for n in names), told))
    caption = f"* the best of its {' and '.join(choices)}" if choices else ""
    head = ("job", *names, "validation dollars per case")
    show(terminal_table(Table(head, tuple(rows), caption, words=1 + len(names))))


def fetch_and_show(
    aws: Aws,
    names: Sequence[str],
    out: str | None,
    as_json: bool,
    further: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Wait for jobs and show their runs; ``further`` keys go into the JSON."""
    from framework.sagemaker.aws.waiting import TRAINING, wait
    from framework.sagemaker.launching.fetching import RUNS, fetch_run

    jobs = wait(aws, TRAINING, names, tell)
    base = Path(out) if out else RUNS
    places = [base if out and len(names) == 1 else base / name for name in names]
    folders = [fetch_run(aws, jobs[n], at) for n, at in zip(names, places, strict=True)]
    show_runs(folders, as_json, further)


def show_runs(
    folders: Sequence[Path],
    as_json: bool,
    further: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """The tables of ``fw run`` for the models in all ``folders``, or its JSON object."""
    from framework.experiment.stored_runs.merging import merged
    from framework.experiment.stored_runs.stored_run import read_run

    jobs = [folder.name for folder in folders]
    result = merged([read_run(folder) for folder in folders], jobs)
    if as_json:
        return print_json({**result.metrics, "run_dir": str(folders[0]), **further})
    from framework.report.console import show
    from framework.report.run.text import run_text

    show(run_text(result, folders[0]))
    for folder in folders[1:]:
        say(f"Run folder: {folder}")
