"""``fw check``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from framework.cli import completion
from framework.cli.options import as_json, print_json
from framework.cli.output import say
from framework.core.errors import ConfigError

if TYPE_CHECKING:
    from framework.checking.check_plugin import CheckOutcome

KINDS = ("dataset", "model", "loss", "decision-rule")


@click.command(short_help="Check what a plugin offers.")
@click.argument("name", shell_complete=completion.anything_offered)
@click.option("--kind", type=click.Choice(KINDS), help="Of what, where several are called NAME.")
@click.option(
    "--data", metavar="DIR", type=click.Path(path_type=Path), help="What a dataset is loaded from."
)
@click.option(
    "--known-failure",
    "known_failures",
    metavar="CHECK=REASON",
    multiple=True,
    help="A check that is known to fail, and why; may be repeated.",
)
@as_json
@click.pass_context
def check(
    ctx: click.Context,
    name: str,
    kind: str | None,
    data: Path | None,
    known_failures: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check the dataset, model, loss or decision rule NAME of an installed plugin.

    One line a check; the exit code is 1 when one fails.
    """
    from framework.checking.check_plugin import check_plugin

    outcomes = check_plugin(
        name,
        kind and kind.replace("-", " "),
        data=data,
        known_failures=dict(_check_and_reason(text) for text in known_failures),
        told=_say_nothing if as_json else _say,
    )
    failed = any(outcome.failed for outcome in outcomes)
    if as_json:
        print_json({"failed": failed, "checks": [asdict(outcome) for outcome in outcomes]})
    else:
        counts: dict[str, int] = {}
        for outcome in outcomes:
            counts[outcome.status] = counts.get(outcome.status, 0) + 1
        say(f"{name}: " + ", ".join(f"{n} {status}" for status, n in counts.items()))
    ctx.exit(1 if failed else 0)


def _check_and_reason(text: str) -> tuple[str, str]:
    check, equals, reason = text.partition("=")
    if not equals:
        raise ConfigError(f"--known-failure: expected CHECK=REASON, received {text!r}")
    return check.strip(), reason.strip()


def _say(outcome: CheckOutcome) -> None:
    line = f"{outcome.status:<15}  {outcome.check}"
    say(f"{line}: {outcome.reason}" if outcome.reason else line)


def _say_nothing(_: CheckOutcome) -> None:
    pass
