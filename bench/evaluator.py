"""Dollars and cells of ten million predictions, and their intervals, N = 43.

python bench/evaluator.py
"""

import time
import tracemalloc

import numpy as np
from sklearn.metrics import confusion_matrix as by_scikit_learn

from framework.core.evaluation.evaluation import confusion_matrix
from framework.core.uncertainty.intervals import mean_interval, support

N_CASES, N_CLASSES, ROUNDS = 10_000_000, 43, 3


def seconds(function):
    """The shortest of a few rounds, and what the function returned."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - started)
    return min(times), result


def peak_memory(function):
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def main():
    rng = np.random.default_rng(0)
    y, decisions = rng.integers(0, N_CLASSES, (2, N_CASES))
    costs = rng.uniform(0, 5000, (N_CLASSES, N_CLASSES)) * (1 - np.eye(N_CLASSES))
    shape = costs.shape

    def cells(n=N_CASES):
        counts = confusion_matrix(y[:n], decisions[:n], shape)
        return counts, counts * -costs

    ours, (counts, _) = seconds(cells)
    theirs, expected = seconds(lambda: by_scikit_learn(y, decisions))
    assert (counts == expected).all()
    print(f"Evaluator, {N_CASES:,} predictions of {N_CLASSES} classes:")
    print(f"  {ours:6.2f} s  dollars and cells")
    print(f"  {theirs:6.2f} s  scikit-learn's confusion_matrix: {ours / theirs:.2f}")
    small, large = peak_memory(lambda: cells(N_CASES // 100)), peak_memory(cells)
    print(f"  {large:6.1f} MB at its peak; of a hundredth of the cases {small:.1f} MB")
    told, interval = seconds(
        lambda: mean_interval(-costs.ravel(), support(costs), counts=counts.ravel())
    )
    print(
        f"  {told:6.4f} s  interval of their mean: {interval.mean:,.2f} "
        f"({interval.low:,.2f} to {interval.high:,.2f}) dollars per case"
    )


if __name__ == "__main__":
    main()
