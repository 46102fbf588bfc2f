"""The cases of a run as everything after takes them: loaded, split, encoded, written where that is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from framework.core.cases.dataset import Dataset
from framework.core.cases.splitting import Split
from framework.data.schema import Schema
from framework.experiment.choosing.plan import ResolvedRun
from framework.experiment.loading.checked_dataset import encode_table, load_dataset, split_cases
from framework.experiment.loading.gathering import host
from framework.experiment.loading.source_cases import UnwrittenCases
from framework.experiment.loading.streaming import scratch, written


@dataclass(frozen=True, eq=False)
class Prepared:
    """A dataset whose cases are numbers, its parts, and the schema that made them so, if any.

    ``source`` is what it was read from, where that is a stream, and can be read again.
    """

    dataset: Dataset
    parts: Split
    schema: Schema | None
    source: UnwrittenCases | None = None


@contextmanager
def prepared(plan: ResolvedRun, training: Path | None, by_class: bool = True) -> Iterator[Prepared]:
    """The cases of ``plan``; within, those that are streamed can be read.

    They lie in ``--checkpoints``, or else in ``training``, or where this host keeps what is temporary.
    Of a stream, what judges and chooses is drawn ``by_class``, or of each class the same share.
    """
    dataset = load_dataset(plan.config, plan.dataset, by_class)
    parts = split_cases(plan.config, plan.judge, dataset)
    dataset, schema = encode_table(plan.config, dataset, parts)
    if schema is None or not isinstance(dataset.stream, UnwrittenCases):
        yield Prepared(dataset, parts, schema)
        return
    number, count = host()
    with scratch(plan.config.checkpoints or training, number) as folder:
        dealt = (0, 1) if dataset.stream.cases.is_sharded else (number, count)
        encoded = written(dataset, parts, schema, plan.case_columns, folder, dealt)
        yield Prepared(encoded, parts, schema, dataset.stream)
