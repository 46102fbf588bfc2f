"""Progress of long work: a bar on a terminal and in a notebook, plain lines on another stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Protocol

import click
from markupsafe import Markup
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from framework.core.steps import DETAILED, NORMAL, QUIET, Step, listening

if TYPE_CHECKING:
    from framework.experiment.fitting.progress import Progress

STARTING = "starting TensorFlow"
# Of what framework.run and others take as ``progress``: the bar that fits, if any.
BAR: Literal["bar"] = "bar"
SECONDS_BETWEEN_UPDATES = 0.1  # of a notebook, which would keep every one

Epochs = Callable[["Progress"], None]


@contextmanager
def progress_on_stderr(detail: int = NORMAL, start: str = STARTING) -> Iterator[Epochs]:
    """For a command: a function to hand on as ``progress``, and a listener to steps meanwhile."""
    console = Console(stderr=True)
    if detail == QUIET:
        yield _nothing
    elif detail == DETAILED:
        with listening(_print_step):
            yield _print_epoch
    elif console.is_terminal:
        with _terminal_bar(console, start) as shown:
            yield shown
    else:
        yield _print_models


@contextmanager
def progress_in_python(
    progress: Callable[..., None] | Literal["bar"] | None, start: str = STARTING
) -> Iterator[Epochs]:
    """For a function in Python: a bar in a notebook or on a terminal, unless told otherwise.

    ``progress`` is what the user gave: "bar", a function that is told instead, or None for neither.
    """
    console = Console(stderr=True)
    if progress is None:
        yield _nothing
    elif callable(progress):
        with listening(_nothing):
            yield progress
    elif _in_notebook():
        with _notebook_bar(start) as shown:
            yield shown
    elif console.is_terminal:
        with _terminal_bar(console, start) as shown:
            yield shown
    else:
        yield _nothing


class _Draws(Protocol):
    def __call__(self, said: str, done: float, total: float) -> None: ...


@contextmanager
def _terminal_bar(console: Console, start: str) -> Iterator[Epochs]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Bar(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(start, total=None)

        def draw(said: str, done: float, total: float) -> None:
            # Names may hold brackets, which rich takes for its markup.
            bar.update(task, description=said.replace("[", r"\["), completed=done, total=total)

        with listening(_of_steps(draw)):
            yield _of_epochs(draw)


@contextmanager
def _notebook_bar(start: str) -> Iterator[Epochs]:
    """In the cell's output, without a widget that would have to be installed; gone at the end."""
    from IPython.display import HTML, display

    shown: Any = display(HTML(_bar_html(start, 0, 0)), display_id=True)
    last = 0.0

    def draw(said: str, done: float, total: float) -> None:
        nonlocal last
        now = time.monotonic()
        if done < total and now - last < SECONDS_BETWEEN_UPDATES:
            return
        last = now
        shown.update(HTML(_bar_html(said, done, total)))

    try:
        with listening(_of_steps(draw)):
            yield _of_epochs(draw)
    finally:
        shown.update(HTML(""))


def _bar_html(said: str, done: float, total: float) -> str:
    value = Markup(' value="{:.3f}" max="{}"').format(done, total) if total else Markup()
    return str(Markup("<progress{}></progress> {}").format(value, said))


def _of_epochs(draw: _Draws) -> Epochs:
    def told(progress: Progress) -> None:
        said = (
            f"{progress.models}: epoch {progress.epoch} of {progress.epochs}, "
            f"loss {progress.loss:.4g}"
        )
        part = progress.in_work * progress.epoch / progress.epochs
        draw(said, progress.done + part, progress.total)

    return told


def _of_steps(draw: _Draws) -> Callable[[Step], None]:
    return lambda step: draw(step.what, step.done, step.total)


def _in_notebook() -> bool:
    """Whether a kernel runs this: what is displayed then goes to a page, not to a terminal."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return getattr(shell, "kernel", None) is not None


def _nothing(_: object) -> None:
    return


def _print_models(progress: Progress) -> None:
    """One line for models that were trained together, when they are done."""
    if progress.epoch == progress.epochs:
        click.echo(
            f"trained {progress.done} of {progress.total}: {progress.models}, "
            f"{progress.epochs} epochs, loss {progress.loss:.4g}",
            err=True,
        )


def _print_epoch(progress: Progress) -> None:
    click.echo(
        f"epoch {progress.epoch} of {progress.epochs}: {progress.models}, "
        f"loss {progress.loss:.4g} ({progress.done} of {progress.total} trained)",
        err=True,
    )


def _print_step(step: Step) -> None:
    click.echo(f"{step.what}: {step.done} of {step.total}", err=True)
