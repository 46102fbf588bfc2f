"""``fw``: the command line. Imports nothing heavy before a command needs it."""

from __future__ import annotations

import logging
from typing import Any

import click

from framework.cli.certify import certify
from framework.cli.check import check
from framework.cli.compare import compare
from framework.cli.costs import costs
from framework.cli.evaluate import evaluate
from framework.cli.explain import explain
from framework.cli.help import GroupedCommands
from framework.cli.matrix import matrix
from framework.cli.monitor import monitor
from framework.cli.new import new
from framework.cli.output import keep_stdout
from framework.cli.plugins import plugins
from framework.cli.predict import predict
from framework.cli.prevalence import prevalence
from framework.cli.report import report
from framework.cli.run import run
from framework.cli.runs import runs
from framework.cli.sagemaker.main import sagemaker
from framework.cli.serve import serve
from framework.cli.slices import slices
from framework.cli.sweep import sweep
from framework.cli.verbosity import take_verbosity, tell_on_stderr
from framework.core import process
from framework.core.errors import FrameworkError


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


@click.group(cls=_OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cost-matrix-framework", prog_name="fw")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Train and compare classifiers by what their mistakes cost.

    Start with: fw run breast_cancer --cost-matrix medical.json
    """
    process.is_commands_own = True
    tell_on_stderr(logging.getLogger("framework.experiment"))


for command in (
    *(run, sweep, runs, compare, report, slices, explain),
    *(predict, prevalence, certify, costs, evaluate, serve, monitor),
    *(matrix, plugins, new, check, sagemaker),
):
    main.add_command(command)
take_verbosity(main)
keep_stdout(main)
