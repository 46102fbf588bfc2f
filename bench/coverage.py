"""How often the intervals hold what they are about, and how wide they are: make bench-coverage.

    python bench/coverage.py [--rounds 1.0] [--only groups]

Every row is a kind of interval (bench/worlds.py); its ten figures are the coverage for ten values of
q, the share of cases that cost 250,000 dollars. "Width": mean width relative to percentile intervals
of the bootstrap, which do not know what a case can cost; "bootstrap": the least and the mean
coverage of those.
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import worlds
from scipy.stats import binom
from worlds import CELLS, DIFFERENCES, REACH, SHARES, chances, differing

from framework.core.uncertainty.intervals import paired_difference
from framework.core.uncertainty.multiple_comparisons import beyond_chance

LEAST, MEAN = 0.93, 0.95  # what is accepted, of every figure and of every row
BOOTSTRAPPED = 150  # draws whose bootstrap interval is computed too
WRONGLY_SURE = 0.025
FEW = (20, 50, 55)  # cases of the dear class in rows of a moved prevalence
PROCESSES = 2

Draw = Callable[[np.random.Generator, float], tuple]


def bootstrap(dollars: np.ndarray, groups: np.ndarray | None, seed: int) -> tuple[float, float]:
    """The percentile interval of 1,000 resampled parts."""
    rng = np.random.default_rng(seed)
    if groups is None:
        values, counts = np.unique(dollars, return_counts=True)
        means = rng.multinomial(len(dollars), counts / len(dollars), 1000) @ values / len(dollars)
    else:
        sizes, totals = np.bincount(groups), np.bincount(groups, weights=dollars)
        drawn = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), 1000)
        means = (drawn @ totals) / (drawn @ sizes)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def coverage(draw: Draw, rounds: int) -> tuple[list[float], list[float], float | None]:
    """For every q: the share of intervals that hold the truth, and of bootstrap ones; the widths."""
    ours, theirs, widths = [], [], []
    for q in SHARES:
        rng = np.random.default_rng(7)
        held, old = [], []
        for number in range(rounds):
            ends, truth, dollars, groups = draw(rng, q)
            if ends is None:
                continue
            held.append(ends[0] <= truth <= ends[1])
            if dollars is not None and number < BOOTSTRAPPED:
                low, high = bootstrap(dollars, groups, number)
                old.append(low <= truth <= high)
                widths.append((ends[1] - ends[0], high - low))
        ours.append(float(np.mean(held)) if held else np.nan)
        if old:
            theirs.append(float(np.mean(old)))
    ratio = None
    if widths:
        new, before = np.array(widths).mean(axis=0)
        ratio = float(new / before)
    return ours, theirs, ratio


def whole_numbers(n: int) -> list[float]:
    """For every q: the least that limits by the number of dear mistakes among n cases can hold, if they
    are to hold 95 % there: numbers are whole, and of few cases one number more is much.
    """
    held = []
    for q in SHARES:
        below = np.append(0.0, np.cumsum(binom.pmf(np.arange(n + 1), n, q)))
        between = np.triu(below[None, 1:] - below[:-1, None])
        held.append(float(between[between >= 0.95].min()))
    return held


def wrongly_sure(n: int, rounds: int) -> list[float]:
    """For every q: how often the dearer of two is called cheaper with a probability over .975."""
    said = []
    for q in SHARES:
        rng, truth = np.random.default_rng(8), differing(q) @ DIFFERENCES
        wrong = 0
        for _ in range(rounds):
            first = rng.choice(DIFFERENCES, n, p=differing(q))
            p = paired_difference(first, np.zeros(n), REACH).probability_cheaper
            wrong += (p if truth < 0 else 1 - p) > 1 - WRONGLY_SURE
        said.append(wrong / rounds)
    return said


def squared_errors(n: int, rounds: int) -> tuple[float, float]:
    """Of the probability that the first is cheaper, and of its share among bootstrap parts.

    Which of the two really is the cheaper one is drawn, too.
    """
    rng, errors = np.random.default_rng(10), []
    for q in SHARES:
        for _ in range(rounds):
            p = np.append(0.0, np.array([0.06, 0.03, q, q]) * rng.uniform(0.5, 2, 4))
            p[0] = 1 - p.sum()
            first = rng.choice(DIFFERENCES, n, p=p)
            stated = paired_difference(first, np.zeros(n), REACH).probability_cheaper
            values, counts = np.unique(first, return_counts=True)
            means = rng.multinomial(n, counts / n, 400) @ values
            share = (means > 0).mean() + (means == 0).mean() / 2
            errors.append((np.array([stated, share]) - (p @ DIFFERENCES > 0)) ** 2)
    ours, theirs = np.mean(errors, axis=0)
    return float(ours), float(theirs)


def wrong_looks(n: int, looks: int, rounds: int) -> list[float]:
    """For every q: how often any of many looks at equally good models calls one of them cheaper."""
    said = []
    for q in SHARES:
        rng, wrong = np.random.default_rng(9), 0
        for _ in range(rounds):
            first, second = rng.choice(CELLS, (2, looks, n), p=chances(q))
            found = [paired_difference(a, b, REACH) for a, b in zip(first, second, strict=True)]
            wrong += any(beyond_chance(found))
        said.append(wrong / rounds)
    return said


ROWS: tuple[tuple[str, Draw, int], ...] = (
    ("one model, 143 cases", partial(worlds.single, 143), 1500),
    ("one model, 500 cases", partial(worlds.single, 500), 1500),
    ("ten matrices of 5 classes, 143 cases", partial(worlds.matrices, 143), 1000),
    ("ten matrices of 5 classes, 500 cases", partial(worlds.matrices, 500), 1000),
    ("costs of the case, 143 cases", partial(worlds.priced, 143), 1000),
    ("costs of the case, 500 cases", partial(worlds.priced, 500), 1000),
    ("two models on the same 143 cases", partial(worlds.paired, 143), 1000),
    ("two models on the same 500 cases", partial(worlds.paired, 500), 1000),
    ("two models on other cases, 143 and 286", partial(worlds.unpaired, 143), 1000),
    ("15 groups of 10, correlation .1", partial(worlds.grouped, 15, 10, 0.1, True), 400),
    ("40 groups of 10, correlation .3", partial(worlds.grouped, 40, 10, 0.3, True), 400),
    ("40 groups of 10, correlation .8", partial(worlds.grouped, 40, 10, 0.8, True), 400),
    ("30 groups of 50, correlation .3", partial(worlds.grouped, 30, 50, 0.3, True), 400),
    ("30 groups of 50, correlation .8", partial(worlds.grouped, 30, 50, 0.8, True), 400),
    ("40 groups of 1 to 50, correlation .3", partial(worlds.grouped, 40, 10, 0.3, False), 400),
    ("mean over 3 seeds, 143 cases", partial(worlds.seeded, 3, 143), 400),
    ("mean over 10 seeds, 143 cases", partial(worlds.seeded, 10, 143), 400),
    ("mean over 5 seeds, 500 cases", partial(worlds.seeded, 5, 500), 400),
    ("88 and 55 cases, the rarer to be 0.6%", partial(worlds.mixed, (88, 55), 0.006, 1), 1000),
    ("88 and 55 cases, the rarer to be 50%", partial(worlds.mixed, (88, 55), 0.5, 1), 1000),
    ("950 and 50 cases, the rarer to be 50%", partial(worlds.mixed, (950, 50), 0.5, 1), 1000),
    ("5 classes of 60, one to be 1%", partial(worlds.mixed, (60,) * 5, 0.01, 1), 1000),
    ("43 classes of 20, one to be 10%", partial(worlds.mixed, (20,) * 43, 0.1, 1), 400),
    ("groups of 4, one class to be 2%", partial(worlds.mixed, (400, 200), 0.02, 4), 400),
    ("break-even point, 143 cases", partial(worlds.crossing, 143), 400),
    ("break-even point, 500 cases", partial(worlds.crossing, 500), 400),
    ("importance, 143 cases, 10 shuffles", partial(worlds.important, 143), 400),
    ("cheapest of 10 on 143 cases", partial(worlds.chosen, 10, 143, 0.0), 1000),
    ("cheapest of 4 on 500 cases, half shared", partial(worlds.chosen, 4, 500, 0.5), 1000),
    (
        "dearest against cheapest of 5, 143 cases",
        partial(worlds.against_the_chosen, 5, 143, 0.5),
        500,
    ),
    (
        "dearest against cheapest of 5, 500 cases",
        partial(worlds.against_the_chosen, 5, 500, 0.5),
        500,
    ),
)


def figures(shares: list[float]) -> str:
    return " ".join(f"{share:.3f}".lstrip("0").rjust(5) for share in shares)


def told(name: str, ours: list[float], theirs: list[float], ratio: float | None) -> bool:
    """Print a row; whether it is accepted."""
    least, mean = float(np.nanmin(ours)), float(np.nanmean(ours))
    old = f"{min(theirs):.2f} {np.mean(theirs):.2f}" if theirs else ""
    width = "" if ratio is None else f"{ratio:.2f}"
    print(f"{name:42s} {figures(ours)}   {least:.3f}  {mean:.3f}  {width:>5}  {old}", flush=True)
    return least >= LEAST and mean >= MEAN


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--rounds", type=float, default=1.0, help="times the draws of each row")
    options = parser.parse_args()
    more, started = options.rounds, time.perf_counter()
    print(
        f"{'95% intervals; coverage for q =':42s} {' '.join(f'{100 * q:5.2g}' for q in SHARES)} %"
    )
    print(f"{'':42s} {'':59s}   least   mean  width  bootstrap")
    accepted = True
    rows = [(name, draw, max(1, int(more * rounds))) for name, draw, rounds in ROWS]
    rows = [row for row in rows if options.only in row[0]]
    sizes, looks = (143, 500), max(1, int(more * 100))
    with ProcessPoolExecutor(PROCESSES) as pool:
        found = pool.map(coverage, *zip(*((draw, rounds) for _, draw, rounds in rows), strict=True))
        sure = [pool.submit(wrongly_sure, n, 10 * looks) for n in sizes]
        squares = [pool.submit(squared_errors, n, looks) for n in sizes]
        chance = pool.submit(wrong_looks, 143, 20, looks)
        for (name, *_), of_row in zip(rows, found, strict=True):
            accepted &= told(name, *of_row)
        print()
        for n in FEW:
            held = whole_numbers(n)
            name = f"any 95 % limits by counts of {n} cases"
            print(f"{name:42s} {figures(held)}   {min(held):.3f}  {np.mean(held):.3f}")
        for n, called, errors in zip(sizes, sure, squares, strict=True):
            accepted &= max(called.result()) <= WRONGLY_SURE
            name = f"the dearer one called cheaper, P > .975, {n}"
            print(f"{name:42s} {figures(called.result())}   at most {WRONGLY_SURE}")
            ours, theirs = errors.result()
            print(
                f"{f'squared error of P(cheaper), {n} cases':42s} {ours:.3f}, of the bootstrap's "
                f"share {theirs:.3f}, of always one half .250"
            )
        accepted &= max(chance.result()) <= 1 - MEAN
    print(f"{'any of 20 looks wrong, 143 cases':42s} {figures(chance.result())}   at most 0.05")
    print(
        f"\n{'accepted' if accepted else 'NOT ACCEPTED'}: every figure >= {LEAST}, every mean >= {MEAN};"
    )
    print(f"{time.perf_counter() - started:.0f} s")
    raise SystemExit(not accepted)


if __name__ == "__main__":
    main()
