"""What the rows of a comparison are there for."""

from __future__ import annotations

from enum import StrEnum

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
