"""How a method compares with its rivals: ratios of dollars, over splits and over data sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from store import Result

# The framework's own rows begin so: steps on the way to what is compared, no rivals.
OWN = "framework"
FEWEST_SPLITS = 3  # that both must have
MEASURES = {"bench": slice(0, 1), "random": slice(1, None)}

# By data set and method: dollars a case by split, over those of perfect decisions.
Losses = Mapping[str, Mapping[str, Mapping[int, float]]]


@dataclass(frozen=True)
class Ratio:
    """Dollars lost by a method for each dollar that ``rival`` loses; less than 1 is cheaper.

    ``error`` is the standard error of its logarithm over the ``splits`` (jackknife). Splits share
    cases: it tells how much a split matters, not how sure the ratio is on new data.
    """

    dataset: str
    rival: str
    value: float
    error: float
    splits: int


@dataclass(frozen=True)
class GeometricMean:
    """Of ratios; standard errors of its logarithm, over data sets and over splits."""

    value: float
    over_tables: float
    over_splits: float
    tables: int


def losses(results: Iterable[Result], measure: str) -> Losses:
    """Of all results without a failure; the mean over the matrices of ``measure``."""
    found: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    which = MEASURES[measure]
    for result in results:
        own = np.array(result.costs[which]) - np.array(result.oracle[which])
        if len(own):
            found[result.dataset][result.method][result.split] = float(own.mean())
    return found


def ratio(
    dataset: str, rival: str, own: Mapping[int, float], other: Mapping[int, float]
) -> Ratio | None:
    """On the splits that both have; None where these are few, or one of the two lost nothing."""
    shared = sorted(own.keys() & other.keys())
    a, b = (np.array([losses[k] for k in shared]) for losses in (own, other))
    if len(shared) < FEWEST_SPLITS or min(a.sum(), b.sum()) <= 0:
        return None
    without = np.stack([a.sum() - a, b.sum() - b])  # the sums without each split
    if (without <= 0).any():
        error = float("nan")
    else:
        logs = np.log(without[0] / without[1])
        error = float(np.sqrt((len(logs) - 1) * np.var(logs)))
    return Ratio(dataset, rival, float(a.sum() / b.sum()), error, len(shared))


def rivals(found: Losses, method: str) -> list[str]:
    """Names of those that ``method`` is compared with, in the order in which they were met."""
    names = dict.fromkeys(name for methods in found.values() for name in methods)
    return [name for name in names if name != method and not name.startswith(OWN)]


def against(found: Losses, method: str, rival: str, datasets: Sequence[str]) -> list[Ratio]:
    """``method`` against one rival, on each of the ``datasets`` that both have."""
    ratios = [
        ratio(name, rival, found[name].get(method, {}), found[name].get(rival, {}))
        for name in datasets
        if name in found
    ]
    return [one for one in ratios if one is not None]


def against_best_of_each(found: Losses, method: str, datasets: Sequence[str]) -> list[Ratio]:
    """Against that rival of each data set that turned out best there, known only afterwards."""
    by_dataset: dict[str, Ratio] = {}
    for rival in rivals(found, method):
        for one in against(found, method, rival, datasets):
            best = by_dataset.get(one.dataset)
            if best is None or one.value > best.value:
                by_dataset[one.dataset] = one
    return [by_dataset[name] for name in datasets if name in by_dataset]


def against_best_single(found: Losses, method: str, datasets: Sequence[str]) -> list[Ratio]:
    """Against the one rival that is best over all data sets; it must have answered each of them."""
    there = {one.dataset for one in against_best_of_each(found, method, datasets)}
    of_each = [against(found, method, rival, datasets) for rival in rivals(found, method)]
    whole = [ratios for ratios in of_each if ratios and len(ratios) == len(there)]
    return max(whole, key=lambda ratios: geometric_mean(ratios).value, default=[])


def geometric_mean(ratios: Sequence[Ratio]) -> GeometricMean:
    logs = np.log([one.value for one in ratios])
    errors = np.array([one.error for one in ratios])
    n = len(logs)
    spread = float(np.std(logs, ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    return GeometricMean(
        float(np.exp(logs.mean())), spread, float(np.sqrt((errors**2).sum()) / n), n
    )


def without_easiest(ratios: Sequence[Ratio]) -> list[Ratio]:
    """All but that of the data set that flatters most."""
    least = min(ratios, key=lambda one: one.value)
    return [one for one in ratios if one is not least]
