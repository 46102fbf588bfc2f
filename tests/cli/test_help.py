"""Help in the order one goes: commands and options under headings, with defaults and examples."""

import re
import shlex

import click
import pytest
from click.testing import CliRunner

from framework.cli.help import OTHERS, GroupedCommands
from framework.cli.main import main
from framework.config.setting import GROUPS
from framework.config.settings import OPTIONS
from tests.cli.test_printed_commands import parsed

# What has no default, since it is there or not.
WITHOUT_DEFAULT = {
    *("target", "drop", "groups", "text", "cost"),
    *("data", "picture", "validation_data", "test_data", "checkpoints"),
}


def sections(page):
    """Heading -> first words of its lines."""
    found = {}
    for line in page.partition("Examples:")[0].splitlines():
        if re.fullmatch(r"[A-Z][\w ]*:", line):
            found[line[:-1]] = []
        elif re.match(r"  \S", line) and found:
            found[list(found)[-1]].append(line.split()[0])
    return found


def test_commands_stand_in_the_order_one_goes(cli):
    found = sections(cli("--help").stdout)
    assert list(found) == ["Options", "Data", "Run", "Look", "Use", "SageMaker"]
    assert found["Run"] == ["run", "sweep", "runs"]
    assert found["Use"] == ["predict", "prevalence", "certify", "serve", "monitor"]
    told = [name for heading in list(found)[1:] for name in found[heading]]
    assert sorted(told) == sorted(main.commands)


def test_a_command_that_nobody_has_listed_still_shows():
    @click.group(cls=GroupedCommands)
    def own():
        pass

    own.add_command(click.Command("run"))
    own.add_command(click.Command("polish", help="Make it shine."))
    found = sections(CliRunner().invoke(own, ["--help"]).stdout)
    assert found["Run"] == ["run"]
    assert found[OTHERS] == ["polish"]


@pytest.mark.parametrize("words", [("run",), ("sweep",), ("sagemaker", "run")])
def test_options_stand_under_the_groups_of_their_settings(cli, words):
    page = cli(*words, "--help").stdout
    found = sections(page)
    assert [heading for heading in found if heading in GROUPS] == list(GROUPS)
    assert "--cost-matrix" in found["Costs"]
    assert "--epochs" in found["Training"]
    assert "--config" in found["Files"]
    assert found["Options"][-1] == "-h,"


def test_every_setting_tells_its_default():
    assert {one.name for one in OPTIONS if "default:" not in one.help} == WITHOUT_DEFAULT
    assert {one.group for one in OPTIONS} == set(GROUPS)


@pytest.mark.parametrize("name", ["run", "sweep"])
def test_there_are_three_examples_that_can_be_typed(cli, name):
    lines = cli(name, "--help").stdout.partition("Examples:")[2].splitlines()
    examples = [shlex.split(line) for line in lines if line.strip()]
    assert len(examples) == 3
    for words in examples:
        assert words[:2] == ["fw", name]
        parsed(words)
