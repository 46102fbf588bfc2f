"""The cost matrices of a job, looked at before it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from framework.config.run_config import RunConfig
from framework.core.costs.cost_matrix_words import mistakes_in_words
from framework.core.costs.given_matrix import GivenMatrix
from framework.core.errors import ConfigError
from framework.core.matrix_checks.cost_matrix_checks import warnings_of
from framework.plugins.matrix_lookup import find_matrix
from framework.plugins.registry import Registry
from framework.plugins.specs import DatasetSpec


def matrix_remarks(config: RunConfig, registry: Registry) -> list[str]:
    """What the matrices of ``config`` cost for mistakes, and warnings on them, before it is sent.

    A matrix that only a plugin of the job knows is not there to be looked at.
    """
    specs = _specs_of(config.dataset, registry)
    names: list[GivenMatrix | None] = [*config.cost_matrix, config.evaluation_matrix]
    if not config.cost_matrix:
        names += [spec.default_cost_matrix for spec in specs]
    told: list[str] = []
    for name in names:
        if name is None or (isinstance(name, str) and not specs and not Path(name).is_file()):
            continue
        matrix = find_matrix(name, specs).matrix
        told.append(f'cost matrix "{matrix.name}": {"; ".join(mistakes_in_words(matrix))}')
        told += [f"WARNING: {text}" for text in warnings_of(matrix)]
    return list(dict.fromkeys(told))


def matrix_files(
    names: Iterable[GivenMatrix | None], dataset: str, registry: Registry
) -> list[Path]:
    """The files of those matrices that the plugin does not ship; each is checked here already."""
    specs = _specs_of(dataset, registry)
    files: dict[str, Path] = {}
    for name in names:
        if not isinstance(name, str):
            continue
        if not specs and not Path(name).is_file():
            continue  # the plugin that comes with the job may know it
        found = find_matrix(name, specs)
        for spec in specs:
            found.matrix.aligned(spec.labels)
        path = Path(name)
        if path.is_file():
            other = files.setdefault(path.name, path)
            if other.resolve() != path.resolve():
                raise ConfigError(
                    f"{other} and {path} have the same file name, which a job knows them by; "
                    "rename one"
                )
    return list(files.values())


def _specs_of(dataset: str, registry: Registry) -> list[DatasetSpec]:
    """None where only a plugin of the job knows it."""
    return [offer.spec for offer in registry.named("dataset", dataset)]
