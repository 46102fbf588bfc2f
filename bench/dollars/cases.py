"""The data sets of the benchmark and their repeated splits, alike for all methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matrices import Matrices, of_dataset

from framework import Dataset, DatasetSpec, Registry, RunConfig
from framework.core.cases.splitting import split
from framework.experiment.loading.checked_dataset import load_dataset
from framework.experiment.loading.table_dataset import dataset_offer

TEST_FRACTION = 0.25


@dataclass(frozen=True, eq=False)
class Case:
    """One split of one data set; ``settings`` are those of a RunConfig that say what columns are."""

    name: str
    number: int
    spec: DatasetSpec
    dataset: Dataset
    test: np.ndarray
    settings: dict[str, Any]
    matrices: Matrices

    @property
    def y_train(self) -> np.ndarray:
        return self.dataset.y[~self.test]

    @property
    def y_test(self) -> np.ndarray:
        return self.dataset.y[self.test]

    @property
    def is_pictures(self) -> bool:
        return self.dataset.X.ndim > 2


@dataclass(frozen=True)
class Source:
    """Where a data set comes from, and how often it is split.

    ``settings`` are a RunConfig's; ``folder`` is where in the data folder it lies, None where it is
    built in. ``load`` is for data that no plugin offers. ``folds``: not random splits but so many
    folds, ``splits`` counting these.
    """

    settings: dict[str, Any]
    folder: str | None = None
    splits: int = 10
    folds: int | None = None
    load: Callable[[], tuple[DatasetSpec, Dataset]] | None = None


def table(file: str, target: str, **settings: Any) -> Source:
    return Source({"dataset": file, "target": target, **settings}, "tables")


def of_scikit_learn(name: str) -> tuple[DatasetSpec, Dataset]:
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")()
    labels = tuple(str(label) for label in bunch.target_names)
    dataset = Dataset(bunch.data, bunch.target, labels)
    return DatasetSpec(name, labels, lambda: dataset), dataset


@dataclass(frozen=True)
class BuiltIn:
    """A data set of scikit-learn's, by its name."""

    name: str

    def __call__(self) -> tuple[DatasetSpec, Dataset]:
        return of_scikit_learn(self.name)


# Of horse colic, what is known only after the decision, and the number of the hospital's file.
AFTERWARDS = ("outcome", "cp_data", "lesion_1", "lesion_2", "lesion_3", "hospital_number")
DATASETS: dict[str, Source] = {
    "german_credit": Source({"dataset": "german_credit"}, "german_credit", splits=30, folds=10),
    "adult": table("adult.csv", "income", drop=("fnlwgt",)),
    "horse_colic": table("horse_colic.csv", "surgical_lesion", drop=AFTERWARDS),
    "breast_cancer_ljubljana": table("breast_cancer_ljubljana.csv", "recurrence"),
    "abalone": table("abalone.csv", "rings", cuts=(8, 10)),
    "winequality_red": table("winequality_red.csv", "quality"),
    "ecoli": table("ecoli.csv", "site"),
    "oil_spill": table("oil_spill.csv", "spill"),
    "haberman": table("haberman.csv", "status"),
    "ionosphere": table("ionosphere.csv", "quality"),
    "sonar": table("sonar.csv", "material"),
    "breast_cancer": Source({"dataset": "breast_cancer"}, splits=50),
    "digits": Source({"dataset": "digits"}, load=BuiltIn("digits")),
    "wine": Source({"dataset": "wine"}, load=BuiltIn("wine")),
    "gtsrb": Source({"dataset": "gtsrb"}, "gtsrb", splits=5),
}
# Of a source's settings, those that a run still needs when the dataset has been read.
OF_COLUMNS = ("drop", "columns", "text")


def case(name: str, number: int, data: Path) -> Case:
    """Split ``number`` of the data set ``name``; always the same one.

    Raises
    ------
    FrameworkError
        When its files are not in ``data``, or not as they should be.
    """
    spec, dataset = _read(name, data)
    source = DATASETS[name]
    settings = {key: source.settings[key] for key in OF_COLUMNS if key in source.settings}
    test = np.zeros(len(dataset), dtype=bool)
    test[_test_rows(source, dataset, number)] = True
    # The plugin's own defaults and model are kept; its data come with the test part marked.
    marked = replace(dataset, test=test)
    matrices = of_dataset(name, spec, dataset.y)
    spec = replace(spec, load=lambda **folders: marked)
    return Case(name, number, spec, dataset, test, settings, matrices)


@cache
def _read(name: str, data: Path) -> tuple[DatasetSpec, Dataset]:
    source = DATASETS[name]
    if source.load is not None:
        return source.load()
    folder = None if source.folder is None else data / source.folder
    config = RunConfig(**source.settings, data=folder)
    offer = dataset_offer(config, Registry())
    return offer.spec, load_dataset(config, offer)


def _test_rows(source: Source, dataset: Dataset, number: int) -> np.ndarray:
    if source.folds is None:
        return split(dataset, test_fraction=TEST_FRACTION, seed=number).test
    from sklearn.model_selection import StratifiedKFold

    repeat, fold = divmod(number, source.folds)
    folds = StratifiedKFold(source.folds, shuffle=True, random_state=repeat)
    return list(folds.split(dataset.X, dataset.y))[fold][1]
