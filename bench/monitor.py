"""How often the monitor raises a false alarm, and how soon it calls a loss: make bench-coverage.

    python bench/monitor.py [--rounds 1.0] [--only fraud]

Each row is a kind of world (costs, probabilities) of 500 cases a week. False: alarms in 52 weekly looks at a
promise that is kept, once with what was stated of each case, once with one figure for all. Called: alarms
within 6 weeks of the first in which 20 % more is lost than promised, at once and after ten weeks that were
as promised. More is lost because the dearer truths are likelier everywhere ("odds"), the last class is
("mix"), or some cases have nothing to do with their probabilities ("noise"). Oracle: how often a test could
call it that looks once, after 6 weeks, and knows both distributions but for the size of the sample (a normal
bound of the mean); "deviation" is that of a case's dollars around the promise, in times of the promise.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist

import numpy as np

from framework.core.case_costs import costs_of_decisions, expected_costs
from framework.core.monitoring.decided_cases import DecidedCases
from framework.core.monitoring.weekly import alarm_of

WEEKS, SOON, QUIET, MORE, LEVEL = 52, 6, 10, 1.2, 0.05
POPULATION = 100_000
FIVE = np.random.default_rng(3).uniform(50, 1000, (5, 5)) * (1 - np.eye(5))


@dataclass(frozen=True)
class World:
    """``beta``: of the probability of the second class; or ``wrong``, the same in all cases."""

    name: str
    costs: tuple[tuple[float, ...], ...] = ()
    beta: tuple[float, float] = (0.3, 3.0)
    wrong: float | None = None
    kinds: tuple[str, ...] = ("odds", "mix", "noise")

    def matrix(self) -> np.ndarray:
        return np.array(self.costs) if self.costs else FIVE

    def stated(self, n: int, rng: np.random.Generator) -> np.ndarray:
        if not self.costs:
            return rng.dirichlet(np.full(5, 0.15), n)
        second = rng.beta(*self.beta, n) if self.wrong is None else np.full(n, self.wrong)
        return np.column_stack([1 - second, second])


WORLDS = (
    World("credit: 5 to 1, 30 % bad", ((0, 1), (5, 0)), (1.2, 2.8)),
    World("five classes"),
    World("fraud: 10 and 200", ((0, 10), (200, 0))),
    World("fraud with referrals", ((0, 10, 4), (200, 0, 4))),
    World("one mistake in 6", ((0, 1000), (100, 0)), wrong=0.15, kinds=("odds",)),
    World("one mistake in 10", ((0, 1000), (100, 0)), wrong=0.1, kinds=("odds",)),
    World("one mistake in 20", ((0, 1000), (100, 0)), wrong=0.05, kinds=("odds",)),
    World("one mistake in 50", ((0, 1000), (100, 0)), wrong=0.02, kinds=("odds",)),
    World("rare and dear: 1,288 and 252,000", ((0, 1288), (252_000, 0)), (0.2, 12.0)),
)


def worse(kind: str, stated: np.ndarray, by_truth: np.ndarray, much: float) -> np.ndarray:
    """True probabilities where more is lost than the ``stated`` ones promise."""
    if kind == "noise":
        return stated * (1 - much) + much * stated.mean(axis=0)
    times = np.ones(stated.shape[1])
    times[-1] = 1 + much
    if kind == "odds":
        times = np.where(by_truth > by_truth.min(axis=1, keepdims=True), 1 + much, 1.0)
    found = stated * times
    return found / found.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Drawn:
    stated: np.ndarray
    decisions: np.ndarray
    by_truth: np.ndarray
    promised: np.ndarray

    @classmethod
    def of(cls, world: World, n: int, rng: np.random.Generator) -> "Drawn":
        stated = world.stated(n, rng)
        expected = expected_costs(stated, world.matrix())
        decisions = expected.argmin(axis=1)
        by_truth = costs_of_decisions(decisions, world.matrix())
        return cls(stated, decisions, by_truth, expected[np.arange(n), decisions])


def much_of(world: World, kind: str) -> float | None:
    """So much of a change that MORE times the promise is lost; None where none does that."""
    all_of_them = Drawn.of(world, POPULATION, np.random.default_rng(7))
    top = 1.0 if kind == "noise" else 99.0
    lost = partial(lambda much: np.mean(_lost(kind, all_of_them, much)))
    if lost(top) < MORE * all_of_them.promised.mean():
        return None
    low = 0.0
    for _ in range(40):
        middle = (low + top) / 2
        low, top = (
            (low, middle) if lost(middle) > MORE * all_of_them.promised.mean() else (middle, top)
        )
    return top


def _lost(kind: str, drawn: Drawn, much: float) -> np.ndarray:
    return (worse(kind, drawn.stated, drawn.by_truth, much) * drawn.by_truth).sum(axis=1)


def first_alarm(
    world: World, weeks: int, seed: int, change: tuple[str, float, int] | None, figure: float | None
) -> float:
    """The week, from 0, at whose end an alarm is first there; infinite if none is."""
    n = CASES * weeks
    rng = np.random.default_rng(seed)
    drawn = Drawn.of(world, n, rng)
    week = np.repeat(np.arange(weeks), CASES)
    true = drawn.stated
    if change is not None:
        kind, much, since = change
        true = np.where((week >= since)[:, None], worse(kind, true, drawn.by_truth, much), true)
    y = (rng.random(n)[:, None] > np.cumsum(true, axis=1)[:, :-1]).sum(axis=1)
    days = 4.0 + 7 * week  # all known at the end of their week
    cases = DecidedCases(drawn.stated, drawn.decisions, world.matrix(), days, y, days)
    alarm = alarm_of(cases, figure, LEVEL)
    return float(np.argmax(alarm.log_wealth >= -np.log(LEVEL))) if alarm.raised else np.inf


def false_alarms(world: World, times: int, one_figure: bool) -> float:
    """The share of years with an alarm, the promise being kept."""
    population = Drawn.of(world, POPULATION, np.random.default_rng(7))
    figure = float(population.promised.mean()) if one_figure else None
    return float(
        np.mean([first_alarm(world, WEEKS, seed, None, figure) < WEEKS for seed in range(times)])
    )


def called(world: World, kind: str, times: int, since: int = 0) -> float:
    """The share of worlds in which the loss is called within 6 weeks."""
    much = much_of(world, kind)
    if much is None:
        return np.nan
    found = [
        first_alarm(world, since + SOON, 5000 + seed, (kind, much, since), None)
        for seed in range(times)
    ]
    return float(np.mean([since <= week < np.inf for week in found]))


def deviation(world: World) -> float:
    """Of a case's dollars lost around its promise, in times of the mean promise."""
    drawn = Drawn.of(world, POPULATION, np.random.default_rng(7))
    squares = drawn.stated * (drawn.by_truth - drawn.promised[:, None]) ** 2
    return float(np.sqrt(squares.sum(axis=1).mean()) / drawn.promised.mean())


def oracle(of_deviation: float) -> float:
    """Power of the best test of one look at the mean of 6 weeks, at the same level."""
    away = (MORE - 1) * np.sqrt(SOON * CASES) / of_deviation
    return NormalDist().cdf(away - NormalDist().inv_cdf(1 - LEVEL))


def row(times: int, world: World) -> str:
    of = deviation(world)
    told = [called(world, kind, times) for kind in world.kinds]
    told += [np.nan] * (3 - len(told))
    later = called(world, "odds", times, QUIET)
    wrong = [false_alarms(world, times, one_figure) for one_figure in (False, True)]
    cells = [
        f"{value:7.3f}" if np.isfinite(value) else f"{'-':>7s}" for value in (*wrong, *told, later)
    ]
    return f"{world.name:34s} {of:6.1f} {oracle(of):7.2f} {' '.join(cells)}"


CASES = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--rounds", type=float, default=1.0, help="times the 500 draws of a row")
    options = parser.parse_args()
    times, started = max(2, int(500 * options.rounds)), time.perf_counter()
    worlds = [world for world in WORLDS if options.only in world.name]
    head = "deviation oracle   false 1 figure   odds    mix   noise after 10"
    print(f"{'500 cases a week, 20 % more lost':32s} {head}")
    worst = 0.0
    with ProcessPoolExecutor(1) as pool:
        for line in pool.map(partial(row, times), worlds):
            print(line, flush=True)
            worst = max(worst, float(line[49:57]), float(line[57:65]))
    limit = 0.05 + 2 * np.sqrt(0.05 * 0.95 / times)
    print(f"\n{'accepted' if worst <= limit else 'NOT ACCEPTED'}: false alarms {worst:.3f} at most")
    print(f"{time.perf_counter() - started:.0f} s")
    raise SystemExit(int(worst > limit))


if __name__ == "__main__":
    main()
