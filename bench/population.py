"""Sixteen models trained by one call against sixteen calls, one after another.

    python bench/population.py

Both use the same compiled loop over epochs. A call compiles its graph once, which is part of its
time; the last line of each comparison is without it.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import logging
import statistics
import time

import numpy as np

from framework import Registry
from framework.core.backend import keras
from framework.core.scaling import Scaling
from framework.training.composing import in_front_of_bytes
from framework.training.jobs import Cases, Job, Settings
from framework.training.loop import train

MEMBERS = 16
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # sixteen graphs are what is measured


def jobs(X, n_classes, loss):
    """One per cost matrix: all with the same seed and batches, as a sweep has them."""
    rng = np.random.default_rng(0)
    rows, scaling = np.arange(len(X)), Scaling.fit(X)
    tables = rng.uniform(0, 2, (MEMBERS, n_classes, n_classes)) * (1 - np.eye(n_classes))
    return [Job(loss, table, 0, rows, scaling) for table in tables]


def compare(name, build, X, y, n_classes, epochs):
    loss = Registry().loss("cross_entropy_plus_cost").function
    members = jobs(X, n_classes, loss)
    settings = Settings(lambda: keras.optimizers.Adam(0.001), epochs, batch_size=64)

    def seconds(groups):
        """Wall time in all, and of one model's epoch once the graph is compiled."""
        started = last = time.perf_counter()
        later: list[float] = []

        def on_epoch(told, epoch, losses, weights):
            nonlocal last
            now = time.perf_counter()
            if epoch > 1:
                later.append((now - last) / len(told))
            last = now

        for group in groups:
            train(build, group, Cases(X, y, y), settings, on_epoch)
        return time.perf_counter() - started, statistics.mean(later)

    apart, apart_epoch = seconds([[job] for job in members])
    together, together_epoch = seconds([members])
    print(f"{name}, {MEMBERS} models, {len(X):,} cases, {epochs} epochs:")
    print(f"  {together:6.1f} s  in one call")
    print(f"  {apart:6.1f} s  in {MEMBERS} calls: {together / apart:.2f}")
    print(
        f"  without compilation, ms per model and epoch: {1e3 * together_epoch:.1f} and "
        f"{1e3 * apart_epoch:.1f}: {together_epoch / apart_epoch:.2f}"
    )


def main():
    from fw_street_signs.synthetic import load
    from sklearn.datasets import load_digits

    digits = load_digits()
    model = Registry().model
    mlp, cnn = model("mlp"), model("cnn")
    X = digits.data.astype(np.float32)
    build = lambda: mlp.build((64,), 10, **mlp.parameters)  # noqa: E731
    compare("mlp on digits", build, X, digits.target, 10, epochs=20)
    signs = load()
    n_classes = len(signs.labels)
    shape = signs.X.shape[1:]
    build = lambda: in_front_of_bytes(cnn.build(shape, n_classes, **cnn.parameters))  # noqa: E731
    compare("cnn on street_signs", build, signs.X[:2048], signs.y[:2048], n_classes, epochs=2)


if __name__ == "__main__":
    main()
