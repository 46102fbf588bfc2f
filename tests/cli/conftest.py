import pytest
from click.testing import CliRunner

from framework.cli.main import main


@pytest.fixture
def cli(elsewhere):
    """The command line in an empty folder."""
    return lambda *arguments: CliRunner().invoke(main, arguments)
