"""Processor time of training `convnet` with products of bfloat16, against float32.

    python bench/precision.py [--pictures 2000] [--epochs 2]

Pictures of 48 x 48, in turn. What dollars it takes is told in docs/speed.md.
"""

import argparse
import os
import time
from functools import partial

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from framework import Registry
from framework.core.backend import keras
from framework.core.scaling import Scaling
from framework.training.jobs import Cases, Job, Settings
from framework.training.loop import train
from framework.training.precision import FULL, computing_in

CLASSES, SIZE, GOAL = 10, (48, 48, 3), 1.45


def cpu_seconds(pictures: int, epochs: int, precision: str) -> float:
    """Of an epoch after the first, which compiles."""
    rng = np.random.default_rng(0)
    X = rng.random((pictures, *SIZE), np.float32)
    y = rng.integers(CLASSES, size=pictures)
    loss, convnet = Registry().loss("cross_entropy").function, Registry().model("convnet")
    made = partial(convnet.build, SIZE, CLASSES, **convnet.parameters)
    job = Job(loss, 1.0 - np.eye(CLASSES), 0, np.arange(pictures), Scaling.fit(X))
    ends: list[float] = []
    settings = Settings(lambda: keras.optimizers.AdamW(0.002), 1 + epochs, 64)
    build = partial(computing_in, precision, made)
    train(build, [job], Cases(X, y, y), settings, lambda *_: ends.append(time.process_time()))
    return (ends[-1] - ends[0]) / epochs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=2)
    options = parser.parse_args()
    full, half = (
        cpu_seconds(options.pictures, options.epochs, precision) for precision in (FULL, "bfloat16")
    )
    print(
        f"convnet, {options.pictures:,} pictures, an epoch: {full:.1f} CPU s, of bfloat16 {half:.1f}: "
        f"{full / half:.2f} times as fast (goal: {GOAL})"
    )


if __name__ == "__main__":
    main()
