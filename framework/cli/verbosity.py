"""``-q`` and ``-v``, before or after a command: how much it tells besides its result."""

from __future__ import annotations

import logging
from typing import Any

import click

from framework.core.steps import DETAILED, NORMAL, QUIET

_META = "framework.verbosity"
_LEVELS = {QUIET: logging.ERROR, NORMAL: logging.INFO, DETAILED: logging.DEBUG}


def detail() -> int:
    """What was asked for: QUIET, NORMAL or DETAILED."""
    ctx = click.get_current_context(silent=True)
    found: int = NORMAL if ctx is None else ctx.meta.get(_META, NORMAL)
    return found


def tell(text: str) -> None:
    """Say on stderr what is neither an error nor the result."""
    if detail() != QUIET:
        click.echo(text, err=True)


def take_verbosity(command: click.Command) -> None:
    """Give a command the two options."""
    command.params += [
        _flag("-q", "--quiet", QUIET, "Tell errors and the result only."),
        _flag("-v", "--verbose", DETAILED, "Tell every epoch and every step."),
    ]


def tell_on_stderr(logger: logging.Logger) -> None:
    """What a run says while it goes on, such as how it understood a table."""
    if not any(isinstance(handler, _OnStderr) for handler in logger.handlers):
        logger.addHandler(_OnStderr())
        logger.setLevel(logging.DEBUG)


class _OnStderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= _LEVELS[detail()]:
            click.echo(self.format(record), err=True)


def _flag(short: str, long: str, means: int, help: str) -> click.Option:
    def set_detail(ctx: click.Context, _option: click.Parameter, given: Any) -> None:
        if given:
            ctx.meta[_META] = means

    return click.Option(
        [short, long], is_flag=True, expose_value=False, callback=set_detail, help=help
    )
