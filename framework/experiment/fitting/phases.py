"""The phases of a network's training: on cross-entropy first, with layers that stay as they are first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

# Of the learning rate, when layers learn that were trained before: what they know is not to be lost.
RATE_OF_TRAINED_LAYERS = 0.1


@dataclass(frozen=True, order=True)
class Phase:
    """Epochs ``begins`` to ``ends`` (not included) of a training.

    ``warm_up``: on cross-entropy, whatever the loss is. ``frozen``: layers that the model brought
    trained do not learn.
    """

    begins: int
    ends: int
    warm_up: bool
    frozen: bool

    @property
    def epochs(self) -> int:
        return self.ends - self.begins

    def __str__(self) -> str:
        words = {"warm-up": self.warm_up, "trained layers frozen": self.frozen}
        return ", ".join(word for word, holds in words.items() if holds)


def phases(epochs: int, warm_up: float, frozen: float) -> tuple[Phase, ...]:
    """Of a training of ``epochs``, these shares of which are warm-up and frozen.

    Layers that are frozen for a while learn for an epoch at least; with a share of 1 they never do,
    and the phases are not frozen: there is nothing to thaw.

    Examples
    --------
    >>> [str(phase) for phase in phases(10, 0.5, 0.2)]
    ['warm-up, trained layers frozen', 'warm-up', '']
    """
    warm = round(warm_up * epochs)
    thaw = 0 if frozen == 1 else min(round(frozen * epochs), epochs - 1)
    ends = sorted({0, warm, thaw, epochs})
    return tuple(Phase(a, b, b <= warm, b <= thaw) for a, b in pairwise(ends))
