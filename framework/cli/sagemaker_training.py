"""``fw sagemaker run``, ``tune`` and ``fetch``."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.cli import sagemaker_options as options
from framework.cli.sagemaker_options import now, print_json, tell, with_options
from framework.core.errors import ConfigError
from framework.sagemaker.errors import AwsError

if TYPE_CHECKING:
    from framework.config import RunConfig
    from framework.sagemaker.aws import Aws, Plan
    from framework.sagemaker.job import Order

ConfigOf = Callable[[dict[str, Any]], "RunConfig"]
# Of the options of fw run, those that are channels of a job.
FOLDERS = ("data", "validation_data", "test_data")


@click.command()
@with_options(options.ROLE, options.instances("ml.m5.xlarge"), options.JOB, options.WAIT)
@click.option("--local", is_flag=True, help="In a container on this machine, through the SDK.")
@with_options(options.ACCOUNT)
@click.pass_obj
def run(
    config_of: ConfigOf,
    /,
    name: str | None,
    wait: bool,
    local: bool,
    out: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Train DATASET as fw run does, in a training job; one job per --cost-matrix."""
    from framework.sagemaker.job import plan_jobs

    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        order = _order(given, config_of, scratch)
        if local:
            from framework.sagemaker.local import request_here, run_here

            if order.launch.dry_run:
                return print_json([request_here(order, scratch)])
            return _show([run_here(order, scratch, out)], as_json)
        plan = plan_jobs(order, now(), name)
        if not _sent(plan, order):
            return
    if not wait:
        return click.echo(f"Later: fw sagemaker fetch {' '.join(plan.names)}")
    _fetch_and_show(order.launch.aws, plan.names, out, as_json)


@click.command()
@click.option(
    "--range",
    "ranges",
    metavar="NAME=...",
    multiple=True,
    help="What to vary, repeatable: cost_ratio=1..1000, cost_weight=0.1..10:log, "
    "learning_rate=0.001..0.1:log, model_parameters.NAME=..., or A,B,C to choose from.",
)
@click.option(
    "--search",
    type=click.Choice(["bayesian", "random", "grid"]),
    default="bayesian",
    show_default=True,
)
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=20, show_default=True)
@click.option("--parallel", metavar="N", type=click.IntRange(1), default=2, show_default=True)
@with_options(options.ROLE, options.instances("ml.m5.xlarge"), options.JOB, options.WAIT)
@with_options(options.ACCOUNT)
@click.pass_obj
def tune(
    config_of: ConfigOf,
    /,
    ranges: tuple[str, ...],
    search: str,
    jobs: int,
    parallel: int,
    name: str | None,
    wait: bool,
    out: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Search the settings that lose DATASET the fewest dollars in validation.

    The test part is not looked at while searching. The best job's run is fetched and shown.
    """
    from framework.sagemaker.tuning import Search, plan_tuning

    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        order = _order(given, config_of, scratch)
        how = Search(search.capitalize(), jobs, parallel, order.config.seed)
        plan = plan_tuning(order, ranges, how, now(), scratch, name)
        if not _sent(plan, order):
            return
    if not wait:
        return click.echo(f"Later: fw sagemaker fetch --best-of {plan.names[0]}")
    best = _best_of(order.launch.aws, plan.names[0])
    _fetch_and_show(order.launch.aws, [best], out, as_json)


@click.command()
@click.argument("names", metavar="[JOB]...", nargs=-1)
@click.option("--best-of", metavar="TUNING-JOB", help="The best training job of a tuning job.")
@click.option("--out", metavar="DIR", help="Default: runs/JOB")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
@with_options(options.ACCOUNT)
def fetch(
    names: tuple[str, ...], best_of: str | None, out: str | None, as_json: bool, **given: Any
) -> None:
    """Wait for training JOBs, download their run folders, and show the table of all models."""
    from framework.sagemaker.aws import Call
    from framework.sagemaker.waiting import TRAINING, TUNING

    launch = options.launch(given)
    if bool(names) == bool(best_of):
        raise ConfigError("name training jobs, or one tuning job with --best-of")
    if launch.dry_run:
        kind, what = (TUNING, (best_of,)) if best_of else (TRAINING, names)
        calls = [Call("sagemaker", kind.operation, {kind.key: name}) for name in what]
        return print_json([call.to_json() for call in calls])
    if best_of:
        names = (_best_of(launch.aws, best_of),)
    _fetch_and_show(launch.aws, names, out, as_json)


def _order(given: dict[str, Any], config_of: ConfigOf, scratch: Path) -> Order:
    """What the options of ``run`` and ``tune`` mean."""
    from framework.plugins.registry import Registry
    from framework.sagemaker import plugin_sources as plugins
    from framework.sagemaker.job import Order

    paths = [Path(path) for path in given.pop("plugins")]
    in_image = given.pop("plugins_in_image")
    launch = options.launch(given)
    folders = {name: value for name in FOLDERS if (value := given.pop(name))}
    config = config_of(given)
    registry = Registry()
    if in_image and paths:
        raise ConfigError("--plugin sends a plugin along, --plugins-in-image says not to; choose")
    plugins.check(paths)
    if not in_image and not paths:
        paths = plugins.needed(config, registry, scratch)
    return Order(config, folders, paths, registry, launch)


def _sent(plan: Plan, order: Order) -> bool:
    """Whether ``plan`` was sent, and not just printed; what its matrices mean is told before."""
    from framework.sagemaker.image import check_in_ecr
    from framework.sagemaker.job import matrix_remarks

    launch = order.launch
    if not launch.dry_run:
        check_in_ecr(launch.aws, launch.image)
    for remark in matrix_remarks(order):
        tell(remark)
    if launch.dry_run:
        print_json(plan.to_json())
        return False
    plan.send(launch.aws, tell)
    return True


def _best_of(aws: Aws, tuning: str) -> str:
    """The name of the best job, once the tuning job has ended."""
    from framework.sagemaker.tuning import best, quoted
    from framework.sagemaker.waiting import TUNING, wait

    found = best(wait(aws, TUNING, [tuning])[tuning])
    if found is None:
        raise AwsError(f"no job of {tuning} has come to validation dollars")
    job, settings, dollars = found
    tell(f"best: {job} ({quoted(settings)}), {dollars:,.2f} validation dollars a case")
    return job


def _fetch_and_show(aws: Aws, names: Sequence[str], out: str | None, as_json: bool) -> None:
    from framework.sagemaker.fetching import RUNS, fetch_run
    from framework.sagemaker.waiting import TRAINING, wait

    jobs = wait(aws, TRAINING, names)
    base = Path(out) if out else RUNS
    places = [base if out and len(names) == 1 else base / name for name in names]
    _show([fetch_run(aws, jobs[n], at) for n, at in zip(names, places, strict=True)], as_json)


def _show(folders: Sequence[Path], as_json: bool) -> None:
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
        click.echo(f"Run folder: {folder}")
