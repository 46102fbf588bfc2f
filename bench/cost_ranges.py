"""How fast models are compared under plausible costs, and whether what is said of them is so: make bench.

python bench/cost_ranges.py

Ends with 1 where a figure is not that of deciding one drawn matrix after another, or a robust decision loses
more over held-out costs than the likely one in what it is made for.
"""

import time

import numpy as np

from framework.core.case_costs import case_costs, expected_costs
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.uncertain_costs.minimax_regret import largest_regrets, minimax_regret
from framework.core.uncertain_costs.plausible_costs import (
    ComparedModel,
    Plausible,
    compare_under_ranges,
)
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts

CASES, DRAWS, MODELS = 10_000, 10_000, 5


def matrix(n_classes: int, seed: int, even: bool = False) -> CostMatrix:
    """Every mistake is a range, skewed towards dear ones, some more than others; ``even``: all alike."""
    rng = np.random.default_rng(seed)
    most = np.full((n_classes, n_classes), 5.0)
    if not even:
        most = rng.uniform(1.2, 15, most.shape)
    likely = rng.lognormal(2, 1, (n_classes, n_classes)) * (1 - np.eye(n_classes))
    cells = [
        [{"low": 0.4 * c, "likely": c, "high": m * c} if c else 0 for c, m in zip(*of, strict=True)]
        for of in zip(likely.tolist(), most.tolist(), strict=True)
    ]
    labels = [f"class {k}" for k in range(n_classes)]
    return CostMatrix.from_dict({"name": "bench", "labels": labels, "costs": cells})


def world(
    n_classes: int, n: int, seed: int, even: bool = False
) -> tuple[Plausible, dict[str, ComparedModel]]:
    """True probabilities, truths drawn from them, and models that know them less and less."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(n_classes, 0.3), n)
    y = (rng.random(n)[:, None] > np.cumsum(p, axis=1)).sum(axis=1).clip(max=n_classes - 1)
    costs = matrix(n_classes, seed, even)
    dollars = costs.dollar_costs()
    models = {}
    for k in range(MODELS):
        noisy = p * rng.lognormal(0, 0.3 * k, p.shape) + 1e-9
        noisy /= noisy.sum(axis=1, keepdims=True)
        models[f"noise {0.3 * k:.1f}"] = ComparedModel(minimum_expected_cost(noisy, dollars), noisy)
    return Plausible(JudgedCases(y, dollars), dollars, UncertainCosts.of(costs)), models


def one_by_one(
    plausible: Plausible, models: dict[str, ComparedModel], drawn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What each model loses by each drawn matrix, and what the first would save by knowing it."""
    y, numbers = plausible.cases.y, plausible.numbers
    lost, saved = np.zeros((len(models), len(drawn))), np.zeros(len(drawn))
    p = next(iter(models.values())).probabilities
    every = np.arange(len(y))
    now = minimum_expected_cost(p, numbers.moved(plausible.known, numbers.means))
    for d, at in enumerate(drawn):
        costs = numbers.moved(plausible.known, at)
        for k, one in enumerate(models.values()):
            decided = minimum_expected_cost(one.probabilities, costs)
            lost[k, d] = case_costs(y, decided, costs).mean()
        expected = expected_costs(p, costs)
        saved[d] = (expected[every, now] - expected.min(axis=1)).mean()
    return lost, saved


def check_figures() -> bool:
    """Shares and the value of information, against 2,000 other draws decided one by one."""
    good = True
    for n_classes, seed in ((2, 0), (2, 1), (4, 2)):
        plausible, models = world(n_classes, 2000, seed)
        p = models["noise 0.0"].probabilities
        found = compare_under_ranges(plausible, models, "noise 0.0", p, DRAWS, seed)
        rng = np.random.default_rng(100 + seed)
        uniform = rng.random((2000, len(plausible.numbers)))  # plain draws, no hypercube
        ranges = plausible.numbers.ranges
        drawn = np.stack([one.drawn(u) for one, u in zip(ranges, uniform.T, strict=True)], axis=1)
        lost, saved = one_by_one(plausible, models, drawn)
        shares = np.bincount(lost.argmin(axis=0), minlength=MODELS) / len(drawn)
        off = max(abs(a - one.cheapest) for a, one in zip(shares, found.models, strict=False))
        error = saved.std() / len(saved) ** 0.5
        close = off < 0.04 and abs(saved.mean() - found.worth) < 4 * error
        good &= close
        print(
            f"{n_classes} classes, seed {seed}: shares off by at most {off:.3f}; worth {found.worth:.4f}, "
            f"one by one {saved.mean():.4f} +- {error:.4f}"
        )
    return good


def check_robust() -> bool:
    """Over 1,000 held-out draws, what each way to decide is expected to lose above the best, and at most."""
    good = True
    print(
        "\nheld out: lost above decisions made with the costs known, a case: mean, each case's worst draw"
    )
    for n_classes, even in ((2, False), (4, False), (8, False), (4, True)):
        means, worsts = [], []
        for seed in range(8):
            plausible, models = world(n_classes, 1000, 10 + seed, even)
            p, numbers = models["noise 0.0"].probabilities, plausible.numbers
            every = np.arange(len(p))
            ways = [
                minimum_expected_cost(p, numbers.moved(plausible.known, numbers.likely)),
                minimum_expected_cost(p, numbers.moved(plausible.known, numbers.means)),
                minimax_regret(p, plausible.known, numbers),
            ]
            regrets = np.zeros((3, len(p)))
            largest = np.zeros((3, len(p)))
            for at in numbers.draws(1000, 999 + seed):
                expected = expected_costs(p, numbers.moved(plausible.known, at))
                least = expected.min(axis=1)
                for k, decided in enumerate(ways):
                    above = expected[every, decided] - least
                    regrets[k] += above / 1000
                    largest[k] = np.maximum(largest[k], above)
            bound = largest_regrets(p, plausible.known, numbers)[every, ways[2]]
            good &= bool((largest[2] <= bound + 1e-9).all())
            means.append(regrets.mean(axis=1))
            worsts.append(largest.mean(axis=1))
        mean, worst = np.mean(means, axis=0), np.mean(worsts, axis=0)
        good &= even or bool(mean[1] < mean[0] and worst[2] < worst[0])
        names = ("likely", "expected", "regret")
        told = (f"{n} {a:.3f}, {b:.2f}" for n, a, b in zip(names, mean, worst, strict=True))
        skew = ", all ranges alike" * even
        print(f"{n_classes} classes{skew}: {'; '.join(told)}")
    return good


def main() -> None:
    for n_classes in (2, 5):
        plausible, models = world(n_classes, CASES, 0)
        p = models["noise 0.0"].probabilities
        started, before = time.perf_counter(), time.process_time()
        compare_under_ranges(plausible, models, "noise 0.0", p, DRAWS)
        seconds, of_processor = time.perf_counter() - started, time.process_time() - before
        print(
            f"{DRAWS:,} draws x {MODELS} models x {CASES:,} cases, {n_classes} classes, "
            f"{len(plausible.numbers)} ranges: {seconds:.1f} s, {of_processor:.1f} s of "
            "processor time"
        )
    good = check_figures()
    good &= check_robust()
    print("accepted" if good else "NOT ACCEPTED")
    raise SystemExit(not good)


if __name__ == "__main__":
    main()
