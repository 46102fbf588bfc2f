import pytest

from tests.cli.calling import call


@pytest.fixture
def cli(elsewhere):
    """The command line in an empty folder."""
    return call
