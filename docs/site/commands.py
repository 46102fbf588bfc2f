"""Puts what ``fw COMMAND --help`` prints into docs/cli.md when the site is built (a hook of MkDocs)."""

import click
from click.testing import CliRunner

from framework.cli.main import main

HERE = "<!-- commands -->"
WIDTH = 80


def on_page_markdown(markdown: str, **_: object) -> str:
    """The page, with a section for every command where it says ``<!-- commands -->``."""
    return markdown.replace(HERE, reference()) if HERE in markdown else markdown


def reference() -> str:
    """Markdown: a heading and the help of each command, groups before what is in them."""
    return "\n".join(_section(words) for words in commands())


def commands() -> list[tuple[str, ...]]:
    """The words of each command after ``fw``, in the order of ``fw --help``."""
    found: list[tuple[str, ...]] = []

    def walk(command: click.Command, words: tuple[str, ...]) -> None:
        found.append(words)
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                if inner is not None and not inner.hidden:
                    walk(inner, (*words, name))

    walk(main, ())
    return found


def _section(words: tuple[str, ...]) -> str:
    width = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    told = CliRunner().invoke(main, [*words, "--help"], prog_name="fw", **width)
    if told.exit_code:
        raise click.ClickException(told.output)
    return f"## {' '.join(('fw', *words))}\n\n```text\n{told.output.rstrip()}\n```\n"
