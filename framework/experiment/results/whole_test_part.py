"""The whole test part of a stream, in one more pass: what models brought on all of its cases, summed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import case_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.evaluation.evaluation import counts_and_dollars
from framework.core.evaluation.references import constant_dollars, oracle_dollars
from framework.core.files import slug
from framework.core.steps import Step, tell
from framework.data.answer_files import PARQUET, parquet_file
from framework.data.schema import Schema
from framework.data.sources import release
from framework.experiment.choosing.candidates import Role
from framework.experiment.fitting.recipe import Recipe
from framework.experiment.loading.gathering import gathered, host
from framework.experiment.loading.source_cases import UnwrittenCases
from framework.experiment.results.model_result import ModelResult
from framework.experiment.results.predictions_file import column_names

FOLDER = "whole_test"  # of what is decided on every case
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
    of the classes that means are at (default: those of the part). ``predictions`` are the models' files of
    what was decided on every case, where they were wished.
    """

    counts: IntArray
    constant: FloatArray
    oracle: FloatArray
    models: Mapping[str, Sums]
    target: FloatArray | None = None
    predictions: tuple[Path, ...] = ()

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
    return chosen if wish in ("yes", "predictions") or (wish == "auto" and networks) else []


def whole_test_part(
    cases: UnwrittenCases,
    schema: Schema,
    models: Sequence[ModelResult],
    judge: CostMatrix,
    constant: int,
    target: FloatArray | None = None,
    folder: Path | None = None,
) -> WholeTestPart:
    """What ``models`` bring on all test cases of a stream, beside the decision ``constant`` and an oracle.

    What each of them decides on every case is written into ``folder``, where there is one, as Parquet.

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
    paths: list[Path] = []
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{slug(model.name)}{PARQUET}" for model in models]
    with ExitStack() as files:
        writers = [files.enter_context(parquet_file(path)) for path in paths]
        for chunk in _decided(cases, schema, models, judge.columns):
            costs = judge.dollar_costs(chunk.columns)
            for k, (_, decisions) in enumerate(chunk.told):
                of_cells = counts_and_dollars(chunk.y, decisions, costs)
                counts[k] += of_cells[0]
                dollars[k] += of_cells[1]
            for write, (p, decisions) in zip(writers, chunk.told, strict=False):
                write(_predictions(judge, chunk, p, decisions, costs))
            for k, brought in enumerate(
                (constant_dollars(chunk.y, costs, constant), oracle_dollars(chunk.y, costs))
            ):
                free[k] += np.bincount(chunk.y, brought, n_classes)
    release()
    of_hosts = gathered([counts.tolist(), dollars.tolist(), free.tolist()])
    counts, dollars, free = (np.sum(of, axis=0) for of in zip(*of_hosts, strict=True))
    of_models = zip(models, counts, dollars, strict=True)
    sums = {model.name: Sums(count, amount) for model, count, amount in of_models}
    return WholeTestPart(counts[0].sum(axis=1), free[0], free[1], sums, target, tuple(paths))


@dataclass(frozen=True, eq=False)
class _DecidedChunk:
    """Test cases of a chunk, and what every model says of them: probabilities (n, N) and decisions (n,).

    ``numbers`` (n,) count the cases of the table before them, ``y`` (n,) are truths, ``columns`` (n,) what
    costs depend on.
    """

    numbers: IntArray
    y: IntArray
    columns: Mapping[str, FloatArray]
    told: Sequence[tuple[FloatArray, IntArray]]


def _decided(
    cases: UnwrittenCases,
    schema: Schema,
    models: Sequence[ModelResult],
    columns_of_costs: Sequence[str],
) -> Iterator[_DecidedChunk]:
    """All test cases of this host, chunk by chunk."""
    number, hosts = (0, 1) if cases.cases.is_sharded else host()
    seen = 0
    for k, found in enumerate(cases.cases.rows()):
        tested = (found.y >= 0) & cases.split.is_test(found.places)
        seen += len(tested)
        tell(Step("judging the whole test part", min(seen, cases.rows), cases.rows))
        if k % hosts != number or not tested.any():
            continue
        table = found.chunk.table(tested)
        with found.chunk.named():
            X = schema.encode(table)
            columns = {name: schema.numbers(table, name) for name in columns_of_costs}
            told = []
            for model in models:
                p = model.trained.predict_proba(X)
                told.append((p, model.trained.decide(p, columns)))
        numbers = found.chunk.start + np.flatnonzero(tested)
        yield _DecidedChunk(numbers, found.y[tested], columns, told)


def _predictions(
    judge: CostMatrix,
    chunk: _DecidedChunk,
    probabilities: FloatArray,
    decisions: IntArray,
    costs: FloatArray,
) -> dict[str, np.ndarray]:
    """Columns as in a run's ``predictions/``."""
    made = (
        chunk.numbers,
        np.array(judge.labels, object)[chunk.y],
        np.array(judge.decision_labels, object)[decisions],
        0.0 - case_costs(chunk.y, decisions, costs),
        *probabilities.T,
        *chunk.columns.values(),
    )
    return dict(zip(column_names(judge.labels, chunk.columns), made, strict=True))
