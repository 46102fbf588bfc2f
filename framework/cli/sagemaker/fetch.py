"""``fw sagemaker fetch``, and how the runs of finished jobs are shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
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
    from framework.sagemaker.aws import Aws


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
    from framework.sagemaker.aws import Call
    from framework.sagemaker.waiting import TRAINING, TUNING

    launch = launch_of(given)
    if bool(names) == bool(best_of):
        raise ConfigError("name training jobs, or one tuning job with --best-of")
    if launch.dry_run:
        kind, what = (TUNING, (best_of,)) if best_of else (TRAINING, names)
        calls = [Call("sagemaker", kind.operation, {kind.key: name}) for name in what]
        return print_json([call.to_json() for call in calls])
    if best_of:
        names = (best_job(launch.aws, best_of),)
    fetch_and_show(launch.aws, names, out, as_json)


def best_job(aws: Aws, tuning: str) -> str:
    """The name of the best job, once the tuning job has ended."""
    from framework.sagemaker.tuning import best, quoted
    from framework.sagemaker.waiting import TUNING, wait

    answer = wait(aws, TUNING, [tuning], tell)[tuning]
    found = best(answer)
    if found is None:
        raise AwsError(f"no job of {tuning} has come to validation dollars")
    _show_tried(aws, tuning, answer)
    job, settings, dollars = found
    tell(f"best: {job} ({quoted(settings)}), {dollars:,.2f} validation dollars a case")
    return job


def _show_tried(aws: Aws, tuning: str, answer: dict[str, Any]) -> None:
    """Tell every job of a tuning, and write all of it to runs/TUNING-JOB.json."""

    from framework.sagemaker.fetching import RUNS
    from framework.sagemaker.frontier import choices_of, frontier, tried

    jobs = tried(aws, tuning)
    choices = choices_of(answer)
    best_of_each = frontier(jobs, choices)
    for one in jobs:
        dollars = one.status if one.dollars is None else f"{one.dollars:,.2f} dollars a case"
        star = " *" if choices and one in best_of_each else ""
        tell(f"{one.job}: {dollars} ({', '.join(map(' '.join, one.settings.items()))}){star}")
    if choices:
        tell(f"* the best of its {' and '.join(choices)}")
    RUNS.mkdir(exist_ok=True)
    content = {
        "tuning_job": tuning,
        "choices": choices,
        "jobs": [one.to_json() for one in jobs],
        "frontier": [one.to_json() for one in best_of_each],
    }
    path = RUNS / f"{tuning}.json"
    write_json(path, content)
    tell(f"all of it: {path}")


def fetch_and_show(aws: Aws, names: Sequence[str], out: str | None, as_json: bool) -> None:
    from framework.sagemaker.fetching import RUNS, fetch_run
    from framework.sagemaker.waiting import TRAINING, wait

    jobs = wait(aws, TRAINING, names, tell)
    base = Path(out) if out else RUNS
    places = [base if out and len(names) == 1 else base / name for name in names]
    show_runs([fetch_run(aws, jobs[n], at) for n, at in zip(names, places, strict=True)], as_json)


def show_runs(folders: Sequence[Path], as_json: bool) -> None:
    """The tables of ``fw run`` for the models in all ``folders``, or its JSON object."""
    from framework.experiment.merging import merged
    from framework.experiment.stored_run import read_run

    jobs = [folder.name for folder in folders]
    result = merged([read_run(folder) for folder in folders], jobs)
    if as_json:
        return print_json({**result.metrics, "run_dir": str(folders[0])})
    from framework.report.console import show
    from framework.report.run.text import run_text

    show(run_text(result, folders[0]))
    for folder in folders[1:]:
        say(f"Run folder: {folder}")
