"""The whole test part of a stream, in one more pass: what models brought on all of its cases, summed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.cost_matrix import CostMatrix
from framework.core.evaluation import evaluate
from framework.core.references import constant_dollars, oracle_dollars
from framework.core.steps import Step, tell
from framework.data.schema import Schema
from framework.data.sources import release
from framework.experiment.candidates import Role
from framework.experiment.gathering import gathered, host
from framework.experiment.model_result import ModelResult
from framework.experiment.recipe import Recipe
from framework.experiment.source_cases import UnwrittenCases

# Beside the served model: what anyone has without costs in training.
FREE = (Role.BASELINE, Role.DECISION)


@dataclass(frozen=True, eq=False)
class Sums:
    """What a model's decisions on all cases came to: counts and dollars (N, M), rows the truth, columns the
    decision; dollars: negative = a loss.
    """

    counts: IntArray
    dollars: FloatArray


@dataclass(frozen=True, eq=False)
class WholeTestPart:
    """All test cases of a stream, of which ``HeldOut`` holds some.

    ``counts`` (N,) are those of each class, ``constant`` and ``oracle`` (N,) the dollars that the best
    constant decision and a perfect oracle brought on them; ``models`` by name. ``target`` (N,) are the shares
    of the classes that means are at (default: those of the part).
    """

    counts: IntArray
    constant: FloatArray
    oracle: FloatArray
    models: Mapping[str, Sums]
    target: FloatArray | None = None

    def per_case(self, dollars: FloatArray) -> float:
        """The mean of ``dollars`` (N,), summed by class."""
        if self.target is None:
            return float(dollars.sum() / self.counts.sum())
        there = self.counts > 0
        target = self.target[there] / self.target[there].sum()
        return float(target @ (dollars[there] / self.counts[there]))

    def to_json(self) -> dict[str, Any]:
        return {
            "constant_dollars_per_case": self.per_case(self.constant),
            "oracle_dollars_per_case": self.per_case(self.oracle),
            "models": {
                name: {
                    "dollars_total": float(sums.dollars.sum()),
                    "dollars_per_case": self.per_case(sums.dollars.sum(axis=1)),
                    "confusion_matrix": sums.counts.tolist(),
                    "cell_dollars": (sums.dollars + 0.0).tolist(),
                }
                for name, sums in self.models.items()
            },
        }


def summed_models(models: Sequence[ModelResult], served: str, wish: str) -> list[ModelResult]:
    """Those whose decisions on the whole test part are summed: the served one and what is free of costs.

    None by the ``wish`` "no", nor by "auto" where one is no network: classifiers would take hours for
    millions of cases, which a network decides in seconds.
    """
    chosen = [model for model in models if model.name == served or model.role in FREE]
    networks = all(
        isinstance(recipe, Recipe) for model in chosen for recipe in model.choice.strategy.recipes
    )
    return chosen if wish == "yes" or (wish == "auto" and networks) else []


def whole_test_part(
    cases: UnwrittenCases,
    schema: Schema,
    models: Sequence[ModelResult],
    judge: CostMatrix,
    constant: int,
    target: FloatArray | None = None,
) -> WholeTestPart:
    """What ``models`` bring on all test cases of a stream, beside the decision ``constant`` and an oracle.

    The table is read once more, and nothing of it is held. Of several hosts that see the same files, each
    takes its share of the chunks. A model decides by its first seed.

    Raises
    ------
    DataError
        When it cannot be read any more, or a case cannot be decided.
    """
    n_classes = judge.n_classes
    shape = n_classes, len(judge.decision_labels)
    free = np.zeros((2, n_classes))
    counts, dollars = (np.zeros((len(models), *shape), kind) for kind in (np.int64, np.float64))
    number, hosts = (0, 1) if cases.cases.is_sharded else host()
    seen = 0
    for chunk, found in enumerate(cases.cases.rows()):
        tested = (found.y >= 0) & cases.split.is_test(found.places)
        seen += len(tested)
        tell(Step("judging the whole test part", min(seen, cases.rows), cases.rows))
        if chunk % hosts != number or not tested.any():
            continue
        table, y = found.chunk.table(tested), found.y[tested]
        with found.chunk.named():
            X = schema.encode(table)
            columns = {name: schema.numbers(table, name) for name in judge.columns}
            for k, model in enumerate(models):
                decisions = model.trained.decide(model.trained.predict_proba(X), columns)
                made = evaluate(y, decisions, judge, columns=columns)
                counts[k] += made.confusion_matrix
                dollars[k] += made.cell_dollars
        costs = judge.dollar_costs(columns)
        for k, brought in enumerate(
            (constant_dollars(y, costs, constant), oracle_dollars(y, costs))
        ):
            free[k] += np.bincount(y, brought, n_classes)
    release()
    of_hosts = gathered([counts.tolist(), dollars.tolist(), free.tolist()])
    counts, dollars, free = (np.sum(of, axis=0) for of in zip(*of_hosts, strict=True))
    of_models = zip(models, counts, dollars, strict=True)
    sums = {model.name: Sums(count, amount) for model, count, amount in of_models}
    return WholeTestPart(counts[0].sum(axis=1), free[0], free[1], sums, target)
