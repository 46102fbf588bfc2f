"""Training 64 models for 64 costs at once, against one model and against 64 fits of Keras.

    python bench/sweep.py [--fits 3] [--rounds 7]

Training alone, tracing and compiling included, on breast_cancer with the recipe of `fw run`. The
64 fits are `fits` of them, measured, times 64.
"""

import argparse
import time
from collections.abc import Callable

from framework import CostMatrix, Registry, RunConfig
from framework.config.resolved_config import ResolvedConfig
from framework.core.backend import keras
from framework.core.cases.splitting import split
from framework.core.losses import ExpectedCost
from framework.core.scaling import Scaling
from framework.experiment.choosing.search_space import wanted_offers
from framework.experiment.fitting.recipe import MemberSpec, Recipe
from framework.experiment.fitting.trainer import Trainer
from framework.experiment.loading.checked_dataset import load_dataset
from framework.studies.sweeping.axis import read_axis

POINTS = 64


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fits", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    registry = Registry()
    spec = registry.dataset("breast_cancer")
    config = ResolvedConfig.of(RunConfig(dataset=spec.name), spec.defaults, spec.default_model)
    dataset = load_dataset(config, registry.offer("dataset", config.dataset))
    rows = split(dataset, test_fraction=0.25, seed=config.split_seed, stratify=False).train
    config = config.settled(len(rows), pictures=False)
    matrix = CostMatrix("ratio", spec.labels, [[0, 1], [200, 0]])
    axis = read_axis("fn:fp=1:1..1000:1", None, POINTS, matrix)
    loss = registry.loss(config.loss)
    requests = [
        MemberSpec(Recipe(loss, axis.matrix(matrix, value), normalize=False), 0, rows, "sweep")
        for value in axis.values
    ]
    offers = wanted_offers(config, registry)

    def train(requests: list[MemberSpec[Recipe]]) -> None:
        Trainer(config, offers, dataset).fit(requests)  # a trainer trains nothing twice

    scaling = Scaling.fit(dataset.X[rows])
    scaled, y = scaling(dataset.X[rows]), dataset.y[rows]

    def keras_fit(value: float) -> None:
        keras.utils.set_random_seed(0)
        model = Trainer(config, offers, dataset).build()
        model.compile(
            keras.optimizers.SGD(config.learning_rate),
            ExpectedCost(axis.matrix(matrix, value).costs),
        )
        model.fit(scaled, y, epochs=config.epochs, batch_size=config.batch_size, verbose=0)

    train(requests[:1])  # what TensorFlow does once a process is nobody's time
    keras_fit(1.0)
    one, many, fit = [], [], []
    for round_number in range(options.rounds):  # in turn, so that other load hits all alike
        one.append(seconds(lambda: train(requests[:1])))
        many.append(seconds(lambda: train(requests)))
        if round_number < options.fits:
            fit.append(seconds(lambda k=round_number: keras_fit(axis.values[20 * k % POINTS])))
    a_model, a_sweep, a_fit = (min(times) for times in (one, many, fit))
    print(
        f"Training on breast_cancer, {config.epochs} epochs; lowest of {options.rounds} rounds, those "
        "that other load disturbed least:"
    )
    print(f"  {a_model:8.2f} s  one model")
    print(f"  {a_sweep:8.2f} s  {POINTS} models at once")
    print(
        f"  {POINTS * a_fit:8.2f} s  {POINTS} fits of Keras ({len(fit)} measured, {a_fit:.2f} s each)"
    )
    print(f"{POINTS} at once / one: {a_sweep / a_model:.2f} (goal: at most 3)")
    print(f"{POINTS} fits / {POINTS} at once: {POINTS * a_fit / a_sweep:.0f} (goal: at least 50)")


if __name__ == "__main__":
    main()
