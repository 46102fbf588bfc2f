"""How often slices are called a gap by chance, and how often true gaps are found: make bench-coverage.

    python bench/slices.py [--rounds 1.0] [--only rare]

Each row is a kind of world, drawn 1,000 times. First those without a gap: which slice a case is in has
nothing to do with what its mistakes cost on average, and the model's probabilities are true; told is
how often anything at all is called a gap. Then those with one: in one slice of four all mistakes cost
so many times those of the others; told is how often that slice is called dearer. Last, how often the
interval of the calibration error covers.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from framework.core.case_costs import expected_costs
from framework.core.costs.prevalence import moved
from framework.core.evaluation.calibration_error import bins_of, calibration_error
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.slicing.levels import Levels
from framework.core.slicing.slice_figures import Decided, gaps_of_slices

LEVEL = 0.95
FRAUD = np.array([[0.0, 10.0], [200.0, 0.0]])
RARE = np.array([[0.0, 1288.0], [252_000.0, 0.0]])
MOVED = np.array([0.8, 0.2])


@dataclass(frozen=True)
class World:
    """``columns`` of ``levels`` slices each; the first one's mistakes cost ``times`` those of the others."""

    name: str
    n: int = 1000
    columns: int = 3
    levels: int = 4
    costs: str = "fraud"
    size: int = 1  # of groups
    whole: bool = False  # whether all cases of a group are in one slice
    prevalence: bool = False
    kinds: bool = False  # the same mean, but the first slices' mistakes are few and dear
    times: float = 1.0

    def drawn(self, rng: np.random.Generator) -> tuple[JudgedCases, Decided, list[Levels]]:
        of_groups = self.n // self.size
        group = np.repeat(np.arange(of_groups), self.size)
        slicing = [self.levels_of(k, group, rng) for k in range(self.columns)]
        if self.kinds:
            return *self.two_kinds(slicing[0], rng), slicing
        costs = self.matrix()
        p = self.probabilities(of_groups, rng)[group]
        u = rng.random(self.n)
        if self.size > 1:  # half of the groups are of one kind
            u = np.where(rng.random(of_groups)[group] < 0.5, rng.random(of_groups)[group], u)
        y = (u[:, None] > np.cumsum(p, axis=1)[:, :-1]).sum(axis=1)
        target = MOVED if self.prevalence else None
        if target is not None:
            p = moved(p, np.array([10 / 11, 1 / 11]), target)
        if self.costs == "amounts":
            costs = np.repeat(costs[None], self.n, axis=0)
            costs[:, 1, 0] = np.minimum(rng.lognormal(4.8, 1, self.n), 2000)
        if self.times > 1:
            factors = np.where(slicing[0].of(0), self.times, 1.0)
            costs = factors[:, None, None] * costs
        expected = expected_costs(p, costs)
        decisions = expected.argmin(axis=1)
        stated = -expected[np.arange(self.n), decisions]
        cases = JudgedCases(y, costs, group if self.size > 1 else None, target)
        return cases, Decided(decisions, None, stated, p), slicing

    def levels_of(self, k: int, group: np.ndarray, rng: np.random.Generator) -> Levels:
        at = rng.integers(0, self.levels, self.n)
        if self.whole:
            at = at[group]
        names, at = np.unique(at, return_inverse=True)
        return Levels(f"c{k}", tuple(map(str, names)), at)

    def two_kinds(self, levels: Levels, rng: np.random.Generator) -> tuple[JudgedCases, Decided]:
        """All decided 0: misses of 200 in 2 of 100 cases of the first slice, of 10 in 40 of 100 others."""
        costs = np.array([[0.0, 500.0, 500.0], [200.0, 0.0, 500.0], [10.0, 500.0, 0.0]])
        first = levels.of(0)
        u = rng.random(self.n)
        y = np.where(first, (u < 0.02) * 1, (u < 0.4) * 2)
        p = np.where(first[:, None], [0.98, 0.02, 0.0], [0.6, 0.0, 0.4])
        expected = expected_costs(p, costs)
        decisions = np.zeros(self.n, dtype=int)
        return JudgedCases(y, costs), Decided(decisions, None, -expected[:, 0], p)

    def matrix(self) -> np.ndarray:
        if self.costs == "five":
            costs = np.random.default_rng(3).uniform(50, 1000, (5, 5))
            np.fill_diagonal(costs, 0)
            return costs
        return RARE if self.costs == "rare" else FRAUD

    def probabilities(self, n: int, rng: np.random.Generator) -> np.ndarray:
        if self.costs == "five":
            return rng.dirichlet(np.full(5, 0.15), n)
        second = rng.beta(0.2, 12, n) if self.costs == "rare" else rng.beta(0.3, 3, n)
        return np.column_stack([1 - second, second])


NO_GAP = (
    World("two classes"),
    World("mistakes dear and rare", costs="rare"),
    World("five classes", costs="five"),
    World("amounts of the case", costs="amounts"),
    World("300 cases, slices of 25", n=300, columns=1, levels=12),
    World("300 cases, rare, slices of 25", n=300, columns=1, levels=12, costs="rare"),
    World("groups of 4, across slices", size=4),
    World("groups of 4, whole in a slice", size=4, whole=True),
    World("a moved prevalence", prevalence=True),
    World("the same mean of other mistakes", columns=1, kinds=True),
    World("found automatically in 20 columns", columns=20),
)
GAPS = (
    World("1.5 times as dear, 2,000 cases", n=2000, times=1.5),
    World("twice as dear, 500 cases", n=500, times=2.0),
    World("twice as dear, 2,000 cases", n=2000, times=2.0),
    World("twice as dear, 10,000 cases", n=10_000, times=2.0),
    World("twice as dear, 2,000, 20 columns", n=2000, columns=20, times=2.0),
    World("twice as dear, 2,000 in groups of 4", n=2000, size=4, whole=True, times=2.0),
)
CALIBRATED = ((100, 1.0), (1000, 1.0), (100, 1.6), (1000, 1.6), (10_000, 1.6))


def told(rounds: int, world: World) -> float:
    """How often anything is called a gap; where there is one, how often its slice is called dearer."""
    found = 0
    for seed in range(rounds):
        cases, decided, slicing = world.drawn(np.random.default_rng(seed))
        tested = gaps_of_slices(cases, decided, slicing, LEVEL)
        if world.times > 1:
            found += tested[0][0].word == "dearer"
        else:
            found += any(one.word is not None for pair in tested for one in pair)
    return found / rounds


def covered(rounds: int, world: tuple[int, float]) -> float:
    """How often the interval holds the calibration error of the population; ``off`` multiplies logits."""
    n, off = world
    true = calibration_of(500_000, off, np.random.default_rng(1))[0]
    hits = 0
    for seed in range(rounds):
        low, high = calibration_of(n, off, np.random.default_rng(seed))[1]
        hits += low <= true <= high
    return hits / rounds


def calibration_of(n: int, off: float, rng: np.random.Generator) -> tuple:
    p = rng.beta(0.6, 1.5, n)
    stated = p**off / (p**off + (1 - p) ** off)
    if n > 100_000:  # what is true: no truths are drawn
        gaps = np.bincount(bins_of(stated), stated - p, 10)
        return float(np.abs(gaps).sum() / n), None
    found = calibration_error(stated, rng.random(n) < p)
    return found.mean, found.ends


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--rounds", type=float, default=1.0, help="times the 1,000 draws a row")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    started, rounds = time.perf_counter(), max(2, int(1000 * options.rounds))
    limit = 1 - LEVEL + 2 * np.sqrt(LEVEL * (1 - LEVEL) / rounds)
    accepted = True
    with ProcessPoolExecutor(options.processes) as pool:
        for heading, worlds in (("no gap", NO_GAP), ("a gap", GAPS)):
            print(f"{heading:38s}    told")
            worlds = [world for world in worlds if options.only in world.name]
            for world, share in zip(worlds, pool.map(partial(told, rounds), worlds), strict=True):
                print(f"  {world.name:36s}   {share:.3f}", flush=True)
                accepted &= heading != "no gap" or share <= limit
        print(f"{'calibration error':38s} covered")
        shares = pool.map(partial(covered, rounds), CALIBRATED)
        for (n, off), share in zip(CALIBRATED, shares, strict=True):
            kind = "calibrated" if off == 1 else "overconfident"
            print(f"  {f'{kind}, {n:,} cases':36s}   {share:.3f}", flush=True)
            accepted &= share >= 1 - limit
    verdict = "accepted" if accepted else "NOT ACCEPTED"
    print(f"\n{verdict}: nothing called a gap, or not covered, in more than 5 %, but for chance")
    print(f"({limit:.3f}); {rounds:,} draws a row, {time.perf_counter() - started:.0f} s")
    raise SystemExit(not accepted)


if __name__ == "__main__":
    main()
