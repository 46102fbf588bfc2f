"""How often certified promises are broken, and how many referrals they take: make bench-coverage.

    python bench/promises.py [--rounds 1.0] [--only rare] [--method betting]

Each row is a kind of world (classes, costs, a model of their probabilities). The promise lies between
what the cheapest policy and no referrals lose; 1,000 times the policy is certified on n cases. Broken:
the certified policy loses more than the promise in the population. Referred: times what someone refers
who knows the population. "Tight": the promise is what the cheapest policy loses, so that any certificate
of it is a matter of chance.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from framework.core.case_costs import case_costs, expected_costs
from framework.core.costs.prevalence import moved
from framework.core.evaluation.certifying import certify_cases, thresholds, with_referrals
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.promise import Promise

POPULATION = 400_000
FRAUD = np.array([[0.0, 10.0, 4.0], [200.0, 0.0, 4.0]])
RARE = np.array([[0.0, 1288.0, 900.0], [252_000.0, 0.0, 900.0]])
ACTIONS = np.array([[0.0, 300.0, 1288.0, 700.0], [252_000.0, 60_000.0, 35_280.0, 36_000.0]])
MOVED = np.array([0.9, 0.1])


@dataclass(frozen=True)
class World:
    """``part``: where the promise lies from what is least (0) to what no referrals lose (1)."""

    name: str
    n: int = 2000
    part: float = 0.5
    classes: int = 2
    costs: str = "fraud"
    off: float = 1.0  # what the model multiplies its logits by
    size: int = 1  # of groups
    prevalence: bool = False
    amounts: bool = False

    def matrix(self) -> np.ndarray:
        if self.classes > 2:
            rng = np.random.default_rng(3)
            costs = rng.uniform(50, 1000, (self.classes, self.classes))
            np.fill_diagonal(costs, 0)
            return np.column_stack([costs, np.full(self.classes, 60.0)])
        return {"fraud": FRAUD, "rare": RARE, "actions": ACTIONS}[self.costs]

    def drawn(self, n: int, rng: np.random.Generator) -> tuple:
        """Truths, stated probabilities, costs and groups of n cases."""
        of_groups = n // self.size
        if self.classes > 2:
            p = rng.dirichlet(np.full(self.classes, 0.15), of_groups)
        else:
            second = (
                rng.beta(0.3, 3, of_groups)
                if self.costs != "rare"
                else rng.beta(0.2, 12, of_groups)
            )
            p = np.column_stack([1 - second, second])
        group = np.repeat(np.arange(of_groups), self.size)
        p = p[group]
        u = rng.random(n)
        if self.size > 1:  # half of the groups are of one kind
            u = np.where(rng.random(of_groups)[group] < 0.5, rng.random(of_groups)[group], u)
        y = (u[:, None] > np.cumsum(p, axis=1)[:, :-1]).sum(axis=1)
        stated = np.maximum(p, 1e-9) ** self.off
        stated /= stated.sum(axis=1, keepdims=True)
        costs = self.matrix()
        if self.amounts:
            costs = np.repeat(costs[None], n, axis=0)
            costs[:, 1, 0] = np.minimum(rng.lognormal(4.8, 1, n), 2000)
        return y, stated, costs, group if self.size > 1 else None

    def judged(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, JudgedCases]:
        """Expected costs by the model, at the shares that are meant, and the cases."""
        y, stated, costs, groups = self.drawn(n, rng)
        target = MOVED if self.prevalence else None
        if target is not None:
            stated = moved(stated, np.array([10 / 11, 1 / 11]), target)
        return expected_costs(stated, costs), JudgedCases(y, costs, groups, target)

    def population(self) -> tuple[list, np.ndarray, np.ndarray]:
        """Thresholds, and what each loses and refers."""
        expected, cases = self.judged(POPULATION, np.random.default_rng(11))
        weights = cases.weights[cases.y] / len(cases.y)
        found = []
        for above in thresholds(self.top()):
            decisions, referred = with_referrals(expected, above)
            lost = case_costs(cases.y, decisions, cases.costs)
            found.append((cases.mean(lost), float(weights @ referred)))
        risk, referred = np.array(found).T
        return thresholds(self.top()), risk, referred

    def top(self) -> np.ndarray:
        return np.array([[2000.0]]) if self.amounts else self.matrix()


def figures(rounds: float, method: str, world: World) -> tuple[float, ...]:
    """Promise, share kept, share broken, referrals as a multiple of the oracle's, the oracle's."""
    grid, risk, referred = world.population()
    most = risk[0] + world.part * (risk[-1] - risk[0])
    oracle = float(referred[risk <= most].min())
    kept, broken, shares_referred = 0, 0, []
    times = max(2, int(1000 * rounds))
    for seed in range(times):
        expected, cases = world.judged(world.n, np.random.default_rng(1000 + seed))
        found = certify_cases(expected, cases, Promise(float(most)), method)
        if not found.kept:
            continue
        kept += 1
        at = int(
            np.argmin(
                [
                    np.inf
                    if (g is None) != (found.refer_above is None)
                    else abs((g or 0) - (found.refer_above or 0))
                    for g in grid
                ]
            )
        )
        broken += bool(risk[at] > most * (1 + 1e-9)) and not found.refers_all
        shares_referred.append(1.0 if found.refers_all else referred[at])
    ratio = float(np.mean(shares_referred)) / oracle if kept and oracle > 0 else np.nan
    return float(most), kept / times, broken / times, ratio, oracle


WORLDS = (
    World("fraud, two classes"),
    World("fraud, a model that is overconfident", off=1.6),
    World("five classes", classes=5),
    World("groups of 4", size=4),
    World("a moved prevalence", prevalence=True),
    World("fraud, 300 cases", n=300),
    World("fraud, 20,000 cases", n=20_000),
    World("three actions, 20,000 cases", n=20_000, costs="actions"),
    World("dear and rare, 20,000 cases", n=20_000, costs="rare"),
    World("amounts of the case, 20,000 cases", n=20_000, amounts=True),
    World("fraud, tight", part=0.0),
    World("five classes, tight", classes=5, part=0.0),
    World("dear and rare, tight", costs="rare", part=0.0),
    World("groups of 4, tight", size=4, part=0.0),
    World("a moved prevalence, tight", prevalence=True, part=0.0),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument(
        "--rounds", type=float, default=1.0, help="times the 1,000 draws of each row"
    )
    parser.add_argument("--method", default="gaffke", choices=["gaffke", "betting"])
    options = parser.parse_args()
    started = time.perf_counter()
    worlds = [
        world
        for world in WORLDS
        if options.only in world.name
        and (options.method == "gaffke" or (world.size == 1 and not world.prevalence))
    ]
    print(f"{'':40s} promise   kept  broken  referred, times the oracle's  oracle refers")
    broken = []
    with ProcessPoolExecutor(2) as pool:
        rows = pool.map(partial(figures, options.rounds, options.method), worlds)
        for world, (most, kept, lost, ratio, oracle) in zip(worlds, rows, strict=True):
            print(
                f"{world.name:38s} {most:9.2f}  {kept:.3f}  {lost:.3f}  {ratio:28.2f}  {oracle:13.3f}",
                flush=True,
            )
            broken.append(lost)
    limit = 0.05 + 2 * np.sqrt(0.05 * 0.95 / max(2, int(1000 * options.rounds)))
    accepted = max(broken) <= limit
    verdict = "accepted" if accepted else "NOT ACCEPTED"
    print(f"\n{verdict}: none broken in more than 5 %, but for chance ({limit:.3f});")
    print(f"{time.perf_counter() - started:.0f} s")
    raise SystemExit(not accepted)


if __name__ == "__main__":
    main()
