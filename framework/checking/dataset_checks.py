"""Checks of a dataset: its cases, its labels, the matrices it ships."""

from __future__ import annotations

import inspect

import numpy as np

from framework.checking.subject import SkipCheck, Subject
from framework.config.resolved_config import ResolvedConfig
from framework.config.run_config import RunConfig
from framework.core.cases.dataset import Dataset
from framework.core.cases.leaks import duplicates_across
from framework.core.cases.splitting import Split
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import FrameworkError, PluginError
from framework.core.labels import UNSEEN_CLASSES
from framework.core.scaling import Scaling
from framework.experiment.loading.checked_dataset import encode_table, load_dataset, split_cases

FEWEST = 2  # cases of a class: one to train with, one to judge
# A tenth of a test part that stands in the training part, too, is no chance.
MOST_REPEATED = 0.1


def loaded_afresh(subject: Subject) -> Dataset:
    """Its cases; SkipCheck when they are in a folder that nobody named."""
    takes_folder = "data_dir" in inspect.signature(subject.spec.load).parameters
    try:
        return load_dataset(_config_of(subject), subject.offer)
    except FrameworkError as error:
        if subject.data is None and takes_folder:
            raise SkipCheck(f"its cases were not given; name them with --data ({error})") from error
        raise


def dataset_of(subject: Subject) -> Dataset:
    return subject.once("dataset", lambda: loaded_afresh(subject))


def matrix_of(subject: Subject) -> CostMatrix:
    """The one that is used when the user names none; where there is none, all mistakes are equal."""
    spec = subject.spec
    if spec.default_cost_matrix is None:
        return CostMatrix.equal(spec.labels)
    return CostMatrix.from_file(spec.shipped_matrices()[spec.default_cost_matrix])


def check_loads(subject: Subject) -> None:
    """It loads, and the Dataset that comes of it is accepted."""
    dataset_of(subject)


def check_labels(subject: Subject) -> None:
    """Each label has cases, two at least: one to train with, one to judge."""
    dataset = dataset_of(subject)
    counts = np.bincount(dataset.y, minlength=dataset.n_classes)
    unseen = subject.spec.default_cost_matrix and UNSEEN_CLASSES in matrix_of(subject).allow
    for label, count in zip(dataset.labels, counts.tolist(), strict=True):
        if count < FEWEST and not (unseen and count == 0):
            raise PluginError(
                f'{subject}: the label "{label}" has {count} of {len(dataset)} cases; expected '
                f"{FEWEST} at least, one to train with and one to judge. Drop the label, or find cases"
            )


def check_groups_apart(subject: Subject) -> None:
    """It can be split; groups, or else equal cases, do not stand on both sides."""
    dataset, parts = _split(subject)
    if dataset.groups is not None:
        shared = set(dataset.groups[parts.train].tolist()) & set(
            dataset.groups[parts.test].tolist()
        )
        if shared:
            raise PluginError(f"{subject}: the group {min(shared)!r} is on both sides of the split")
        return
    repeated = duplicates_across(dataset.X, parts.train, parts.test)
    if repeated > MOST_REPEATED * len(parts.test):
        raise PluginError(
            f"{subject}: {repeated} of {len(parts.test)} test cases have exactly the features of a "
            "training case; drop the repeats, or give both the same group"
        )


def check_finite(subject: Subject) -> None:
    """Features are finite as they come, and when they are standardised."""
    dataset, parts = _split(subject)
    if dataset.X.ndim > 2 and dataset.X.dtype == np.uint8:
        return  # bytes stay as they are
    scaling = Scaling.fit(dataset.X[parts.train], dataset.feature_names)
    lost = np.argwhere(~np.isfinite(scaling(dataset.X)))
    if len(lost):
        raise PluginError(
            f"{subject}: case {lost[0][0]} (counting from 0) is no longer finite when its features are "
            "standardised by the training part; give them in another unit, or cut them off"
        )


def check_matrices_fit(subject: Subject) -> None:
    """Every shipped matrix can be read and has the dataset's labels and columns."""
    spec = subject.spec
    shipped = spec.shipped_matrices()
    for name in (spec.default_cost_matrix, *spec.reference_cost_matrices):
        if name is not None and name not in shipped:
            raise PluginError(
                f"{subject} names the cost matrix {name}, which it does not ship (shipped: "
                f"{', '.join(shipped) or 'none'}); put it into the folder {spec.cost_matrices!r} beside "
                "the module"
            )
    if spec.cost_matrices is None:
        raise SkipCheck("it ships no cost matrices")
    if not shipped:
        raise PluginError(
            f"{subject}: expected .json or .csv files in the folder {str(spec.cost_matrices)!r} beside "
            "the module that defines load, found none"
        )
    for name, file in shipped.items():
        matrix = CostMatrix.from_file(file).aligned(spec.labels)
        if matrix.columns:
            known = dataset_of(subject).columns(matrix.columns)
            missing = [column for column in matrix.columns if column not in known]
            if missing:
                raise PluginError(
                    f'{subject}: {name} has costs that depend on "{missing[0]}", which is neither a '
                    "feature nor one of its cost_columns"
                )


def _split(subject: Subject) -> tuple[Dataset, Split]:
    """Its cases as networks take them, and the parts of a run that names no settings."""
    return subject.once("split", lambda: _split_and_encoded(subject))


def _split_and_encoded(subject: Subject) -> tuple[Dataset, Split]:
    dataset, config = dataset_of(subject), _config_of(subject)
    parts = split_cases(config, matrix_of(subject), dataset)
    return encode_table(config, dataset, parts)[0], parts


def _config_of(subject: Subject) -> ResolvedConfig:
    """Of a run that names no settings."""
    spec = subject.spec
    config = RunConfig(dataset=spec.name, data=subject.data)
    return ResolvedConfig.of(config, spec.defaults, spec.default_model)
