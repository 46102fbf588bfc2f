"""What is unreasonable about the actions of a cost matrix: never taken, not told apart, named alike."""

from __future__ import annotations

import numpy as np

from framework.core.costs.actions import best_actions
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.decisions.never_cheapest import leads
from framework.core.matrix_checks.cost_matrix_findings import Finding
from framework.core.shown import listed


def findings_on_actions(matrix: CostMatrix) -> list[Finding]:
    """Of a matrix whose columns are labels, none.

    Of costs that depend on the case, only decisions without such a cell are looked at.
    """
    if not matrix.actions:
        return []
    return [*_never_taken(matrix), *_told_apart(matrix), *_named_alike(matrix)]


def _never_taken(matrix: CostMatrix) -> list[Finding]:
    """Decisions that no probability makes the cheapest, but for those that one other dominates."""
    costs = matrix.costs
    if matrix.refer is not None:
        costs = np.column_stack([costs, matrix.refer])
    known = np.ones(costs.shape[1], dtype=bool)
    known[: matrix.n_actions] = ~matrix.of_the_case.any(axis=0)
    places = np.flatnonzero(known)
    if len(places) < 2:
        return []
    costs = costs[:, known]
    findings = []
    for j, lead in enumerate(leads(costs)):
        name = matrix.decision_labels[places[j]]
        others = np.delete(costs, j, axis=1)
        dominates = (others <= costs[:, [j]]).all(axis=0) & (others < costs[:, [j]]).any(axis=0)
        if dominates.any():
            continue  # told by the name of the one that does
        if lead < 0:
            text = (
                f'no probabilities make "{name}" the cheapest: whatever is likely, another action '
                "costs less; the cheapest policy never takes it"
            )
            findings.append(Finding("warning", text))
        elif lead == 0:
            text = f'"{name}" is at best as cheap as another action, at any probabilities'
            findings.append(Finding("note", text))
    return findings


def _told_apart(matrix: CostMatrix) -> list[Finding]:
    """Labels that share their best action, which training has no need to tell apart."""
    known = ~matrix.of_the_case.any(axis=1)
    best = best_actions(matrix.costs, matrix.n_actions)
    shared = {
        action: [matrix.labels[i] for i in np.flatnonzero(known & (best == action))]
        for action in dict.fromkeys(best[known].tolist())
    }
    if len(shared) == 1 and known.all():
        text = (
            f'"{matrix.actions[best[0]]}" is the best action for every label: nothing is to be told '
            "apart, and no model can be trained with these costs"
        )
        return [Finding("warning", text)]
    return [
        Finding(
            "note",
            f'the best action for {listed(labels)} is "{matrix.actions[action]}": training with the '
            "costs does not tell these apart",
        )
        for action, labels in shared.items()
        if len(labels) > 1
    ]


def _named_alike(matrix: CostMatrix) -> list[Finding]:
    """Actions named like a label for which another one is the best: decisions given by their names
    (``outcomes.decided``) would mean one thing or the other by what else is among them."""
    known = np.flatnonzero(~matrix.of_the_case.any(axis=1))
    best = best_actions(matrix.costs, matrix.n_actions)
    pairs = [(matrix.labels[i], matrix.actions[best[i]]) for i in known]
    return [
        Finding(
            "warning",
            f'"{label}" is a label and an action, but the best action for the label is "{action}": a '
            f'decision "{label}" can be read both ways; name the action by what is done',
        )
        for label, action in pairs
        if label in matrix.actions and label != action
    ]
