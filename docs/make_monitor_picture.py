"""Draws docs/monitor.png: half a year of a monitor, ten weeks as promised and then a fifth dearer.

python docs/make_monitor_picture.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from framework import monitor

COSTS = {"good": {"bad": 1}, "bad": {"good": 5}}
WEEKS, CASES, QUIET = 26, 500, 10


def cases(seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truths, probabilities of bad and good, and times; from the eleventh week on, the former tell less."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1.2, 2.8, WEEKS * CASES)
    week = np.repeat(np.arange(WEEKS), CASES)
    true = np.where(week < QUIET, p, 0.7 * p + 0.3 * 0.3)
    y = np.where(rng.random(len(p)) < true, "bad", "good")
    return y, np.column_stack([p, 1 - p]), np.datetime64("2026-01-05") + 7 * week


def main() -> None:
    y, p, times = cases()
    found = monitor(y, p, times=times, cost_matrix=COSTS, labels=["bad", "good"])
    figure, (dollars, wealth) = plt.subplots(
        2, 1, figsize=(7, 4.6), sharex=True, height_ratios=(3, 2), layout="constrained"
    )
    weeks = np.arange(len(found.weeks))
    for k, week in zip(weeks, found.weeks, strict=True):
        dollars.plot([k, k], week.figures.came.ends, color="tab:blue", alpha=0.5, linewidth=3)
    came = [week.figures.came.mean for week in found.weeks]
    dollars.plot(weeks, came, "o", color="tab:blue", markersize=4, label="came")
    promised = [week.figures.promised for week in found.weeks]
    dollars.plot(weeks, promised, color="black", linewidth=1, label="promised")
    dollars.set_ylabel("dollars a case")
    dollars.legend(frameon=False, ncols=2)
    wealth.semilogy(weeks, np.exp(found.alarm.log_wealth), color="tab:purple")
    wealth.axhline(20, color="grey", linestyle="--")
    wealth.set(xlabel="week", ylabel="wealth of a bet\nagainst the promise", ylim=(0.1, 1e6))
    alarm = found.alarm.looks.index(found.alarm.raised)
    wealth.annotate("alarm", (alarm, 20), (alarm - 4, 2000), arrowprops={"arrowstyle": "->"})
    for axes in (dollars, wealth):
        axes.axvline(QUIET - 0.5, color="grey", linewidth=0.7)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(Path(__file__).with_name("monitor.png"), dpi=130)
    print(found, "; week", alarm + 1)


if __name__ == "__main__":
    main()
