"""From a configuration to a checked dataset, and to its training and test part."""

from __future__ import annotations

from framework.config.run_config import ResolvedConfig, RunConfig
from framework.core.cost_matrix import CostMatrix
from framework.core.cost_matrix_cells import UNSEEN_CLASSES
from framework.core.dataset import Dataset
from framework.core.splitting import Split, split
from framework.plugins import guards
from framework.plugins.registry import Offer
from framework.plugins.specs import DatasetSpec


def load_dataset(config: RunConfig, offer: Offer[DatasetSpec]) -> Dataset:
    """The dataset of ``offer``, from the folders that ``config`` names."""
    folders = {"--data": ("data_dir", config.data), "--test-data": ("test_dir", config.test_data)}
    dataset = guards.loaded(offer, folders)
    if config.validation_data is not None:
        held = {"--validation-data": ("data_dir", config.validation_data)}
        dataset = dataset.with_validation(guards.loaded(offer, held))
    return dataset


def split_cases(config: ResolvedConfig, judge: CostMatrix, dataset: Dataset) -> Split:
    """The training and the test part, as ``config`` says; always the same ones."""
    return split(
        dataset,
        test_fraction=config.test_fraction,
        seed=config.split_seed,
        stratify=config.stratify,
        unseen_classes=UNSEEN_CLASSES in judge.allow,
    )
