"""Permutation importance in dollars: what is lost when a feature tells nothing any more.

A feature is shuffled among the cases, several times; everything else, the costs included, stays.
Source: Breiman, "Random Forests", Machine Learning, 2001, section 10; model-agnostic in Fisher,
Rudin, Dominici, "All Models are Wrong, but Many are Useful", JMLR 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.uncertainty.intervals import Interval

# Features of one family correlate at least this much, any two of them.
ALIKE = 0.8


@dataclass(frozen=True)
class Feature:
    """What is shuffled as one: the positions of its columns; ``members`` name a family's features."""

    name: str
    columns: tuple[int, ...]
    members: tuple[str, ...] = ()


def grouped(names: Sequence[str]) -> tuple[Feature, ...]:
    """One Feature per column, but one for all columns called ``attribute=code``.

    Shuffled one by one, one-hot columns would make cases with two codes of an attribute, or none.

    Examples
    --------
    >>> [feature.name for feature in grouped(["age", "job=A1", "job=A2"])]
    ['age', 'job']
    """
    columns: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        attribute, equals, _ = name.partition("=")
        columns.setdefault(attribute if equals else name, []).append(position)
    return tuple(
        Feature(name if len(own) > 1 else names[own[0]], tuple(own))
        for name, own in columns.items()
    )


def orders(n: int, repeats: int, seed: tuple[int, ...]) -> IntArray:
    """``repeats`` permutations of n cases, (repeats, n)."""
    rng = np.random.default_rng(seed)
    return rng.permuted(np.tile(np.arange(n), (repeats, 1)), axis=1)


def shuffled(X: np.ndarray, columns: Sequence[int], order: IntArray) -> np.ndarray:
    """``X`` (n, d) once per permutation in ``order`` (k, n), its ``columns`` permuted: (k, n, d)."""
    copies = np.repeat(X[None], len(order), axis=0)
    copies[:, :, list(columns)] = X[:, list(columns)][order]
    return copies


def correlations(X: np.ndarray, features: Sequence[Feature]) -> FloatArray:
    """How much alike any two features are, (F, F) from 0 to 1, from cases ``X`` (n, d).

    The largest absolute correlation between a column of the one and a column of the other; 0
    where one does not vary.
    """
    deviations = X - X.mean(axis=0, dtype=np.float64)
    norms = np.sqrt((deviations**2).sum(axis=0))
    unit = deviations / np.where(norms > 0, norms, 1.0)
    of_columns = np.abs(unit.T @ unit)
    starts = np.cumsum([0, *(len(feature.columns) for feature in features[:-1])])
    order = [column for feature in features for column in feature.columns]
    alike = np.maximum.reduceat(of_columns[np.ix_(order, order)], starts, axis=0)
    alike = np.minimum(np.maximum.reduceat(alike, starts, axis=1), 1.0)
    np.fill_diagonal(alike, 1.0)
    return alike


def families(
    features: Sequence[Feature], alike: FloatArray, at_least: float = ALIKE
) -> tuple[Feature, ...]:
    """Features that say the same, as one Feature each: any two of a family correlate so much.

    Complete linkage. The most typical member comes first and lends its name; features like no
    other are in none.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(features) < 2:
        return ()
    distances = squareform(1 - alike, checks=False)
    of_feature = fcluster(linkage(distances, "complete"), 1 - at_least, "distance")
    found = []
    for number in dict.fromkeys(of_feature.tolist()):
        own = np.flatnonzero(of_feature == number).tolist()
        if len(own) == 1:
            continue
        own.sort(key=lambda k: -alike[k, own].sum())
        members = [features[k] for k in own]
        found.append(
            Feature(
                f"{members[0].name} and {len(own) - 1} like it",
                tuple(column for member in members for column in member.columns),
                tuple(member.name for member in members),
            )
        )
    return tuple(found)


def tells(interval: Interval) -> bool:
    """Whether the interval leaves out 0: the cases at hand can tell the figure from nothing."""
    return interval.ends is not None and (interval.ends[0] > 0 or interval.ends[1] < 0)
