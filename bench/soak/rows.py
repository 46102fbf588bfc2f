"""One line of the table that `make soak` prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was tried, how often, and what came of it.

    Attributes:
        what: what was tried, in a few words.
        tried: how many times.
        measured: the figure, with its unit.
        asked: the figure that is to be reached.
        ok: whether it was.
        found: a line for each failure, with how to repeat it.
    """

    what: str
    tried: int
    measured: str
    asked: str
    ok: bool
    found: tuple[str, ...] = ()
