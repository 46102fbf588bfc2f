"""A table with a target as a dataset: its labels, groups and columns, without a plugin."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np

from framework.config.run_config import DATA_FRAME, RunConfig
from framework.core.arrays import BoolArray
from framework.core.cases.dataset import Dataset
from framework.core.cases.source import Source
from framework.core.cases.table import Table, as_text
from framework.core.errors import ConfigError, DataError
from framework.data.reading import PARQUET, is_table, read_table, table_files
from framework.experiment.loading.picture_dataset import means_pictures, picture_offer
from framework.experiment.loading.source_cases import is_streamed, labels_of
from framework.experiment.loading.targets import class_labels, targets_of
from framework.plugins.registry import Offer, Registry
from framework.plugins.specs import DatasetSpec

OF_A_TABLE = ("target", "cuts", "groups")
_log = logging.getLogger(__name__)


def dataset_offer(
    config: RunConfig, registry: Registry, table: Table | None = None
) -> Offer[DatasetSpec]:
    """The dataset that ``config`` names: a plugin's, the table in a file, or pictures in files; or a
    ``table`` at hand.

    Raises
    ------
    ConfigError
        When a table is named without its target, or settings of a table go with a plugin's dataset.
    DataError
        When the file cannot be read.
    PluginError
        When no plugin offers a dataset of that name.
    """
    if table is None and means_pictures(config, registry):
        return picture_offer(config, registry)
    for name in ("picture", "picture_size"):
        if getattr(config, name) is not None:
            raise ConfigError(
                f"{name}: goes with a folder of pictures, or with a table of their paths in a file, not with "
                f'"{config.dataset}"'
            )
    if table is not None or config.is_table:
        return table_offer(config, _file(config) if table is None else table, registry)
    if config.dataset == DATA_FRAME:
        raise ConfigError(
            "the run's table was given in Python, as a data frame, and is not at hand; write it to a file "
            "and run that (fw run FILE --target ...)"
        )
    given = [name for name in OF_A_TABLE if getattr(config, name)]
    if given:
        raise ConfigError(
            f'{given[0]}: goes with a table in a file, not with the dataset "{config.dataset}" of a plugin'
        )
    return registry.offer("dataset", config.dataset)


def table_offer(config: RunConfig, source: Path | Table, registry: Registry) -> Offer[DatasetSpec]:
    """The cases in a file, or in a table at hand, as a dataset; the file is read once.

    Raises
    ------
    ConfigError, DataError
        When there is no target, or it holds no classes.
    """
    if config.target is None:
        names = "" if not isinstance(source, Path) else f" of {source}"
        raise ConfigError(
            f"target: which column{names} holds the labels? Give it with --target "
            f"({', '.join(_read(config, source).names)})"
        )
    if config.stream == "yes" and isinstance(source, Table):
        raise ConfigError(
            "stream: a data frame is in memory already; leave it out, or give a file or a folder of files"
        )
    if isinstance(source, Path) and is_streamed(_as_source(source, config), config.stream):
        return _streamed_offer(config, source, registry)
    table = _read(config, source)
    targets = _targets(table, config)
    labels = class_labels({text for text in targets if text is not None}, len(targets), config)
    test = None if config.test_data is None else _read(config, _found(config.test_data, config))

    def load(data_dir: Path | None = None, test_dir: Path | None = None) -> Dataset:
        if data_dir is None or data_dir == config.data:
            return _dataset(table, test, config, labels)
        return _dataset(_read(config, _found(data_dir, config)), None, config, labels)

    spec = DatasetSpec(
        name=config.short_name,
        labels=labels,
        load=load,
        description=f'the labels in "{config.target}" of {config.dataset}',
    )
    return Offer("dataset", spec, registry.own)


def _streamed_offer(config: RunConfig, place: Path, registry: Registry) -> Offer[DatasetSpec]:
    """The cases in files that are not held: of these the labels alone are read, for now."""

    def load(data_dir: Path | None = None, test_dir: Path | None = None) -> Source:
        if data_dir is None or data_dir == config.data:
            return _as_source(place, config)
        return _as_source(_found(data_dir, config), config)

    spec = DatasetSpec(
        name=config.short_name,
        labels=labels_of(_as_source(place, config), config),
        load=load,
        description=f'the labels in "{config.target}" of {config.dataset}',
    )
    return Offer("dataset", spec, registry.own)


def _as_source(place: Path, config: RunConfig) -> Source:
    assert config.target is not None
    return Source(place, config.target, config.groups)


def _file(config: RunConfig) -> Path:
    """Where the table is: at its path, else in the folder of ``data``."""
    path = Path(config.dataset)
    if config.data is None or path.is_file():
        return path
    return _found(config.data, config)


def _found(place: Path, config: RunConfig) -> Path:
    """The table that ``place`` means: itself, or the one in a folder, of the dataset's name if several.

    A folder of Parquet files alone, without one of that name, is a table in parts, as Spark writes it.
    """
    if not place.is_dir():
        return place
    own = place / Path(config.dataset).name
    tables = _tables(place)
    if not own.is_file() and len(tables) > 1 and all(_is_parquet(file) for file in tables):
        return place
    if own.is_file() or len(tables) != 1:
        if not own.is_file():
            there = ", ".join(file.name for file in tables) or "no table"
            raise DataError(f"{place}: expected a file {own.name}, or one table; found {there}")
        return own
    return tables[0]


def _read(config: RunConfig, source: Path | Table) -> Table:
    if isinstance(source, Table):
        return source
    parts = table_files(source)
    table = read_table(parts[0], text=config.beside)
    for part in parts[1:]:
        try:
            table = table.joined(read_table(part, text=config.beside))
        except DataError as error:
            raise DataError(
                f"{part}, a part of the same table as {parts[0].name}: {error}"
            ) from None
    return table


def _tables(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if is_table(file))


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() in PARQUET


def _targets(table: Table, config: RunConfig) -> np.ndarray:
    """The target (n,) by class names; None where it is missing."""
    try:
        table.only(config.beside)
    except DataError as error:
        raise DataError(f"{config.dataset}: {error}") from None
    assert config.target is not None
    return targets_of(as_text(table.columns[config.target]), config)


def _dataset(
    table: Table, test: Table | None, config: RunConfig, labels: tuple[str, ...]
) -> Dataset:
    is_test: BoolArray | None = None
    if test is not None:
        is_test = np.r_[np.zeros(len(table), bool), np.ones(len(test), bool)]
        table = table.joined(test)
    targets = _targets(table, config)
    told = np.array([text is not None for text in targets])
    if not told.all():
        _log.warning(
            '%s of %s cases have no "%s" and were left out',
            f"{(~told).sum():,}",
            f"{len(told):,}",
            config.target,
        )
        table, targets = table[told], targets[told]
        is_test = None if is_test is None else is_test[told]
    groups: Any = None if config.groups is None else as_text(table.columns[config.groups])
    return Dataset(table.without(config.beside), targets, labels, groups=groups, test=is_test)
