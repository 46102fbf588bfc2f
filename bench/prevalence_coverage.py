"""How far estimated shares of classes are off, and how often their intervals hold: make bench-coverage.

    python bench/prevalence_coverage.py [--rounds 1.0] [--only 43]

Cases of a class are normal, around a centre of their own. A model of the true probabilities at the training
part's shares estimates the shares of new cases, which it sees without labels; "off": what it states is
overconfident by one half, and biased. Figures of shares are mean absolute errors: of the classes counted as
the most probable one, of expectation maximisation on what is stated, and of what fw prevalence does, which
recalibrates on labelled cases. Coverage: mean over the classes, and of the class with the least.
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from framework.core.decisions.calibration import softmax
from framework.core.evaluation.prevalence_estimation import (
    counted_limits,
    estimate_shares,
    most_likely_shares,
)

LEAST, MEAN = (
    0.9,
    0.93,
)  # what is accepted: of each row the mean over classes, and the mean of all rows
OVERCONFIDENT, BIAS = 1.5, 0.7
DIMENSIONS = {2: 1, 5: 4, 43: 10}


@dataclass(frozen=True)
class World:
    """``apart``: standard deviations that centres lie apart; ``share`` of the second class of two among
    the new cases (None: shares are drawn anew each time)."""

    n_classes: int
    apart: float
    labelled: int
    new: int
    off: bool = False
    share: float | None = None

    @property
    def name(self) -> str:
        what = f"{self.n_classes} classes, {self.apart} apart, {self.labelled} labelled, {self.new} new"
        share = "" if self.share is None else f", {100 * self.share:g} %"
        return f"{what}{share}{', off' if self.off else ''}"

    def centres(self) -> np.ndarray:
        if self.n_classes == 2:
            return np.array([[0.0], [self.apart]])
        size = (self.n_classes, DIMENSIONS[self.n_classes])
        return np.random.default_rng(3).normal(0, self.apart, size)

    def training(self) -> np.ndarray:
        if self.n_classes == 2:
            return np.array([0.63, 0.37])
        return np.random.default_rng(4).dirichlet(np.full(self.n_classes, 4.0))

    def target(self, rng: np.random.Generator) -> np.ndarray:
        if self.share is not None:
            return np.array([1 - self.share, self.share])
        return rng.dirichlet(np.ones(self.n_classes))

    def stated(self, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        centres = self.centres()
        x = centres[y] + rng.normal(size=(len(y), centres.shape[1]))
        logits = -((x[:, None] - centres) ** 2).sum(axis=2) / 2 + np.log(self.training())
        if self.off:
            logits = OVERCONFIDENT * logits + np.linspace(-BIAS, BIAS, self.n_classes)
        return softmax(logits)


def drawn(world: World, rounds: int) -> Iterator[tuple]:
    """Of each round the true shares, those counted, those of what is stated, and the estimate."""
    rng, training = np.random.default_rng(5), world.training()
    for _ in range(rounds):
        target = world.target(rng)
        y, hidden = (
            rng.choice(world.n_classes, n, p=shares)
            for n, shares in ((world.labelled, training), (world.new, target))
        )
        labelled, stated = world.stated(y, rng), world.stated(hidden, rng)
        counted = np.bincount(stated.argmax(axis=1), minlength=world.n_classes) / world.new
        plain = most_likely_shares(stated / training, training)
        yield target, counted, plain, estimate_shares(stated, labelled, y)


def figures(rounds: float, world: World) -> list[float]:
    """Three errors, mean and least coverage, width, that of counting, share of rounds with a warning."""
    found = list(drawn(world, max(2, int(rounds * ROUNDS[world.n_classes]))))
    errors = [
        float(np.mean([np.abs(shares - target).mean() for target, shares in pairs]))
        for pairs in (
            [(target, counted) for target, counted, _, _ in found],
            [(target, plain) for target, _, plain, _ in found],
            [(target, estimate.shares) for target, *_, estimate in found],
        )
    ]
    held = [(of.low <= target) & (target <= of.high) for target, *_, of in found]
    counting = [np.subtract(*counted_limits(target, world.new)[::-1]) for target, *_ in found]
    return [
        *errors,
        float(np.mean(held)),
        float(np.mean(held, axis=0).min()),
        float(np.mean([of.high - of.low for *_, of in found])),
        float(np.mean(counting)),
        float(np.mean([bool(of.untold) for *_, of in found])),
    ]


ROUNDS = {2: 100, 5: 40, 43: 10}
WORLDS = (
    World(2, 3, 143, 300, share=0.006),
    World(2, 3, 143, 2000, share=0.006),
    World(2, 3, 143, 300, True, 0.1),
    World(2, 3, 143, 2000, True, 0.1),
    World(2, 3, 1000, 2000, True, 0.1),
    World(2, 1, 143, 300, share=0.1),
    World(2, 1, 143, 2000, True, 0.5),
    World(5, 1.5, 300, 500),
    World(5, 1.5, 300, 500, True),
    World(5, 0.7, 300, 500),
    World(43, 1.5, 1000, 1000),
    World(43, 1.5, 1000, 1000, True),
    World(43, 0.8, 1000, 1000),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--rounds", type=float, default=1.0, help="times the draws of each row")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    started, means = time.perf_counter(), []
    worlds = [world for world in WORLDS if options.only in world.name]
    print(f"{'':56s} error of the shares      coverage      width of 95 %")
    print(f"{'':56s} count  stated  estimate  mean  least  ours  counting  warned")
    with ProcessPoolExecutor(options.processes) as pool:
        for world, row in zip(
            worlds, pool.map(partial(figures, options.rounds), worlds), strict=True
        ):
            shown = " ".join(f"{value:7.3f}" for value in row)
            print(f"{world.name:54s} {shown}", flush=True)
            means.append(row[3])
    accepted = min(means) >= LEAST and np.mean(means) >= MEAN
    verdict = "accepted" if accepted else "NOT ACCEPTED"
    print(f"\n{verdict}: every mean coverage >= {LEAST}, their mean >= {MEAN};")
    print(f"{time.perf_counter() - started:.0f} s")
    raise SystemExit(not accepted)


if __name__ == "__main__":
    main()
