"""From a configuration to a checked dataset."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framework.config.run_config import RunConfig
from framework.core.dataset import Dataset
from framework.core.errors import ConfigError, DataError, FrameworkError, PluginError
from framework.plugins.registry import Registry


def load_dataset(config: RunConfig, registry: Registry) -> Dataset:
    """The dataset that ``config`` names, loaded by its plugin and checked."""
    folders = {"--data": ("data_dir", config.data), "--test-data": ("test_dir", config.test_data)}
    dataset = _load(config.dataset, registry, folders)
    if config.validation_data is not None:
        held = {"--validation-data": ("data_dir", config.validation_data)}
        dataset = dataset.with_validation(_load(config.dataset, registry, held))
    return dataset


def _load(name: str, registry: Registry, folders: Mapping[str, tuple[str, Path | None]]) -> Dataset:
    """``folders``: by option of the command line, the argument of ``load`` and the folder."""
    offer = registry.offer("dataset", name)
    spec = registry.dataset(name)
    accepted = inspect.signature(spec.load).parameters
    arguments: dict[str, Any] = {}
    for option, (argument, folder) in folders.items():
        if folder is None:
            continue
        if argument not in accepted:
            raise ConfigError(f'{option}: the dataset "{spec.name}" takes no such folder')
        if not folder.exists():
            raise DataError(f"{option} {folder}: no such file or folder")
        arguments[argument] = folder
    try:
        loaded = spec.load(**arguments)
        if not isinstance(loaded, Dataset):
            X, y = loaded
            loaded = Dataset(X, y, spec.labels)
        if loaded.labels != spec.labels:
            raise PluginError(
                f"its data has the labels {loaded.labels}, its description {spec.labels}"
            )
        return loaded
    except FrameworkError as error:
        raise type(error)(f'dataset "{spec.name}": {error}') from error
    except Exception as error:
        raise PluginError(
            f'dataset "{spec.name}" ({offer.plugin}) failed to load: '
            f"{type(error).__name__}: {error}"
        ) from error
