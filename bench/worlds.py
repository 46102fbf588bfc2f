"""What is drawn in bench/coverage.py: cases whose true dollars are known, and their intervals.

Cases cost 0, 1,288 (one in ten) or 250,000 dollars (a share q of them), unless a world says
otherwise. Each function draws once and gives the two ends, what they should hold, and the dollars
and groups for the bootstrap interval of the same (None: there is none to compare with).
"""

import numpy as np

from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.uncertainty.intervals import (
    mean_interval,
    paired_difference,
    reach,
    support,
    unpaired_difference,
)
from framework.core.uncertainty.multiple_comparisons import level_of_best
from framework.studies.explanation.permutation_importance import orders, shuffled
from framework.studies.sweeping.break_even import break_even_interval

CELLS = np.array([0.0, -1288.0, -250_000.0])
SUPPORT, REACH = (-250_000.0, 0.0), 250_000.0
SHARES = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.02, 0.03, 0.05)


def chances(q: float) -> np.ndarray:
    return np.array([0.9 - q, 0.1, q])


def single(n: int, rng: np.random.Generator, q: float) -> tuple:
    dollars = rng.choice(CELLS, n, p=chances(q))
    return mean_interval(dollars, SUPPORT).ends, chances(q) @ CELLS, dollars, None


def matrices(n: int, rng: np.random.Generator, q: float) -> tuple:
    """Five classes; q only numbers the matrices."""
    own = np.random.default_rng(SHARES.index(q))
    costs = own.lognormal(5, 1.5, (5, 5)) * (1 - np.eye(5))
    cells = 0.3 * own.dirichlet(np.full(25, 0.1)) + 0.7 * np.diag(own.dirichlet(np.ones(5))).ravel()
    dollars = rng.choice(-costs.ravel(), n, p=cells)
    return mean_interval(dollars, support(costs)).ends, -cells @ costs.ravel(), dollars, None


def mixed(
    counts: tuple[int, ...], share: float, size: int, rng: np.random.Generator, q: float
) -> tuple:
    """At another prevalence: the last class, of which q of the cases cost 250,000, has the ``share``; the
    others, of which one case in ten costs 1,288, keep their proportions. Groups of ``size`` cases of a
    class, which go wrong together half of the time.
    """
    y = np.repeat(np.arange(len(counts)), counts)
    rest = np.array(counts[:-1]) / sum(counts[:-1])
    target = np.append((1 - share) * rest, share)
    costs = np.array([[0.0, 1288.0]] * (len(counts) - 1) + [[250_000.0, 0.0]])
    wrong = np.append(np.full(len(counts) - 1, 0.1), q)
    groups = np.concatenate([k * len(y) + np.arange(n) // size for k, n in enumerate(counts)])
    _, groups = np.unique(groups, return_inverse=True)
    drawn = rng.random(len(y))
    if size > 1:
        of_groups = groups.max() + 1
        together = rng.random(of_groups)[groups] < 0.5
        drawn = np.where(together, rng.random(of_groups)[groups], drawn)
    price = costs.max(axis=1)
    dollars = np.where(drawn < wrong[y], -price[y], 0.0)
    cases = JudgedCases(y, costs, groups if size > 1 else None, target)
    return cases.interval(dollars).ends, -float(target @ (wrong * price)), None, None


def priced(n: int, rng: np.random.Generator, q: float) -> tuple:
    """A missed case costs its own amount; what a case can cost is known from these cases alone."""
    amounts = rng.lognormal(10, 1, n)
    kind = rng.choice(3, n, p=chances(q))
    dollars = np.choose(kind, (0.0, -1288.0, -amounts))
    truth = -128.8 - q * np.exp(10.5)
    return mean_interval(dollars, (-amounts.max(), 0.0)).ends, truth, dollars, None


DIFFERENCES = np.array([0.0, -1288.0, 1288.0, -250_000.0, 250_000.0])


def differing(q: float) -> np.ndarray:
    """The first is wrong where the second is not, and the other way round."""
    return np.array([0.91 - 2.5 * q, 0.06, 0.03, q, 1.5 * q])


def paired(n: int, rng: np.random.Generator, q: float) -> tuple:
    first = rng.choice(DIFFERENCES, n, p=differing(q))
    found = paired_difference(first, np.zeros(n), REACH).interval
    return found.ends, differing(q) @ DIFFERENCES, first, None


def unpaired(n: int, rng: np.random.Generator, q: float) -> tuple:
    first, second = (rng.choice(CELLS, m, p=chances(x)) for m, x in ((n, q), (2 * n, q / 2)))
    found = unpaired_difference(first, second, (SUPPORT, SUPPORT)).interval
    return found.ends, (chances(q) - chances(q / 2)) @ CELLS, None, None


def grouped(
    n_groups: int, size: int, alike: float, even: bool, rng: np.random.Generator, q: float
) -> tuple:
    """Shares differ from group to group (Dirichlet), so that its cases correlate by ``alike``."""
    sizes = np.full(n_groups, size) if even else rng.geometric(1 / size, n_groups)
    groups = np.repeat(np.arange(n_groups), sizes)
    shares = rng.dirichlet(chances(q) * (1 / alike - 1), n_groups)[groups]
    kind = (rng.random(len(groups))[:, None] > np.cumsum(shares, axis=1)).sum(axis=1)
    dollars = CELLS[np.minimum(kind, 2)]
    return mean_interval(dollars, SUPPORT, groups).ends, chances(q) @ CELLS, dollars, groups


def seeded(n_seeds: int, n: int, rng: np.random.Generator, q: float) -> tuple:
    """A case is hard for all seeds alike; how many of the hard ones a seed fails differs by seed."""
    kind = rng.choice(3, n, p=[0.8 - 2 * q, 0.2, 2 * q])
    fails = rng.uniform(0.2, 0.8, (n_seeds, 3))[:, kind]
    dollars = np.where(rng.random((n_seeds, n)) < fails, CELLS[kind], 0.0)
    return mean_interval(dollars, SUPPORT).ends, chances(q) @ CELLS, dollars[0], None


def crossing(n: int, rng: np.random.Generator, q: float) -> tuple:
    """The first misses q, the second 2.5 q as often; false alarms .06 against .03."""
    kind = rng.choice(5, n, p=differing(q))
    constant = np.array([0.0, -1.0, 1.0, 0.0, 0.0])[kind]
    slope = np.array([0.0, 0.0, 0.0, -1.0, 1.0])[kind]
    if slope.sum() == 0:
        return None, 0.0, None, None  # no break-even point is told
    first = np.sign(slope.sum())
    low, high = break_even_interval(first * constant, first * slope, lambda value: max(1.0, value))
    if first < 0:  # the cases turn the two round: whatever is told for sure is wrong
        low, high = (0.0, np.inf) if low == 0 and high == np.inf else (np.nan, np.nan)
    return (low, high), 0.03 / (0.5 * q), None, None


def important(n: int, rng: np.random.Generator, q: float) -> tuple:
    """A feature the model uses and that means nothing: in the population it is worth 0 dollars."""
    X = rng.normal(size=(n, 2))
    truth = (rng.random(n) < np.minimum(1, 12 * q * np.exp(X[:, 0] - 0.5))).astype(int)
    costs = np.array([[0.0, 1288.0], [250_000.0, 0.0]])

    def cost(X: np.ndarray) -> np.ndarray:
        return costs[truth, (X[..., 0] + 0.7 * X[..., 1] > 0).astype(int)]

    more = cost(shuffled(X, (1,), orders(n, 10, (int(rng.integers(2**31)),)))) - cost(X)
    ends = mean_interval(more, (-reach(costs), reach(costs))).ends
    return ends, 0.0, more.mean(axis=0), None


def chosen(k: int, n: int, alike: float, rng: np.random.Generator, q: float) -> tuple:
    """The cheapest of k equally good models on the cases; ``alike``: mistakes they share."""
    shared = rng.choice(CELLS, n, p=chances(q))
    own = rng.choice(CELLS, (k, n), p=chances(q))
    dollars = np.where(rng.random((k, n)) < alike, shared, own)
    best = dollars[dollars.mean(axis=1).argmax()]
    ends = mean_interval(best, SUPPORT, level=level_of_best(k)).ends
    return ends, chances(q) @ CELLS, best, None


def against_the_chosen(k: int, n: int, alike: float, rng: np.random.Generator, q: float) -> tuple:
    """What the dearest of k equally good ones costs more than the cheapest: in truth nothing."""
    shared = rng.choice(CELLS, n, p=chances(q))
    dollars = np.where(rng.random((k, n)) < alike, shared, rng.choice(CELLS, (k, n), p=chances(q)))
    best, *_, last = dollars[np.argsort(-dollars.mean(axis=1), kind="stable")]
    found = paired_difference(best, last, REACH, level=level_of_best(k - 1))
    return found.interval.ends, 0.0, best - last, None
