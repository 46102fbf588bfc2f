"""What the default of a fixed strategy should be: validation dollars of each loss, all decided alike.

    python bench/default_strategy.py [--data DIR] [--repeats N]

Every network is calibrated (bias) and decides by least expected cost; beside it, the cost-trained
network that takes the likeliest class, uncalibrated. Dollars are those of validation cases on
training parts: the test parts of bench/dollars are not looked at. A random matrix each time,
log-uniform over three decades (two for N = 2). Figures are ratios to cross-entropy, whose matrix
plays no part in training: below 1 training with costs pays.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

from framework import CostMatrix, Dataset, DatasetSpec, Registry, RunConfig, hookimpl
from framework.config.resolved_config import ResolvedConfig
from framework.core.cases.splitting import split
from framework.core.errors import FrameworkError
from framework.experiment.choosing.planned_validation import validate
from framework.experiment.choosing.search_space import wanted_offers
from framework.experiment.fitting.recipe import Recipe
from framework.experiment.fitting.strategy import Strategy
from framework.experiment.fitting.trainer import Trainer
from framework.experiment.loading.checked_dataset import load_dataset
from framework.plugins.registry import Plugin

LOSSES = ("cross_entropy", "weighted_cross_entropy", "cross_entropy_plus_cost", "expected_cost")
WAYS = (("minimum_expected_cost", "bias"), ("argmax", "none"))


def tables(data: Path) -> dict[str, Dataset]:
    """scikit-learn's, and German credit where DIR has it."""
    found = {}
    for load in (load_breast_cancer, load_wine, load_iris, load_digits):
        bunch = load()
        labels = tuple(f"class {name}" for name in bunch.target_names)
        found[load.__name__.removeprefix("load_")] = Dataset(bunch.data, bunch.target, labels)
    try:
        config = RunConfig(dataset="german_credit", data=data / "german_credit")
        found["german_credit"] = load_dataset(config, Registry().offer("dataset", "german_credit"))
    except FrameworkError as error:
        print(f"german_credit: skipped: {error}")
    return found


def costs(n: int, seed: int) -> np.ndarray:
    """Log-uniform costs of mistakes (n, n)."""
    decades = 2 if n == 2 else 3
    table = 10 ** np.random.default_rng(seed).uniform(0, decades, (n, n))
    np.fill_diagonal(table, 0.0)
    return table


def measure(name: str, dataset: Dataset, model: str, seed: int) -> dict[str, float]:
    """Dollars lost per validation case, by loss and way to decide."""

    class ThisTable:
        @hookimpl
        def fw_register_datasets(self):
            return [DatasetSpec("this_table", dataset.labels, lambda: dataset)]

    registry = Registry(entry_points=[])
    registry.register(ThisTable(), Plugin("bench", "bench", "0"))
    config = ResolvedConfig.of(RunConfig(dataset="this_table", seed=seed), {}, model)
    matrix = CostMatrix("random", dataset.labels, costs(dataset.n_classes, seed))
    recipes = {
        loss: Recipe(registry.loss(loss), None if loss == "cross_entropy" else matrix)
        for loss in LOSSES
    }
    rows = split(dataset, seed=1_000 + seed).train
    settled = config.settled(len(rows), pictures=False)
    trainer = Trainer(settled, wanted_offers(config, registry), dataset)
    validation = validate(trainer, rows, list(recipes.values()), matrix, seeds=(seed,))
    found = {}
    for loss, recipe in recipes.items():
        for rule, method in WAYS:
            way = Strategy((recipe,), registry.decision_rule(rule), {}, method)
            found[f"{loss}, {rule}"] = -float(validation.dollars(way).mean())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR")
    parser.add_argument("--repeats", type=int, default=6, metavar="N")
    options = parser.parse_args()
    every: dict[str, list[float]] = {}
    for name, dataset in tables(options.data).items():
        for model in ("logistic", "mlp"):
            ratios: dict[str, list[float]] = {}
            for seed in range(options.repeats):
                found = measure(name, dataset, model, seed)
                plain = found["cross_entropy, minimum_expected_cost"]
                for way, dollars in found.items():
                    ratios.setdefault(way, []).append(dollars / plain)
            for way, of_way in ratios.items():
                every.setdefault(way, []).append(float(np.log(of_way).mean()))
            told = "; ".join(f"{way} {np.exp(np.log(r).mean()):.3f}" for way, r in ratios.items())
            print(f"{name}, {model}: {told}", flush=True)
    print(
        "\n| loss, decision | ratio to cross-entropy, geometric mean | worst table |\n|---|---|---|"
    )
    for way, logs in sorted(every.items(), key=lambda item: np.mean(item[1])):
        print(f"| {way} | {np.exp(np.mean(logs)):.3f} | {np.exp(np.max(logs)):.3f} |")


if __name__ == "__main__":
    sys.exit(main())
