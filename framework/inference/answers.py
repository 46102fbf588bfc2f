"""What a model answers: decisions, what they are expected to bring, and what decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framework.core.evaluation.promise import promised
from framework.inference.artifact import Decision

LEAST_COST, TRIED = "least expected cost", "tried at random"
_WORDS = {
    "minimum_expected_cost": LEAST_COST,
    "minimax_regret": "least largest regret",
    "argmax": "most probable class",
}


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
    tried : array (n,) of bool, optional
        Which were drawn in place of the rule's decision, to learn what comes of it.
    """

    labels: tuple[str, ...]
    decision_labels: tuple[str, ...]
    decisions: np.ndarray
    probabilities: np.ndarray
    expected_dollars: np.ndarray
    decided_by: str
    tried: np.ndarray | None = None

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
        for decision, p, dollars, margin, cheaper, by in self._by_case():
            yield {
                "decision": self.decision_labels[decision],
                "probabilities": dict(zip(self.labels, p, strict=True)),
                "expected_dollars": dict(zip(self.decision_labels, dollars, strict=True)),
                "margin_dollars": margin,
                "decided_by": by,
                "cheaper_by_stated_dollars": cheaper,
            }

    @property
    def header(self) -> list[str]:
        """Names of the ``columns``."""
        return header_of(self.labels, self.decision_labels)

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """The same as ``records``, as columns (n,) of a table: numbers, and objects of text or None."""
        names = np.array(self.decision_labels, dtype=object)
        values = [
            names[self.decisions],
            *self.probabilities.T,
            *self.expected_dollars.T,
            self.margins,
            np.array(self._by(), dtype=object),
            np.array(self.cheaper, dtype=object),
        ]
        return dict(zip(self.header, values, strict=True))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows of the ``columns``."""
        return zip(*(column.tolist() for column in self.columns.values()), strict=True)

    @classmethod
    def joined(cls, parts: Sequence[Answers]) -> Answers:
        """Of one model and matrix, one after the other."""
        return replace(
            parts[0],
            decisions=np.concatenate([part.decisions for part in parts]),
            probabilities=np.concatenate([part.probabilities for part in parts]),
            expected_dollars=np.concatenate([part.expected_dollars for part in parts]),
        )

    def _by_case(self) -> Iterator[tuple[int, list[float], list[float], float, str | None, str]]:
        columns = (self.decisions, self.probabilities, self.expected_dollars, self.margins)
        return zip(*(column.tolist() for column in columns), self.cheaper, self._by(), strict=True)

    def _by(self) -> list[str]:
        tried = [False] * len(self) if self.tried is None else self.tried.tolist()
        return [TRIED if one else self.decided_by for one in tried]


def header_of(labels: Sequence[str], decision_labels: Sequence[str]) -> list[str]:
    """Names of the columns of answers, whatever the cases."""
    return [
        "predicted",
        *(f"p({label})" for label in labels),
        *(f"expected_dollars({decision})" for decision in decision_labels),
        "margin_dollars",
        "decided_by",
        "cheaper_by_stated_dollars",
    ]


def decided_by(decision: Decision) -> str:
    """A decision rule in the words of a reply.

    Examples
    --------
    >>> decided_by(Decision("threshold", {"threshold": 0.2}))
    'threshold 0.2'
    """
    if decision.rule == "promise":
        return promised(decision.parameters["refer_above"])
    name = _WORDS.get(decision.rule, decision.rule.replace("_", " "))
    return " ".join([name, *(f"{value:.4g}" for value in decision.parameters.values())])
