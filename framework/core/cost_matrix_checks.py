"""What is unreasonable about a cost matrix: mistakes a person makes when writing one.

Source of the conditions: C. Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001,
section 1.2 ("cost matrix properties"). There rows are predictions; here rows are truths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framework.core.cost_matrix import CostMatrix


@dataclass(frozen=True)
class Finding:
    """One remark on a matrix; ``level`` is "warning" (probably a slip) or "note" (good to know)."""

    level: str
    text: str


def check(matrix: CostMatrix) -> list[Finding]:
    """All findings on ``matrix``, warnings first; empty when nothing is remarkable."""
    findings = [
        *_mistakes_that_pay(matrix),
        *_dominated_predictions(matrix),
        *_rows_without_training_weight(matrix),
        *_untouched_labels(matrix),
        *_scale(matrix),
        *_thresholds(matrix),
    ]
    return sorted(findings, key=lambda finding: finding.level != "warning")


def _mistakes_that_pay(matrix: CostMatrix) -> list[Finding]:
    """Elkan's first condition: a mistake costs more than the right decision."""
    findings = []
    for i, truth in enumerate(matrix.labels):
        for j, predicted in enumerate(matrix.labels):
            mistake, right = matrix.costs[i, j], matrix.costs[i, i]
            if i != j and mistake <= right:
                word = "less than" if mistake < right else "as much as"
                findings.append(
                    Finding(
                        "warning",
                        f'"{truth}" taken for "{predicted}" costs {word} the right decision '
                        f"({mistake:g} against {right:g} {matrix.unit}); was the sign mixed up? "
                        '"costs" are positive when bad, "values" positive when good',
                    )
                )
    return findings


def _dominated_predictions(matrix: CostMatrix) -> list[Finding]:
    """Elkan's second condition: a prediction never better than another is never worth making."""
    findings = []
    costs = matrix.costs
    for j, predicted in enumerate(matrix.labels):
        for k, other in enumerate(matrix.labels):
            worse = costs[:, j] >= costs[:, k]
            if j != k and worse.all() and (costs[:, j] > costs[:, k]).any():
                findings.append(
                    Finding(
                        "warning",
                        f'predicting "{predicted}" never costs less than predicting "{other}", '
                        f'whatever the truth; the cheapest policy never says "{predicted}"',
                    )
                )
                break
    return findings


def _rows_without_training_weight(matrix: CostMatrix) -> list[Finding]:
    return [
        Finding(
            "warning",
            f'no mistake on "{label}" has a training cost; a cost-trained model ignores that class',
        )
        for label, row in zip(matrix.labels, matrix.loss_weights, strict=True)
        if not np.delete(row, matrix.labels.index(label)).any()
    ]


def _untouched_labels(matrix: CostMatrix) -> list[Finding]:
    if not matrix.untouched:
        return []
    names = ", ".join(f'"{label}"' for label in matrix.untouched)
    return [Finding("warning", f'no rule speaks of {names}; their mistakes all cost the "default"')]


def _scale(matrix: CostMatrix) -> list[Finding]:
    """How far apart the mistakes are: beyond 1 to 10,000, one cell decides everything."""
    mistakes = matrix.loss_weights[~np.eye(matrix.n_classes, dtype=bool)]
    positive = mistakes[mistakes > 0]
    if len(positive) == 0:
        return []
    spread = positive.max() / positive.min()
    level = "warning" if spread > 10_000 else "note"
    return [Finding(level, f"the dearest mistake weighs {spread:,.6g} times the cheapest")]


def _thresholds(matrix: CostMatrix) -> list[Finding]:
    """The cheapest decision threshold on a calibrated probability (Elkan 2001, equation 2)."""
    if matrix.n_classes != 2:
        return []
    fp, fn = matrix.regret[0, 1], matrix.regret[1, 0]
    if fp <= 0 or fn <= 0:
        return []
    positive = matrix.labels[1]
    findings = [
        Finding(
            "note",
            f'with calibrated probabilities it is cheapest to say "{positive}" from '
            f'P({positive}) = {fp / (fp + fn):.4g} on (a missed "{positive}" costs '
            f"{fn / fp:.4g} times a false one)",
        )
    ]
    weights = matrix.training_costs
    if weights is not None and weights[0, 1] > 0:
        trained = weights[1, 0] / weights[0, 1]
        if not np.isclose(trained, fn / fp, rtol=0.01):
            findings.append(
                Finding(
                    "note",
                    f'"training_costs" weigh a missed "{positive}" {trained:.4g} times a false one, '
                    f"the evaluation side {fn / fp:.4g} times (regrets, the diagonal taken off)",
                )
            )
    return findings
