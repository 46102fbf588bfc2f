"""Draws docs/promises.png: how many referrals a promise takes, by the number of cases it was found on.

python docs/make_promise_picture.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from framework import certify

COSTS = {"ok": {"fraud": 10, "refer": 4}, "fraud": {"ok": 200, "refer": 4}}
PROMISES = np.arange(2.4, 5.6, 0.2)


def cases(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of fraud and ok, and truths drawn from them."""
    rng = np.random.default_rng(seed)
    p = rng.beta(0.3, 3, n)
    return np.column_stack([p, 1 - p]), np.where(rng.random(n) < p, "fraud", "ok")


def referred(n: int, seed: int) -> list[float]:
    """The share that is referred at each promise, none where it is not kept."""
    p, y = cases(n, seed)
    found = [
        certify(y, p, float(most), cost_matrix=COSTS, labels=["fraud", "ok"]).certificate
        for most in PROMISES
    ]
    return [np.nan if one.refers_all or not one.kept else 100 * one.referred for one in found]


def typical(n: int, times: int) -> np.ndarray:
    """The median of so many samples of n cases; none where half of them do not keep the promise."""
    shares = np.array([referred(n, seed) for seed in range(times)])
    return np.median(np.where(np.isnan(shares), np.inf, shares), axis=0)


def main() -> None:
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for n, times in ((1000, 15), (5000, 9), (20_000, 5), (100_000, 1)):
        share = typical(n, times)
        colour = "black" if times == 1 else None
        axes.plot(
            PROMISES, np.where(np.isinf(share), np.nan, share), label=f"{n:,} cases", color=colour
        )
    axes.set(xlabel="promise: at most so many dollars lost a case", ylabel="referred, %", ylim=0)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(Path(__file__).with_name("promises.png"), dpi=130)


if __name__ == "__main__":
    main()
