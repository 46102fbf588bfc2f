"""The command fw, called in this process."""

from click.testing import CliRunner

from framework.cli.main import main


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])
