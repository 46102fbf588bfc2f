"""The help of commands: options and commands under headings, examples as they are typed."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import click

from framework.config.setting import GROUPS

# The commands in the order one goes.
COMMANDS = {
    "Data": ("plugins", "matrix", "new", "check"),
    "Run": ("run", "sweep", "runs"),
    "Look": ("report", "compare", "slices", "costs", "explain", "evaluate"),
    "Use": ("predict", "prevalence", "certify", "serve", "monitor"),
    "SageMaker": ("sagemaker",),
}
OTHERS = "Other commands"
SWEPT = "What is swept"
OPTIONS = "Options"


class GroupedOption(click.Option):
    """An option that stands under the heading ``group``."""

    def __init__(self, *arguments: Any, group: str = OPTIONS, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.group = group


class GroupedCommand(click.Command):
    """A command whose options stand under the headings of their groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                groups[getattr(parameter, "group", OPTIONS)].append(record)
        for heading in (SWEPT, *GROUPS, OPTIONS):
            if groups[heading]:
                with formatter.section(heading):
                    formatter.write_dl(groups[heading])


class GroupedCommands(click.Group):
    """A group whose commands stand under COMMANDS; one that is not listed there, below them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        listed = {name for names in COMMANDS.values() for name in names}
        others = tuple(name for name in self.list_commands(ctx) if name not in listed)
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        width = formatter.width - 6 - max(map(len, commands), default=0)
        for heading, names in {**COMMANDS, OTHERS: others}.items():
            rows = [
                (name, command.get_short_help_str(width))
                for name in names
                if (command := commands.get(name)) is not None and not command.hidden
            ]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


def examples(*commands: str) -> str:
    """The end of a command's help: ``commands`` as they are typed, not folded."""
    return "\n".join(["\b", "Examples:", *(f"  {command}" for command in commands)])
