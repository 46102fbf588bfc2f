"""Checks of a decision rule: what it may answer, and what its answer may depend on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from framework.checking.made_up_cases import decision_problems
from framework.checking.subject import Subject
from framework.core.errors import PluginError
from framework.plugins.guards import checked_decisions


def check_indices_in_range(subject: Subject) -> None:
    """Decisions are indices of columns; of classes alone where the rule never refers."""
    for p, costs in _problems(subject):
        decisions = decided_on_copies(subject, p, costs)
        if not subject.spec.refers and decisions.max() >= p.shape[1]:
            raise PluginError(
                f"{subject} says that it never refers a case, and decided for column "
                f"{decisions.max()} where there are {p.shape[1]} classes; say refers=True"
            )


def check_costs_of_every_case(subject: Subject) -> None:
    """Costs (n, N, M) that are alike for all cases give the decisions of (N, M)."""
    for p, costs in decision_problems(subject.spec):
        every = np.broadcast_to(costs, (len(p), *costs.shape)).copy()
        alike, by_case = decided_on_copies(subject, p, costs), decided_on_copies(subject, p, every)
        if not np.array_equal(alike, by_case):
            case = int(np.argmax(alike != by_case))
            raise PluginError(
                f"{subject}: with the same costs for each case, shape {every.shape}, it decides for "
                f"{by_case[case]} instead of {alike[case]}, as for costs of shape {costs.shape}; both "
                "shapes come, the second where costs depend on the case"
            )


def check_order_of_cases(subject: Subject) -> None:
    """A case is decided alike wherever it stands, and alone."""
    for p, costs in _problems(subject):
        together = decided_on_copies(subject, p, costs)
        order = np.random.default_rng(0).permutation(len(p))
        per_case = costs.ndim == 3
        shuffled = decided_on_copies(subject, p[order], costs[order] if per_case else costs)
        alone = [
            decided_on_copies(subject, p[[k]], costs[[k]] if per_case else costs)[0]
            for k in range(len(p))
        ]
        if not np.array_equal(shuffled, together[order]) or not np.array_equal(alone, together):
            raise PluginError(
                f"{subject}: a case is decided otherwise in another order, or alone, than among "
                f"{len(p)} cases; a rule may not look at the other cases"
            )


def check_inputs_left_alone(subject: Subject) -> None:
    """It changes neither the probabilities nor the costs that it is given."""
    for p, costs in _problems(subject):
        given = p.copy(), costs.copy()
        subject.spec.function(p, costs, **subject.spec.parameters)
        if not np.array_equal(p, given[0]) or not np.array_equal(costs, given[1]):
            raise PluginError(
                f"{subject} changes the arrays that it is given; a run hands out none to write to: copy first"
            )


def _problems(subject: Subject) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Probabilities and costs, those of all cases and those of every case."""
    for p, costs in decision_problems(subject.spec):
        yield p, costs
        amounts = np.random.default_rng(1).uniform(0.5, 2, len(p))
        yield p, amounts[:, None, None] * costs


def decided_on_copies(subject: Subject, p: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """What the rule decides, of copies: that a rule writes into what it is given is told by one check."""
    answer = subject.spec.function(p.copy(), costs.copy(), **subject.spec.parameters)
    return checked_decisions(subject.spec, answer, len(p), costs.shape[-1])
