"""Draws docs/slices.png: what mistakes cost each slice of the example in docs/slices.md.

python docs/make_slices_picture.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from framework import slices

COSTS = {"ok": {"fraud": 10}, "fraud": {"ok": 200}}
COLOURS = {"dearer": "tab:red", "cheaper": "tab:green", None: "grey"}


def cases(n: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Truths, probabilities of fraud, and columns: abroad there is four times the fraud that was stated."""
    rng = np.random.default_rng(0)
    by = {
        "country": np.where(rng.random(n) < 0.2, "abroad", "home"),
        "channel": rng.choice(["app", "card", "phone", "web"], n),
        "hour": rng.integers(0, 24, n),
    }
    p = rng.beta(0.3, 6, n)
    true = np.where(by["country"] == "abroad", np.minimum(4 * p, 1), p)
    return np.where(rng.random(n) < true, "fraud", "ok"), 1 - p, by


def main() -> None:
    y, p, by = cases(10_000)
    found = slices(y, p, by, cost_matrix=COSTS, labels=["fraud", "ok"])
    figures = found.sliced.figures
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for row, of in enumerate(figures):
        word = of.against_others.word
        axes.plot(of.mistakes.ends, [row, row], color=COLOURS[word], linewidth=3)
        axes.plot(of.mistakes.mean, row, "o", color=COLOURS[word], markersize=8)
    axes.set_yticks(range(len(figures)), [f"{of.by}: {of.level}" for of in figures])
    axes.invert_yaxis()
    axes.set_xlabel("dollars a case, mistakes alone")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", alpha=0.3)
    figure.savefig(Path(__file__).with_name("slices.png"), dpi=130)
    print(found)


if __name__ == "__main__":
    main()
