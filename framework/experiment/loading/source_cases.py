"""A source as a dataset: its test and validation part and a sample in memory, all else where it was."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from framework.config.defaults import STREAMED_FROM
from framework.config.run_config import RunConfig
from framework.core.arrays import IntArray
from framework.core.cases.case_stream import Block, HeldOutTotals
from framework.core.cases.dataset import Dataset
from framework.core.cases.hash_split import VALIDATED
from framework.core.cases.source import Source
from framework.core.cases.stratified_hash_split import HeldOutCounts, StratifiedSplit
from framework.core.errors import DataError
from framework.core.steps import Step, tell
from framework.data.sources import cells, chunks, identity, release, told
from framework.experiment.loading.gathering import (
    gathered,
    is_sharded,
)
from framework.experiment.loading.held_cases import Held
from framework.experiment.loading.source_rows import SourceCases
from framework.experiment.loading.targets import class_labels, targets_of

MOST_VALUES = 10_000  # of a target, after which it is taken for none
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class UnwrittenCases:
    """The training cases of a source, counted but not yet written where they can be read in blocks."""

    cases: SourceCases
    split: StratifiedSplit
    class_counts: IntArray
    rows: int
    without_label: int
    digest: tuple[Any, ...]
    seen: int  # of them, by this host

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        full, rest = divmod(self.seen, self.cases.block)
        return (self.cases.block,) * full + ((rest,) if rest else ())

    @property
    def identity(self) -> str:
        return repr(self.digest)

    def read(self, block: int) -> Block:
        raise DataError(f"block {block} of {told(self.cases.source)} has not been written yet")


def is_streamed(source: Source, stream: str) -> bool:
    """Whether its training cases are read block by block: by the setting ``stream``, or else by its size.

    What a function gives is, unless the setting says no.
    """
    if stream == "auto":
        own = cells(source)
        everywhere = sum(gathered(own)) if is_sharded(source) else own
        return callable(source.data) or everywhere >= STREAMED_FROM
    return stream == "yes"


def labels_of(source: Source, config: RunConfig) -> tuple[str, ...]:
    """The classes of a source, of which the target alone is read.

    Raises
    ------
    DataError
        When it cannot be read, or holds no classes.
    """
    present: set[str] = set()
    n = 0
    for chunk in chunks(source, only=(source.target,)):
        with chunk.named():
            _, texts = chunk.distinct(source.target)
            present |= {name for name in targets_of(texts, config) if name is not None}
        n += len(chunk)
        if len(present) > MOST_VALUES:
            raise DataError(
                f'{told(source)}: the target "{source.target}" holds more than {MOST_VALUES:,} different '
                "values; expected classes: make some of numbers with --cut 8,10, or name another column"
            )
    release()
    if is_sharded(source):
        found = gathered((sorted(present), n))
        present, n = {name for names, _ in found for name in names}, sum(n for _, n in found)
    return class_labels(present, n, config)


def in_memory(cases: SourceCases) -> Dataset:
    """All cases of a source at once, without parts or stream.

    Raises
    ------
    DataError
        When they cannot be read.
    """
    held = Held()
    without = rows = 0
    for found in cases.rows():
        labelled = found.y >= 0
        rows, without = rows + len(labelled), without + int((~labelled).sum())
        held.add(found, labelled)
    _tell_unlabelled(cases.source, without, rows)
    y = held.of("y")
    groups = None if cases.source.groups is None else held.of("groups")
    return Dataset(held.table(np.arange(len(y))), y, cases.labels, groups=groups)


def sampled(
    cases: SourceCases, test_fraction: float, is_bounded: bool = True, by_class: bool = True
) -> Dataset:
    """The cases of a source in one pass: what judges, chooses and a sample of what is trained on.

    Parameters
    ----------
    cases : SourceCases
    test_fraction : float
        Share of the test part; where it ``is_bounded``, no larger than its classes need for what is kept.
    by_class : bool
        Whether what judges and chooses is drawn class by class; else of each class the same share.

    Returns
    -------
    Dataset
        Its ``table`` holds the sample, then ``validation``, then ``test``, of both as many cases of each
        class as the limits allow; its ``stream`` is UnwrittenCases.

    Raises
    ------
    DataError
        When they cannot be read, or are too few.
    """
    held, counts, rows, without = Held(), np.zeros(len(cases.labels), np.int64), 0, 0
    test = HeldOutCounts.none_yet(len(counts), test_fraction)
    validation = HeldOutCounts.none_yet(
        len(counts), VALIDATED * (1 - test_fraction), from_above=True
    )
    for found in cases.rows():
        labelled = found.y >= 0
        y, places = found.y[labelled], found.places[labelled]
        counts += np.bincount(y, minlength=len(counts))
        test.add(places, y)
        validation.add(places, y)
        rows += len(labelled)
        without += int((~labelled).sum())
        so_far = StratifiedSplit.of(counts, test_fraction, is_bounded, cases.limits, is_all=False)
        held.add(found, labelled & so_far.may_be_kept(found.places, found.draws, found.y), so_far)
        tell(Step(f"reading cases ({rows:,})", 0, 1))
    tell(Step(f"reading cases ({rows:,})", 1, 1))
    release()
    told_by_all = cases.of_all_hosts(
        (rows, without, counts.tolist(), test.cells.tolist(), validation.cells.tolist())
    )
    of_rows, of_without, of_counts, of_test, of_validation = zip(*told_by_all, strict=True)
    _tell_unlabelled(cases.source, sum(of_without), sum(of_rows))
    own, counts = counts, np.sum(of_counts, axis=0)
    split = StratifiedSplit.of(counts, test_fraction, is_bounded, cases.limits)
    if by_class:
        seen = HeldOutTotals(test.at(split.test), validation.at(split.validation))
        totals = HeldOutTotals(
            test.of_all_hosts(of_test).at(split.test),
            validation.of_all_hosts(of_validation).at(split.validation),
        )
    else:
        split = split.alike(counts, cases.limits)
        seen = held.totals(split)
        kept = cases.of_all_hosts([seen.test.tolist(), seen.validation.tolist()])
        totals = HeldOutTotals(*np.sum(kept, axis=0))
    held.keep(split.is_kept(held.of("places"), held.of("draws"), held.of("y")))
    if cases.is_sharded:
        held = held.of_all_hosts()
    stream = UnwrittenCases(
        cases,
        split,
        counts - totals.test - totals.validation,
        sum(of_rows),
        sum(of_without),
        digest=(
            cases.of_all_hosts(identity(cases.source)),
            *(cases.labels, cases.seed, split, counts.tolist(), sum(of_rows)),
        ),
        seen=int(own.sum()) - seen.cases,
    )
    return _dataset(cases, held, totals, stream)


def _tell_unlabelled(source: Source, without: int, rows: int) -> None:
    if without == rows:
        raise DataError(f'{told(source)}: no case has a "{source.target}"')
    if without:
        _log.warning(
            '%s of %s cases have no "%s" and were left out',
            f"{without:,}",
            f"{rows:,}",
            source.target,
        )


def _dataset(
    cases: SourceCases, held: Held, totals: HeldOutTotals, stream: UnwrittenCases
) -> Dataset:
    y, places = held.of("y"), held.of("places")
    test, validation = stream.split.is_test(places), stream.split.is_validation(places)
    if not test.any() or not validation.any() or (test | validation).all():
        raise DataError(
            f"{told(cases.source)}: {len(y)} cases are too few to be streamed: a part of them would be "
            "empty; take them as they are, with --stream no"
        )
    order = np.argsort(2 * test + validation, kind="stable")  # the sample, validation, test
    groups = None if cases.source.groups is None else held.of("groups")[order]
    table = held.table(order)
    kept = int(test.sum()) + int(validation.sum())
    return Dataset(
        table,
        y[order],
        cases.labels,
        groups=groups,
        test=test[order],
        validation=validation[order],
        stream=stream,
        totals=None if kept == totals.cases else totals,
    )
