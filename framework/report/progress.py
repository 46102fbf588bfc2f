"""Progress of a run on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

if TYPE_CHECKING:
    from framework.experiment.progress import Progress


@contextmanager
def progress_on_stderr() -> Iterator[Callable[[Progress], None]]:
    """A function to hand to ``framework.run`` as ``progress``."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _print_line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Bar(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("starting TensorFlow", total=None)

        def update(progress: Progress) -> None:
            bar.update(
                task,
                description=f"{progress.models}: epoch {progress.epoch} of {progress.epochs}, "
                f"loss {progress.loss:.4g}",
                completed=progress.done,
                total=progress.total,
            )

        yield update


def _print_line(progress: Progress) -> None:
    """One line for models that were trained together, when they are done."""
    if progress.epoch == progress.epochs:
        click.echo(
            f"trained {progress.done} of {progress.total}: {progress.models}, "
            f"{progress.epochs} epochs, loss {progress.loss:.4g}",
            err=True,
        )
