"""How fast decisions within limits are found, how near the bound, and how well prices last: make bench.

python bench/capacity.py
"""

import time

import numpy as np

from framework.core.decisions.capacity import ration
from framework.core.decisions.capacity_limits import limits_of

ACTIONS = tuple("abcdefghij")
TOGETHER = "3*b + c + 2*d <= {}", "e + f <= {}", "2*g + b <= {}", "h + 3*i + j <= {}", "j + d <= {}"
THREE = "2*b + c <= {}", "c + d <= {}", "b + 3*e <= {}"


def drawn(n: int, n_actions: int, seed: int, costs_seed: int = 0) -> np.ndarray:
    """Expected costs (n, M) of n cases of five classes; the costs themselves are one world's."""
    probabilities = np.random.default_rng(seed).dirichlet(np.full(5, 0.3), n)
    costs = np.random.default_rng(costs_seed).uniform(0, 1000, (5, n_actions))
    return probabilities @ costs


def scarce(expected: np.ndarray, texts: tuple[str, ...], share: float = 0.6) -> tuple:
    """The limits with ``share`` of what the cheapest decisions would use, as shares of the cases."""
    free = np.bincount(expected.argmin(axis=1), minlength=expected.shape[1])
    names = ACTIONS[: expected.shape[1]]
    use = [limits_of([text.format(1)], names)[0].uses @ free for text in texts]
    asked = [
        text.format(f"{share * used:.0f}/{len(expected)}")
        for text, used in zip(texts, use, strict=True)
    ]
    return limits_of(asked, names)


def main() -> None:
    expected = drawn(100_000, 10, 1)
    limits = scarce(expected, TOGETHER)
    times = []
    for _ in range(3):
        started = time.perf_counter()
        found = ration(expected, limits)
        times.append(time.perf_counter() - started)
    above = found.cost / found.bound - 1
    print(
        f"100,000 cases, 10 actions, 5 limits: {min(times):.1f} s, {100 * above:.4f} % above the bound"
    )
    shares = []
    for world in range(10):
        batch, later = (drawn(n, 5, 2 * world + n, world) for n in (2000, 20_000))
        limits = scarce(batch, THREE)
        found = ration(batch, limits)
        counts = np.bincount(found.policy.decide(later, world), minlength=5)
        shares += [
            limit.uses @ counts / (limit.amount * 20_000)
            for limit, price in zip(limits, found.prices, strict=True)
            if price > 0
        ]
    low, high = np.quantile(shares, [0.025, 0.975])
    print(
        f"prices of 2,000 cases on 20,000 others, {len(shares)} limits that bind: used is a share of "
        f"{np.mean(shares):.3f} in the mean, 95 % within {low:.3f} to {high:.3f}"
    )


if __name__ == "__main__":
    main()
