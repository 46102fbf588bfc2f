"""Where long work is that is no training, told as it goes on to whoever listens.

Whoever works long says so by ``counted``; without a listener nothing happens. So what is counted does
not have to hand a function down to where the work is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

QUIET, NORMAL, DETAILED = -1, 0, 1  # how much is told


@dataclass(frozen=True)
class Step:
    """``done`` of ``total`` pieces of a work are done; ``what`` says which: "shuffling features"."""

    what: str
    done: int
    total: int


Listener = Callable[[Step], None]
_listener: ContextVar[Listener | None] = ContextVar("steps", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within, every step is told to ``listener``."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def counted(items: Sequence[T], what: str) -> Iterator[T]:
    """The ``items``, each told as the work on it begins, and the end.

    Examples
    --------
    >>> with listening(lambda step: print(step.what, step.done, "of", step.total)):
    ...     for item in counted("ab", "spelling"):
    ...         pass
    spelling 0 of 2
    spelling 1 of 2
    spelling 2 of 2
    """
    for done, item in enumerate(items):
        tell(Step(what, done, len(items)))
        yield item
    tell(Step(what, len(items), len(items)))


def counted_answers(answers: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Each of ``total`` answers as it comes, told likewise."""
    tell(Step(what, 0, total))
    for done, answer in enumerate(answers, start=1):
        tell(Step(what, done, total))
        yield answer


def tell(step: Step) -> None:
    """To whoever listens."""
    listener = _listener.get()
    if listener is not None:
        listener(step)
