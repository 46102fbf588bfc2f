"""What is unreasonable about a cost matrix: mistakes a person makes when writing one.

Source of the conditions: C. Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001,
section 1.2 ("cost matrix properties"). There rows are predictions; here rows are truths. Cells
that depend on the case are not judged by their constants (``cost_matrix_cases`` looks at them).
"""

from __future__ import annotations

import numpy as np

from framework.core.arrays import BoolArray, FloatArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_columns import BEFORE
from framework.core.decisions.cheapest_regions import Region, regions
from framework.core.matrix_checks.cost_matrix_actions import findings_on_actions
from framework.core.matrix_checks.cost_matrix_findings import Finding
from framework.core.shown import listed

# Up to this many classes a table is offered in full.
IN_FULL = 4


def check(matrix: CostMatrix) -> list[Finding]:
    """All findings on ``matrix``, warnings first; empty when nothing is remarkable."""
    findings = [
        *_mistakes_that_pay(matrix),
        *_weights(matrix),
        *_dominated_decisions(matrix),
        *findings_on_actions(matrix),
        *_rows_without_training_weight(matrix),
        *_untouched_labels(matrix),
        *_scale(matrix),
        *_unit(matrix),
        *_thresholds(matrix),
    ]
    return sorted(findings, key=lambda finding: finding.level != "warning")


def warnings_of(matrix: CostMatrix) -> tuple[str, ...]:
    """The warnings of ``check`` as sentences for whoever uses ``matrix``, named in each."""
    return tuple(
        f'cost matrix "{matrix.name}": {finding.text}'
        for finding in check(matrix)
        if finding.level == "warning"
    )


def _mistakes_that_pay(matrix: CostMatrix) -> list[Finding]:
    """Elkan's first condition: a mistake costs more than the right decision."""
    if matrix.actions:
        return []
    findings = []
    right, unknown = np.diagonal(matrix.costs)[:, None], matrix.of_the_case
    judged = ~unknown & ~np.diagonal(unknown)[:, None] & ~np.eye(matrix.n_classes, dtype=bool)
    for i, j in np.argwhere((matrix.costs <= right) & judged):
        taken = f'"{matrix.labels[i]}" taken for "{matrix.labels[j]}"'
        against = f"({matrix.costs[i, j]:g} against {right[i, 0]:g} {matrix.unit})"
        if matrix.costs[i, j] < right[i, 0]:
            text = f"{taken} costs less than the right decision {against}, as the file allows"
            findings.append(Finding("note", text))
        else:
            text = f"costs as much as the right decision {against}: nothing keeps a model from it"
            findings.append(Finding("warning", f"{taken} {text}"))
    return findings


def _weights(matrix: CostMatrix) -> list[Finding]:
    """Ones on the diagonal and more elsewhere: factors of a loss, not costs of decisions."""
    findings = []
    tables: list[tuple[str, FloatArray]] = []
    if not matrix.column_costs and not matrix.actions:
        tables.append(("costs", matrix.costs))
    if matrix.training_costs is not None:
        tables.append(("training_costs", matrix.training_costs))
    for key, cells in tables:
        off = cells[~np.eye(matrix.n_classes, dtype=bool)]
        if (np.diagonal(cells) == 1).all() and (off >= 1).all() and (off > 1).any():
            less = [[int(c) if c == int(c) else c for c in row] for row in (cells - 1).tolist()]
            small = matrix.n_classes <= IN_FULL
            meant = f'"{key}": {less}' if small else f'one less in each cell of "{key}"'
            findings.append(
                Finding(
                    "warning",
                    f'"{key}" has ones on the diagonal and more elsewhere, as a matrix of weights '
                    f"has; as costs, a right decision costs 1 {matrix.unit} there. Were a right "
                    f"decision to be free, it would be {meant}",
                )
            )
    return findings


def _dominated_decisions(matrix: CostMatrix) -> list[Finding]:
    """Elkan's second condition: a decision never better than another is never worth making."""
    findings = []
    named = "the action" if matrix.actions else "predicting"
    costs, names = matrix.costs, [f'{named} "{act}"' for act in matrix.acts]
    if matrix.refer is not None:
        costs = np.column_stack([costs, matrix.refer])
        names.append("referring")
    unknown = np.zeros(len(names), dtype=bool)
    unknown[: len(matrix.acts)] = matrix.of_the_case.any(axis=0)
    chosen = "takes" if matrix.actions else "says"
    for j, name in enumerate(names):
        # For few others is j no better where it is at its best; of many classes, all others take long.
        best = int(costs[:, j].argmin())
        others = np.flatnonzero((costs[best] <= costs[best, j]) & ~unknown)
        own, theirs = costs[:, [j]], costs[:, others]
        dominating = others[(own >= theirs).all(axis=0) & (own > theirs).any(axis=0)]
        if unknown[j] or not len(dominating):
            continue
        findings.append(
            Finding(
                "warning",
                f"{name} never costs less than {names[int(dominating[0])]}, whatever the "
                f'truth; the cheapest policy never {chosen} "{matrix.decision_labels[j]}"',
            )
        )
    return findings


def _rows_without_training_weight(matrix: CostMatrix) -> list[Finding]:
    if matrix.actions and not matrix.loss_weights.any():
        return []  # told as all labels having one best action
    mistakes = matrix.loss_weights * ~np.eye(matrix.n_classes, dtype=bool)
    return [
        Finding(
            "warning",
            f'no mistake on "{label}" has a training cost; a cost-trained model ignores that class',
        )
        for label, known, row in zip(matrix.labels, _known_rows(matrix), mistakes, strict=True)
        if known and not row.any()
    ]


def _known_rows(matrix: CostMatrix) -> BoolArray:
    """Truths whose training costs are the same for every case, (N,)."""
    if matrix.training_costs is not None:
        return np.ones(matrix.n_classes, dtype=bool)
    known: BoolArray = np.logical_not(matrix.of_the_case.any(axis=1))
    return known


def _untouched_labels(matrix: CostMatrix) -> list[Finding]:
    if not matrix.untouched:
        return []
    names = ", ".join(f'"{label}"' for label in matrix.untouched)
    return [Finding("warning", f'no rule speaks of {names}; their mistakes all cost the "default"')]


def _scale(matrix: CostMatrix) -> list[Finding]:
    """How far apart the mistakes are: beyond 1 to 10,000, one cell decides everything."""
    known = ~np.eye(matrix.n_classes, dtype=bool) & _known_rows(matrix)[:, None]
    mistakes = matrix.loss_weights[known]
    positive = mistakes[mistakes > 0]
    if len(positive) == 0:
        return []
    spread = positive.max() / positive.min()
    level = "warning" if spread > 10_000 else "note"
    return [Finding(level, f"the dearest mistake weighs {spread:,.6g} times the cheapest")]


def _thresholds(matrix: CostMatrix) -> list[Finding]:
    """The cheapest decision for every calibrated probability (Elkan 2001, equation 2)."""
    if matrix.column_costs:
        return _of_the_case(matrix)
    if matrix.n_classes != 2:
        return []
    findings = []
    found = regions(matrix.dollar_costs())
    if matrix.actions:
        return [Finding("note", _said_where(matrix, found))] if len(found) > 1 else []
    fp, fn = matrix.regret[0, 1], matrix.regret[1, 0]
    positive = matrix.labels[1]
    if [region.decision for region in found] == [0, 1]:
        findings.append(
            Finding(
                "note",
                f'with calibrated probabilities it is cheapest to say "{positive}" from '
                f'P({positive}) = {found[1].low:.4g} on (a missed "{positive}" costs '
                f"{fn / fp:.4g} times a false one)",
            )
        )
    elif len(found) > 1:
        findings.append(Finding("note", _said_where(matrix, found)))
    if matrix.refer is not None and all(region.decision != 2 for region in found):
        findings.append(Finding("note", "referring is never the cheapest at any probability"))
    weights = matrix.training_costs
    if weights is not None and weights[0, 1] > 0 and fp > 0:
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


def _of_the_case(matrix: CostMatrix) -> list[Finding]:
    """Where costs vary by case, so does the threshold: none is named."""
    later = matrix.columns_known_afterwards
    before = [cell.column for cell in matrix.column_costs if cell.known == BEFORE]
    findings = []
    if before:
        text = "which decision is the cheapest at a probability differs from case to case"
        findings.append(
            Finding("note", f"its costs depend on {listed(list(dict.fromkeys(before)))}: {text}")
        )
    if later:
        text = "known only afterwards: decisions go by its mean over the training cases of a truth"
        findings.append(Finding("note", f"its costs depend on {listed(later)}, {text}"))
    return findings


def _unit(matrix: CostMatrix) -> list[Finding]:
    if matrix.dollars_per_unit != 1 or matrix.unit == "USD" or matrix.currency != "USD":
        return []
    text = f'"dollars_per_unit" is 1: one {matrix.unit} counts as one dollar'
    return [Finding("note", text)]


def _said_where(matrix: CostMatrix, found: list[Region]) -> str:
    parts = []
    for region in found:
        start = f"from {region.low:.4g}" if region.low > 0 else ""
        end = f"up to {region.high:.4g}" if region.high < 1 else "on"
        parts.append(
            f'"{matrix.decision_labels[region.decision]}" {start} {end}'.replace("  ", " ")
        )
    return (
        f"with calibrated probabilities it is cheapest to {'do' if matrix.actions else 'say'}, by "
        f"P({matrix.labels[1]}): " + ", ".join(parts)
    )
