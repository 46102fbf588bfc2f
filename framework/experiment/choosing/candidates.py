"""The rows of a comparison: which models a run trains, and what each is there for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import ConfigError
from framework.core.files import slug

BASELINE = "built-in"
DECISION = "built-in + decision"
EQUAL_AUTO = "auto, equal costs"


class Role(StrEnum):
    """What a row of the comparison is there for.

    BASELINE: equal costs, the likeliest class. DECISION and EQUAL_AUTO: what anyone gets for free,
    the baseline's network calibrated and asked for the cheapest decision; and, beside
    ``--strategy auto``, the same search with equal costs in training. REFERENCE: the dataset's own
    matrices. TRAINED: the user's.
    """

    BASELINE = "baseline"
    DECISION = "decision"
    EQUAL_AUTO = "equal_auto"
    REFERENCE = "reference"
    TRAINED = "trained"

    @property
    def is_free(self) -> bool:
        """Whether no cost matrix is needed in training."""
        return self not in (Role.REFERENCE, Role.TRAINED)


@dataclass(frozen=True)
class Candidate:
    """A row of the comparison: a matrix to train with, None for equal costs."""

    name: str
    matrix: CostMatrix | None
    origin: str
    role: Role = Role.TRAINED


def check_names(candidates: Sequence[Candidate]) -> None:
    """Names are rows of the table and folders of the run: each must be there once."""
    taken: dict[str, Candidate] = {}
    for candidate in candidates:
        other = taken.setdefault(slug(candidate.name), candidate)
        if other is not candidate:
            raise ConfigError(
                f'two models would be called "{candidate.name}": {other.origin}, and '
                f'{candidate.origin}; change the "name" in one of the files'
            )
