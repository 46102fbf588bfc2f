"""What is said of a cost matrix that was checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One remark on a matrix; ``level`` is "warning" (probably a slip) or "note" (good to know)."""

    level: str
    text: str
