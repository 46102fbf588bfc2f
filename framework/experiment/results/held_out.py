"""The test part: the cases that judge, and what their mistakes cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from framework.core.cases.dataset import Dataset
from framework.core.cases.splitting import Split
from framework.core.cases.table import Table
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.prevalence import Mix
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.references import Bounds
from framework.data.schema import Schema


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The n cases of the test part, priced by the matrix that judges.

    ``source`` are raw cases: features (m, ...), or the columns of a table that ``schema`` makes features;
    the test part's are its ``rows``.
    ``costs`` are dollars (N, M) or (n, N, M), positive = bad, ``known`` what is known of them when a
    case is decided. ``names`` (n,) are what people know the cases by, ``columns`` (n,) by name what costs
    depend on, ``groups`` (n,) what a split kept whole. ``deciding`` is the matrix of the known costs, ``mix``
    the shares of the classes.
    """

    rows: np.ndarray
    names: np.ndarray
    source: np.ndarray | Table
    y: np.ndarray
    columns: Mapping[str, np.ndarray]
    costs: np.ndarray
    known: np.ndarray
    groups: np.ndarray | None
    judge: CostMatrix
    deciding: CostMatrix
    schema: Schema | None
    mix: Mix

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        parts: Split,
        judge: CostMatrix,
        mix: Mix,
        schema: Schema | None = None,
    ) -> HeldOut:
        trained = dataset.columns(judge.columns, parts.train)
        deciding = judge.for_decisions(dataset.y[parts.train], trained)
        columns = dataset.columns(judge.columns, parts.test)
        return cls(
            rows=parts.test,
            names=dataset.names_of(parts.test),
            source=dataset.X if dataset.table is None else dataset.table,
            y=dataset.y[parts.test],
            columns=columns,
            costs=judge.dollar_costs(columns),
            known=deciding.dollar_costs(columns),
            groups=None if dataset.groups is None else dataset.groups[parts.test],
            judge=judge,
            deciding=deciding,
            schema=schema,
            mix=mix,
        )

    def raw(self, places: Any = slice(None)) -> np.ndarray | Table:
        """Raw cases of the test part (default: all), taken from the source anew: a copy takes memory."""
        return self.source[self.rows[places]]

    @cached_property
    def cases(self) -> JudgedCases:
        """What figures are means of."""
        return JudgedCases.of_part(
            self.y, self.costs, self.groups, self.mix.target, self.mix.tested
        )

    def bounds(self, dataset: Dataset, train: np.ndarray) -> Bounds:
        """Dollars of a perfect oracle, and of the constant decision that is best on ``train``."""
        costs = self.judge.dollar_costs(dataset.columns(self.judge.columns, train))
        return Bounds.of(JudgedCases(dataset.y[train], costs, None, self.mix.target), self.cases)
