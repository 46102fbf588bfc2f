"""``cost_ranges``: of any models' probabilities or decisions, under all plausible costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_forms import is_bare
from framework.core.costs.prevalence import moved
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.errors import ConfigError, DataError
from framework.core.evaluation.case_columns import case_columns
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.judging import population_of
from framework.core.evaluation.outcomes import (
    are_probabilities,
    decided,
    labels_of,
    positions,
    probabilities_of,
)
from framework.core.uncertain_costs.cost_ranges import CostRanges
from framework.core.uncertain_costs.cost_ranges_words import in_sentences
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


@dataclass(frozen=True, eq=False)
class CostRangesFound:
    """What ``cost_ranges`` found: ``found`` has the figures, printed it is sentences."""

    found: CostRanges

    def sentences(self) -> list[str]:
        return in_sentences(self.found)

    def to_json(self) -> dict[str, Any]:
        return self.found.to_json()

    def __repr__(self) -> str:
        return "\n".join(self.sentences())


def cost_ranges(
    y_true: Any,
    models: Any,
    *,
    cost_matrix: Any,
    model: str | None = None,
    labels: Sequence[Any] | None = None,
    columns: Any = None,
    prevalence: Mapping[str, float] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> CostRangesFound:
    """Which model is the cheapest in what share of the plausible costs, and what to ask for first.

    Parameters
    ----------
    y_true : array (n,)
        Labels of cases that no model was fitted on.
    models : mapping of name to answers, or the answers of one model
        Probabilities, of which every case is decided anew for each plausible matrix, or decisions, which
        stay; as in ``evaluate``.
    cost_matrix : see ``CostMatrix.of``, or a list of several people's
        With ranges: ``{"low": 800, "likely": 1300, "high": 4000}`` in a cell.
    model : str, optional
        Whose decisions are looked at (default: the first with probabilities).
    labels, columns, prevalence
        As in ``evaluate``.
    draws, seed : int
        The same seed draws the same costs.

    Returns
    -------
    CostRangesFound

    Raises
    ------
    ConfigError, CostMatrixError, DataError
        When no model has probabilities, no cost is a range, or answers do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> p = rng.beta(0.3, 3, 2000)
    >>> y = np.where(rng.random(2000) < p, "fraud", "ok")
    >>> miss = {"low": 50, "likely": 100, "high": 900}
    >>> costs = {"labels": ["fraud", "ok"], "costs": [[0, miss], [10, 0]]}
    >>> cost_ranges(y, 1 - p, cost_matrix=costs).found.numbers[0].name
    'fraud as ok'
    """
    several = isinstance(cost_matrix, (list, tuple)) and not is_bare(cost_matrix)
    given = list(cost_matrix) if several else [cost_matrix]
    found = labels_of(given[0], y_true) if labels is None else list(labels)
    matrices = [CostMatrix.of(one, found) for one in given]
    merged = side_by_side(matrices)
    check_has_ranges(merged)
    answers = dict(models) if isinstance(models, Mapping) else {"model": models}
    truths = positions(y_true, merged.labels, "y_true")
    known = case_columns(merged.columns, len(truths), columns)
    sample, target = population_of(prevalence, merged, truths)

    def plausible_of(matrix: CostMatrix) -> Plausible:
        cases = JudgedCases(truths, matrix.dollar_costs(known), None, target)
        deciding = matrix.for_decisions(truths, known).dollar_costs(known)
        return Plausible(cases, deciding, UncertainCosts.of(matrix))

    plausible = plausible_of(merged)
    compared = {}
    for name, told in answers.items():
        if len(told) != len(truths):
            raise DataError(
                f'"{name}": expected an answer for each truth, received {len(truths)} and {len(told)}'
            )
        if are_probabilities(told):
            p = probabilities_of(told, found)
            p = p if target is None else moved(p, sample, target)
            compared[name] = ComparedModel(minimum_expected_cost(p, plausible.known), p)
        else:
            costs = plausible.cases.costs
            compared[name] = ComparedModel(np.asarray(decided(told, merged, costs, name)))
    used = model or next((n for n, one in compared.items() if one.probabilities is not None), None)
    stated = None if used not in compared else compared[used].probabilities
    if used is None or stated is None:
        raise ConfigError(
            "what costs are worth knowing goes by probabilities: expected the name of a model that has them "
            f"in {', '.join(compared)}"
        )
    outcome = compare_under_ranges(plausible, compared, used, stated, draws, seed)
    people = {}
    for number, one in enumerate(matrices if several else [], start=1):
        alone = plausible_of(one)
        name = f"{one.name} ({number})" if one.name in people else one.name
        people[name] = cheapest_at(plausible, compared, alone.known, alone.cases.costs)
    return CostRangesFound(replace(outcome, people=people, currency=merged.currency))
