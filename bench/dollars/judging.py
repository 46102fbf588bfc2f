"""From a method's answer to dollars: the cheapest decision on its probabilities, under every matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from cases import Case
from store import Result

from framework.core.decisions.decision import minimum_expected_cost


def judged(case: Case, method: str, answer: Path) -> Result:
    """The result that ``answer`` holds: an .npz that a rival wrote, or none if it died."""
    head = {"dataset": case.name, "split": case.number, "method": method}
    if not answer.is_file():
        return Result(**head, failure="ended without an answer")
    found = np.load(answer)
    if "failure" in found:
        return Result(**head, failure=str(found["failure"]))
    y, costs, p = case.y_test, case.matrices.all, found.get("probabilities")
    decisions = found.get("decisions")
    if p is not None:
        decisions = np.stack([minimum_expected_cost(p, own) for own in costs])
    # A method that trains with costs may have done so for the first matrix alone.
    costs = costs[: len(decisions)]
    return Result(
        **head,
        n_test=len(y),
        costs=tuple(
            float(own[y, decided].mean()) for own, decided in zip(costs, decisions, strict=True)
        ),
        oracle=tuple(float(own.min(axis=1)[y].mean()) for own in costs),
        seconds=float(found["seconds"]),
        log_loss=None if p is None else _log_loss(p, y),
        setting=str(found["setting"]),
    )


def _log_loss(p: np.ndarray, y: np.ndarray) -> float:
    return float(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-15)).mean())
