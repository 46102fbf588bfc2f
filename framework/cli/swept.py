"""Which costs a sweep varies: the options of ``fw sweep``, here and in SageMaker's jobs."""

from __future__ import annotations

import click

from framework.cli.help import SWEPT, GroupedOption
from framework.core.errors import ConfigError

# What --scale means as in ``fw run``; anything else names cells.
_SCALES = ("normalized", "raw")

RATIO = click.option(
    "--ratio",
    metavar="fn:fp=LOW..HIGH",
    cls=GroupedOption,
    group=SWEPT,
    help="Two classes: what a missed positive costs, above a found one, per unit of what a false "
    "alarm costs (default: fn:fp=1:1..1000:1).",
)
SCALE = click.option(
    "--scale",
    metavar="cell=TRUE->PREDICTED:LOW..HIGH",
    multiple=True,
    cls=GroupedOption,
    group=SWEPT,
    help="The cost of a cell, or of all that labels, patterns (speed_*), groups of the matrix "
    "file or its actions name, in its unit; x0.1..x10 multiplies. Also normalized or raw, as in fw run.",
)


def cells_and_scale(texts: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Of what ``--scale`` was given: the cells that are swept, and the setting of that name."""
    cells = [text for text in texts if text not in _SCALES]
    if len(cells) > 1:
        raise ConfigError(f'give one --scale "cell=...", not {len(cells)}')
    names = [text for text in texts if text in _SCALES]
    return (cells[0] if cells else None), (names[-1] if names else None)
