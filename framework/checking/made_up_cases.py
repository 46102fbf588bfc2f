"""Cases to check models, losses and decision rules with: small, easy to learn, always the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from framework.core.costs.cost_matrix import CostMatrix
from framework.plugins.hookspecs import hookimpl
from framework.plugins.specs import DatasetSpec, DecisionRuleSpec

LABELS = ("a", "b", "c")
N_CASES = 120
FEATURES = 6
PICTURE = (32, 32, 3)


def table(n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Features (N_CASES, FEATURES) whose mean tells the class, and class indices."""
    y = np.arange(N_CASES) % n_classes
    directions = 2.0 * np.eye(FEATURES)[y]
    return np.random.default_rng(0).normal(size=(N_CASES, FEATURES)) + directions, y


def pictures(n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of bytes (N_CASES, *PICTURE), one stripe of which is bright, and class indices."""
    y = np.arange(N_CASES) % n_classes
    X = np.random.default_rng(0).integers(0, 100, (N_CASES, *PICTURE), dtype=np.uint8)
    for k in range(n_classes):
        X[y == k, 8 * k : 8 * k + 8] += 120
    return X, y


CASES = {"table": table, "pictures": pictures}


class MadeUpDatasets:
    """A plugin that offers them, by ``dataset_name``."""

    @hookimpl
    def fw_register_datasets(self) -> list[DatasetSpec]:
        return [
            DatasetSpec(dataset_name(cases, n), LABELS[:n], partial(load, n))
            for cases, load in CASES.items()
            for n in (2, 3)
        ]


def dataset_name(cases: str, n_classes: int) -> str:
    return f"made_up_{cases}_of_{n_classes}_classes"


def made_up_matrix(n_classes: int) -> CostMatrix:
    """Of which no two mistakes cost the same."""
    return CostMatrix("made up", LABELS[:n_classes], _costs(n_classes, n_classes))


def loss_problems() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Class indices (n,), outputs (n, N), and costs of every case (n, N), for N = 2 and 3."""
    problems = []
    for n_classes in (2, 3):
        rng = np.random.default_rng(n_classes)
        y = np.arange(8) % n_classes
        p = rng.dirichlet(np.full(n_classes, 2.0), len(y))
        problems.append((y, p, _costs(n_classes, n_classes)[y]))
    return problems


def decision_problems(rule: DecisionRuleSpec) -> list[tuple[np.ndarray, np.ndarray]]:
    """Probabilities (n, N) and costs (N, M), M = N + 1 with a price of referring a case.

    Any M where columns are actions; a rule that decides for classes alone is not given those.
    """
    problems = []
    for n_classes in (2,) if rule.binary_only else (2, 3):
        p = np.random.default_rng(n_classes).dirichlet(np.ones(n_classes), 40)
        more = (0, 1, 2) if rule.refers else (0, 1)
        for n_decisions in (n_classes + further for further in more):
            problems.append((p, _costs(n_classes, n_decisions)))
    return problems


def one_unit(problem: Sequence[Any]) -> tuple[Any, Any, Any]:
    """A problem of two classes with the outputs (n, 1) of a single sigmoid."""
    y, p, cost_rows = problem
    return y, p[:, 1:], cost_rows


def _costs(n_classes: int, n_decisions: int) -> np.ndarray:
    """(N, M): 0 for the right class, else 1 to 10, and 1.5 for referring; no two columns are equal, for
    rounding would decide between them.
    """
    costs = np.random.default_rng(n_decisions).uniform(1, 10, (n_classes, n_decisions))
    costs[np.arange(n_classes), np.arange(n_classes)] = 0.0
    costs[:, n_classes:] = 1.5 + 0.25 * np.arange(n_decisions - n_classes)
    return costs
