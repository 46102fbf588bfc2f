"""Processor time of a long training: three stacked networks, a million cases in batches of 32, one epoch.

    python bench/long_training.py [--rows 1000000]

Compiled by XLA, as trainings of so many steps are, and without; tracing and compiling included.
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from framework import Registry
from framework.core.backend import keras
from framework.core.scaling import Scaling
from framework.training import xla
from framework.training.jobs import Cases, Job, Settings
from framework.training.loop import train

MEMBERS, COLUMNS, BATCH, GOAL = 3, 30, 32, 10


def cpu_seconds(rows: int) -> float:
    """Of the whole training, tracing and compiling included."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, COLUMNS))
    y = (X[:, 0] + rng.normal(size=rows) > 1).astype(np.int64)
    loss, mlp = Registry().loss("weighted_cross_entropy").function, Registry().model("mlp")
    scaling, every = Scaling.fit(X), np.arange(rows)
    tables = [np.array([[0.0, 1.0], [k, 0.0]]) for k in range(1, MEMBERS + 1)]
    jobs = [Job(loss, table, 0, every, scaling) for table in tables]
    settings = Settings(lambda: keras.optimizers.Adam(0.001), 1, BATCH)
    started = time.process_time()
    train(lambda: mlp.build((COLUMNS,), 2, **mlp.parameters), jobs, Cases(X, y, y), settings)
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    compiled = cpu_seconds(rows)
    xla.LEAST_STEPS = rows  # more than there are
    own = cpu_seconds(rows)
    print(
        f"{MEMBERS} stacked mlp, {rows:,} rows x {COLUMNS}, batches of {BATCH}, one epoch: "
        f"{compiled:.1f} CPU s by XLA, {own:.1f} without: {compiled / own:.2f} (goal: {GOAL} s)"
    )


if __name__ == "__main__":
    main()
