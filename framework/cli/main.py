"""``fw``: the command line. Imports nothing heavy before a command needs it."""

from __future__ import annotations

import logging
from typing import Any

import click

from framework.cli.help import GroupedCommands
from framework.cli.lazy_commands import LazyCommands
from framework.cli.verbosity import take_verbosity, tell_on_stderr
from framework.core import process
from framework.core.errors import FrameworkError

COMMANDS = (
    *("run", "sweep", "runs", "compare", "report", "slices", "explain"),
    *("predict", "prevalence", "certify", "costs", "evaluate", "serve", "monitor"),
    *("matrix", "plugins", "new", "check"),
)
MODULES = {name: f"framework.cli.{name}" for name in COMMANDS}


class _OneSentence(GroupedCommands):
    """Tells a person's mistake in one sentence, exit code 2; ``--debug`` shows the traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FrameworkError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2)


@click.group(
    cls=_OneSentence,
    commands=LazyCommands(MODULES | {"sagemaker": "framework.cli.sagemaker.main"}),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="cost-matrix-framework", prog_name="fw")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Train and compare classifiers by what their mistakes cost.

    Start with: fw run breast_cancer --cost-matrix medical.json
    """
    process.is_commands_own = True
    tell_on_stderr(logging.getLogger("framework.experiment"))


take_verbosity(main)
