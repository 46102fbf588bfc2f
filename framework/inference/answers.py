"""What a model answers: decisions, what they are expected to bring, and what decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framework.inference.artifact import Decision

LEAST_COST = "least expected cost"
_WORDS = {"minimum_expected_cost": LEAST_COST, "argmax": "most probable class"}


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says to n cases: decisions, probabilities, dollars (negative = a loss).

    Parameters
    ----------
    labels, decision_labels : tuple of str
        The N classes; the M possible decisions, which may end in "refer".
    decisions : array (n,)
        Indices into ``decision_labels``, by the rule that ``decided_by`` puts into words.
    probabilities : array (n, N)
        Stated: calibrated to mean what they say, where a calibration was fitted. A rule other than
        least expected cost may have decided by others.
    expected_dollars : array (n, M)
        Of every possible decision, by the stated probabilities.
    """

    labels: tuple[str, ...]
    decision_labels: tuple[str, ...]
    decisions: np.ndarray
    probabilities: np.ndarray
    expected_dollars: np.ndarray
    decided_by: str

    def __len__(self) -> int:
        return len(self.decisions)

    @property
    def dollars(self) -> np.ndarray:
        """Expected dollars (n,) of the decisions that were taken."""
        return self.expected_dollars[np.arange(len(self)), self.decisions]

    @property
    def margins(self) -> np.ndarray:
        """Expected dollars (n,) of the decision taken less those of the best other one.

        How close the call was; below 0 where the rule decided for what is stated to be dearer.
        """
        others = self.expected_dollars.copy()
        others[np.arange(len(self)), self.decisions] = -np.inf
        margins: np.ndarray = self.dollars - others.max(axis=1)
        return margins

    @property
    def cheaper(self) -> list[str | None]:
        """The decision (n) that is stated to be cheaper than the one taken, or None."""
        best = self.expected_dollars.argmax(axis=1)
        return [
            self.decision_labels[other] if margin < 0 else None
            for other, margin in zip(best.tolist(), self.margins.tolist(), strict=True)
        ]

    def redecided(self, decisions: np.ndarray, by: str) -> Answers:
        """The same with other ``decisions`` (n,), and what decided them."""
        return replace(self, decisions=decisions, decided_by=by)

    def records(self) -> Iterator[dict[str, Any]]:
        """One plain dictionary per case."""
        for decision, p, dollars, margin, cheaper in self._by_case():
            yield {
                "decision": self.decision_labels[decision],
                "probabilities": dict(zip(self.labels, p, strict=True)),
                "expected_dollars": dict(zip(self.decision_labels, dollars, strict=True)),
                "margin_dollars": margin,
                "decided_by": self.decided_by,
                "cheaper_by_stated_dollars": cheaper,
            }

    @property
    def header(self) -> list[str]:
        """Names of the columns of ``rows``."""
        return [
            "predicted",
            *(f"p({label})" for label in self.labels),
            *(f"expected_dollars({decision})" for decision in self.decision_labels),
            "margin_dollars",
            "decided_by",
            "cheaper_by_stated_dollars",
        ]

    def rows(self) -> Iterator[list[Any]]:
        """The same as ``records``, as rows of a table."""
        for decision, p, dollars, margin, cheaper in self._by_case():
            decided = self.decision_labels[decision]
            yield [decided, *p, *dollars, margin, self.decided_by, cheaper]

    def _by_case(self) -> Iterator[tuple[int, list[float], list[float], float, str | None]]:
        columns = (self.decisions, self.probabilities, self.expected_dollars, self.margins)
        return zip(*(column.tolist() for column in columns), self.cheaper, strict=True)


def decided_by(decision: Decision) -> str:
    """A decision rule in the words of a reply.

    Examples
    --------
    >>> decided_by(Decision("threshold", {"threshold": 0.2}))
    'threshold 0.2'
    """
    name = _WORDS.get(decision.rule, decision.rule.replace("_", " "))
    return " ".join([name, *(f"{value:.4g}" for value in decision.parameters.values())])
