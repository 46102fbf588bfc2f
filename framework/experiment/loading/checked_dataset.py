"""From a configuration to a checked dataset, and to its training and test part."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from framework.config.defaults import DEFAULTS
from framework.config.resolved_config import ResolvedConfig
from framework.config.run_config import RunConfig
from framework.core.cases.dataset import Dataset
from framework.core.cases.source import Source
from framework.core.cases.splitting import Split, split
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import ConfigError
from framework.core.labels import UNSEEN_CLASSES
from framework.data.columns import Number
from framework.data.schema import Schema
from framework.data.text_column import Text
from framework.experiment.loading.gathering import is_sharded
from framework.experiment.loading.picture_dataset import of_this_host
from framework.experiment.loading.source_cases import in_memory, is_streamed, sampled
from framework.experiment.loading.source_rows import SourceCases
from framework.plugins import guards
from framework.plugins.registry import Offer
from framework.plugins.specs import DatasetSpec

# Up to so many columns are told by name.
LISTED = 20
_log = logging.getLogger(__name__)


def load_dataset(
    config: ResolvedConfig, offer: Offer[DatasetSpec], by_class: bool = True
) -> Dataset:
    """The dataset of ``offer``, from the folders that ``config`` names.

    Of a source that is streamed: its test and validation part, and a sample of all else (see ``sampled``).

    Raises
    ------
    ConfigError
        When cases are to be streamed that cannot be, or come in several parts.
    DataError, PluginError
        When they cannot be loaded.
    """
    folders = {"--data": ("data_dir", config.data), "--test-data": ("test_dir", config.test_data)}
    found = guards.loaded(offer, folders)
    if isinstance(found, Source) and is_streamed(found, config.stream):
        return _streamed(found, config, offer, by_class)
    dataset = _held(found, config, offer)
    if config.stream == "yes" and dataset.stream is None:
        raise ConfigError(
            f'stream: the dataset "{config.dataset}" gives its cases all at once, and cannot be streamed; '
            "leave it out, or let its plugin return a Source"
        )
    if config.validation_data is None:
        return dataset
    held = guards.loaded(offer, {"--validation-data": ("data_dir", config.validation_data)})
    return dataset.with_validation(_held(held, config, offer))


def _streamed(
    source: Source, config: ResolvedConfig, offer: Offer[DatasetSpec], by_class: bool
) -> Dataset:
    for name in ("test_data", "validation_data"):
        if getattr(config, name) is not None:
            raise ConfigError(
                f"{name}: cases that are streamed are parted by a hash of each; leave it out and give all of "
                "them together, or hold all in memory with --stream no"
            )
    if config.folds is not None and config.folds > 1:
        raise ConfigError(
            f"folds: cases that are streamed are validated on one part of them, not in {config.folds} folds; "
            "leave it out, or hold all in memory with --stream no"
        )
    usual = config.test_fraction == DEFAULTS["test_fraction"]
    return sampled(_cases(source, config, offer), config.test_fraction, usual, by_class)


def _held(found: Dataset | Source, config: ResolvedConfig, offer: Offer[DatasetSpec]) -> Dataset:
    return (
        of_this_host(found)
        if isinstance(found, Dataset)
        else in_memory(_cases(found, config, offer))
    )


def _cases(source: Source, config: ResolvedConfig, offer: Offer[DatasetSpec]) -> SourceCases:
    return SourceCases(
        source, offer.spec.labels, config.split_seed, config, is_sharded=is_sharded(source)
    )


def encode_table(
    config: RunConfig, dataset: Dataset, parts: Split
) -> tuple[Dataset, Schema | None]:
    """Columns of text, dates and gaps as numbers, by a schema of the training part; or as it is.

    Raises
    ------
    ConfigError
        When columns are named of a dataset that holds numbers alone.
    DataError
        When one of them is not there, or a cell is of another kind than its column.
    """
    if dataset.table is None:
        given = [name for name in ("drop", "text", "columns") if getattr(config, name)]
        if given:
            raise ConfigError(
                f'{given[0]}: the dataset "{config.dataset}" holds numbers alone; leave it out'
            )
        return dataset, None
    given_kinds = {**config.columns, **dict.fromkeys(config.text, Text.kind)}
    schema = Schema.learn(dataset.table, dataset.y, parts.train, given_kinds, config.drop)
    _log.info("%s", schema.told())
    if len(schema.columns) <= LISTED:
        kinds = (f"{kind}: {', '.join(names)}" for kind, names in schema.kinds().items())
        _log.info("%s", "; ".join(kinds))
    if config.groups is not None:
        _log.info('cases of one "%s" stay on one side of every split', config.groups)
    schema = replace(schema, beside=config.beside)
    return encoded(dataset, schema), schema


def encoded(dataset: Dataset, schema: Schema) -> Dataset:
    """The columns of ``dataset`` as features, by ``schema``; those that are whole may be costs."""
    assert dataset.table is not None
    X, positions = schema.encode(dataset.table), schema.positions
    costs = {
        column.name: X[:, positions[column.name][0]]
        for column in schema.columns
        if isinstance(column, Number)
        and not np.isnan(column.read(dataset.table.columns[column.name])).any()
    }
    return dataset.encoded(X, schema.features, costs)


def split_cases(config: ResolvedConfig, judge: CostMatrix, dataset: Dataset) -> Split:
    """The training and the test part, as ``config`` says; always the same ones."""
    return split(
        dataset,
        test_fraction=config.test_fraction,
        seed=config.split_seed,
        stratify=config.stratify,
        unseen_classes=UNSEEN_CLASSES in judge.allow,
    )
