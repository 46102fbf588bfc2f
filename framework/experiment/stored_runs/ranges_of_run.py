"""The models of a run under all plausible costs: on its test part, as its folder keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import CostMatrixError
from framework.core.uncertain_costs.cost_ranges import CostRanges
from framework.core.uncertain_costs.plausible_costs import (
    DRAWS,
    ComparedModel,
    Plausible,
    cheapest_at,
    compare_under_ranges,
)
from framework.core.uncertain_costs.uncertain_costs import (
    UncertainCosts,
    check_has_ranges,
    side_by_side,
)
from framework.experiment.stored_runs.run_data import RunData
from framework.experiment.stored_runs.stored_run import read_run

ANEW = "minimum_expected_cost"  # the rule that decides anew for every matrix
# Draws x cases x decisions x models that a page waits for, and the fewest draws.
MOST_WORK, FEWEST = 5e9, 500


def cost_ranges_of_run(
    run_dir: Path,
    matrices: Sequence[CostMatrix] = (),
    model: str | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> CostRanges:
    """What the ranges of the run's matrix, or of other ``matrices``, come to.

    Raises
    ------
    ArtifactError, CostMatrixError
        When there is no such run or model, or the matrices have no ranges or other decisions.
    """
    run = read_run(run_dir)
    used = run.served_or(model, run_dir).name
    return ranges_of(run, matrices or [run.matrix], used, draws, seed)


def ranges_of(
    run: RunData, matrices: Sequence[CostMatrix], model: str, draws: int = DRAWS, seed: int = 0
) -> CostRanges:
    """The same of a run that was read; ``model`` is the one whose decisions are looked at."""
    aligned = [_of_run(run, matrix) for matrix in matrices]
    merged = side_by_side(aligned)
    check_has_ranges(merged)
    plausible = _plausible(run, merged)
    models = {
        one.name: ComparedModel(one.decisions, one.probabilities if one.rule == ANEW else None)
        for one in run.models
    }
    found = compare_under_ranges(plausible, models, model, run.model(model).stated, draws, seed)
    people = {}
    for number, one in enumerate(aligned if len(aligned) > 1 else [], start=1):
        alone = _plausible(run, one)
        taken = one.name in people
        name = f"{one.name} ({number})" if taken else one.name
        people[name] = cheapest_at(plausible, models, alone.known, alone.cases.costs)
    return replace(found, people=people, currency=merged.currency)


def ranges_for_page(run: RunData) -> CostRanges | None:
    """Those of the run's own matrix; None where it has none. Of many cases with fewer draws."""
    if not run.matrix.ranges:
        return None
    work = len(run.y_true) * len(run.decision_labels) * len(run.models)
    draws = int(min(DRAWS, max(FEWEST, MOST_WORK / work)))
    return ranges_of(run, [run.matrix], run.served.name, draws)


def _of_run(run: RunData, matrix: CostMatrix) -> CostMatrix:
    """``matrix`` in the order of the run's labels, about the same decisions and columns."""
    aligned = matrix.aligned(run.labels)
    if aligned.decision_labels != run.decision_labels:
        raise CostMatrixError(
            f'cost matrix "{matrix.name}": it decides {", ".join(aligned.decision_labels)}; the run '
            f"{', '.join(run.decision_labels)}"
        )
    if aligned.column_costs != run.matrix.column_costs:
        raise CostMatrixError(
            f'cost matrix "{matrix.name}": its cells that depend on columns of the data are not those of the '
            "run's matrix; expected the same"
        )
    return aligned


def _plausible(run: RunData, matrix: CostMatrix) -> Plausible:
    cases = replace(run.judged, costs=matrix.dollar_costs(run.columns))
    # What is known only afterwards has its training mean in the matrix that decides.
    known = replace(
        matrix,
        costs=matrix.costs + run.deciding.costs - run.matrix.costs,
        column_costs=run.deciding.column_costs,
        allow=run.deciding.allow + matrix.allow,
    )
    return Plausible(cases, known.dollar_costs(run.columns), UncertainCosts.of(matrix))
