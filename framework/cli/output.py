"""What a command says on stdout, which is its alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from framework.core.stdout import kept_for_results, results


def say(text: str, nl: bool = True) -> None:
    """Write a part of the command's result to stdout."""
    click.echo(text, file=results(), nl=nl)


def keep_stdout(command: click.Command) -> None:
    """While ``command`` works, stdout is for what it says."""
    if command.callback is not None and not isinstance(command, click.Group):
        command.callback = _alone(command.callback)


def _alone(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def called(*arguments: Any, **options: Any) -> Any:
        with kept_for_results():
            return callback(*arguments, **options)

    return called
