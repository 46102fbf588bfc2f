"""Prevalence: the shares of the classes among the cases that a model will decide.

A sample's shares are often not those of the population: of the biopsies that a laboratory keeps a
third is malignant, of the women who come to a screening one in two hundred. Everything here rests on
one supposition, that the cases of a class look alike in both (prior shift).

- Probabilities are moved by ``p'_k ~ p_k target_k / sample_k`` (Saerens, Latinne, Decaestecker,
  "Adjusting the outputs of a classifier to new a priori probabilities", 2002, equation 4; Elkan 2001,
  theorem 2, for two classes).
- Dollars per case are ``sum_k target_k mean_k``, the class means weighted by the target's shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.errors import ConfigError
from framework.core.json_fields import Fields
from framework.core.plain_numbers import finite
from framework.core.shown import SHORT, short
from framework.core.words import quoted, share


@dataclass(frozen=True, eq=False)
class Mix:
    """The shares (N,) of the classes in a training part, and in the population that is meant: None
    where that is as the training part is.

    ``tested`` and ``validated`` are how many cases of each the whole test and validation part has (N,), where
    the cases at hand are drawn class by class: what is judged, and what is fitted, counts as it does there.
    """

    training: FloatArray
    target: FloatArray | None = None
    tested: IntArray | None = None
    validated: IntArray | None = None

    @property
    def judged(self) -> FloatArray | None:
        """The shares (N,) that figures of the test part are about: None for those of its cases."""
        if self.target is not None or self.tested is None:
            return self.target
        return shares_of_counts(self.tested)

    @property
    def ratio(self) -> FloatArray:
        """How many cases of the population each case of the training part stands for, by class (N,)."""
        if self.target is None:
            return np.ones_like(self.training)
        return ratio(self.training, self.target)

    def to_json(self, labels: Sequence[str]) -> dict[str, dict[str, float] | None]:
        """By label."""
        told = [
            None if part is None else dict(zip(labels, part.tolist(), strict=True))
            for part in (self.training, self.target)
        ]
        return {"training": told[0], "target": told[1]}

    @classmethod
    def from_json(
        cls, told: Any, labels: Sequence[str], where: str | Path = "the prevalence"
    ) -> Mix | None:
        """What ``to_json`` told and ``where`` holds; None of a folder of old, which knows no shares.

        Raises
        ------
        ArtifactError
            When they are no shares of the ``labels``.
        """
        if told is None:
            return None
        data = Fields(told, where)
        training = _shares_read(data, "training", labels)
        return cls(training, _shares_read(data, "target", labels) if "target" in data else None)


def _shares_read(data: Fields, key: str, labels: Sequence[str]) -> FloatArray:
    named = data.fields(key)
    found = np.array([named.number(label) for label in labels])
    if (found < 0).any() or len(named.data) != len(labels) or not np.isclose(found.sum(), 1):
        data.refuse(key, "shares of all labels, 1 together", named.data)
    return found


def shares(y: IntArray, n_classes: int) -> FloatArray:
    """The share (N,) of every class among the cases ``y`` (n,)."""
    counted: FloatArray = np.bincount(y, minlength=n_classes) / len(y)
    return counted


def shares_of_counts(counts: IntArray) -> FloatArray:
    """The share (N,) of each class, of which there are ``counts`` (N,) cases."""
    result: FloatArray = counts / counts.sum()
    return result


def shares_in_words(of_labels: Mapping[str, float]) -> str:
    """Labels with their shares: "benign 99.4%, malignant 0.6%"."""
    return ", ".join(f"{label} {share(of)}" for label, of in of_labels.items())


def target_shares(
    named: Mapping[str, float], labels: Sequence[str], training: FloatArray
) -> FloatArray:
    """The target's shares (N,): those ``named``, the rest shared in proportion to ``training`` (N,).

    Raises
    ------
    ConfigError
        When a label is not known, a share is not between 0 and 1, or all together are not 1.

    Examples
    --------
    >>> training = np.array([0.6, 0.2, 0.2])
    >>> target_shares({"ill": 0.01}, ("well", "unclear", "ill"), training).round(4).tolist()
    [0.7425, 0.2475, 0.01]
    """
    told = problem(named, labels)
    if told is not None:
        raise ConfigError(f"prevalence: {told}")
    others = np.array([label not in named for label in labels])
    total = sum(named.values())
    found = np.array([named.get(label, 0.0) for label in labels])
    rest = training[others]
    if others.any():
        found[others] = (1 - total) * (rest / rest.sum() if rest.any() else 1 / len(rest))
    return found / found.sum()


def check_judged(named: Mapping[str, float], labels: Sequence[str], y: IntArray) -> None:
    """Raise ConfigError where a label is ``named`` that no judged case ``y`` (n,) has: what it would
    cost, nobody could tell.
    """
    counts = np.bincount(y, minlength=len(labels))
    for label, of in named.items():
        if not counts[labels.index(label)]:
            raise ConfigError(
                f"prevalence: {quoted(label)} is to be {share(of)} of the cases, but none of the "
                f"{len(y):,} test cases is; leave it out, or test on cases of it"
            )


def untested(target: FloatArray | None, labels: Sequence[str], counts: IntArray) -> str | None:
    """Which classes the population of shares ``target`` (N,) has, but none of the judged cases, ``counts``
    (N,) of each class, in a sentence: figures leave them out. None if there are none.

    Examples
    --------
    >>> untested(np.array([0.9, 0.07, 0.03]), ("well", "unclear", "ill"), np.array([8, 2, 0]))
    'at these shares “ill” is 3% of the cases, but no test case is: figures leave it out'
    """
    if target is None:
        return None
    missing = (counts == 0) & (target > 0)
    if not missing.any():
        return None
    names = ", ".join(quoted(label) for label, of in zip(labels, missing, strict=True) if of)
    verb, pronoun = ("is", "it") if missing.sum() == 1 else ("are", "them")
    return (
        f"at these shares {names} {verb} {share(float(target[missing].sum()))} of the cases, but no test "
        f"case is: figures leave {pronoun} out"
    )


def problem(named: Mapping[str, float], labels: Sequence[str]) -> str | None:
    """What is wrong with the shares ``named``, in a sentence; None if nothing is."""
    known = set(labels)
    for label, of in named.items():
        if label not in known:
            return f"there is no label {quoted(label[:SHORT])}; expected one of {', '.join(labels)}"
        number = finite(of)
        if number is None or not 0 < number < 1:
            hint = "; a range is for fw sweep" if isinstance(of, str) and ".." in of else ""
            return (
                f"{quoted(label)}: expected a share between 0 and 1, both left out, received "
                f"{short(of)}{hint}"
            )
    total = sum(named.values())
    others = [label for label in labels if label not in named]
    if named and others and total >= 1:
        return (
            f"the shares named make up {total:g}, which leaves nothing for {', '.join(others)}; "
            "expected less than 1 in all"
        )
    if not others and not np.isclose(total, 1):
        return f"all labels are named, and their shares make up {total:g}; expected 1"
    return None


def moved(probabilities: FloatArray, sample: FloatArray, target: FloatArray) -> FloatArray:
    """``probabilities`` (n, N) that are true where the shares are ``sample`` (N,), at ``target`` (N,).

    A class that the sample has none of keeps its probability.

    Examples
    --------
    >>> moved(np.array([[0.5, 0.5]]), np.array([0.5, 0.5]), np.array([0.9, 0.1])).tolist()
    [[0.9, 0.1]]
    """
    found = probabilities * ratio(sample, target)
    total = found.sum(axis=-1, keepdims=True)
    result: FloatArray = np.divide(found, total, out=probabilities.copy(), where=total > 0)
    return result


def ratio(sample: FloatArray, target: FloatArray) -> FloatArray:
    """How many cases of the target each case of the sample stands for, by class (N,)."""
    weights: FloatArray = np.divide(target, sample, out=np.ones_like(target), where=sample > 0)
    return weights


def case_weights(
    y: IntArray, n_classes: int, target: FloatArray | None, weights: FloatArray | None = None
) -> FloatArray:
    """``ratio`` (N,) of the cases ``y`` (n,) to the shares ``target`` (N,) of the classes that have a
    case among them; 1 without a target. The cases count ``weights`` (n,) (default: one).
    """
    if target is None:
        return np.ones(n_classes)
    counted = np.bincount(y, weights, n_classes)
    present = np.where(counted > 0, target, 0.0)
    return ratio(counted / counted.sum(), present / present.sum())


def weights_of_cases(
    y: IntArray, n_classes: int, target: FloatArray | None, weights: FloatArray | None = None
) -> FloatArray:
    """What each case of ``y`` (n,) stands for, its own of ``weights`` (n,) (default: one) included."""
    own = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    result: FloatArray = own * case_weights(y, n_classes, target, own)[y]
    return result


def cases_stood_for(y: IntArray, totals: IntArray | None) -> FloatArray | None:
    """How many cases each of ``y`` (n,) stands for, one at least, where they are drawn class by class from a
    whole that has ``totals`` (N,) of each; None without one.

    Those of a class of which all were drawn stand for themselves, so that what is fitted gives them no less
    weight against its priors than it would without the others.
    """
    if totals is None:
        return None
    weights = case_weights(y, len(totals), shares_of_counts(totals))[y]
    result: FloatArray = weights / weights.min()
    return result


def at_target(values: FloatArray, y: IntArray, target: FloatArray | None) -> FloatArray:
    """``values`` (n,) or (S, n) of cases of the classes ``y`` (n,), so that their plain mean, and how
    that varies, are those at the shares ``target`` (N,).

    They are ``m + w_k (x - m_k)``: ``m_k`` the mean of the case's class, ``w_k`` what its cases stand
    for, ``m = sum_k target_k m_k``. Their mean is m, and their variance that of a stratified mean,
    ``sum_k target_k^2 s_k^2 / n_k`` (Cochran, "Sampling Techniques", 1977, section 5A.9). None:
    ``values`` as they are. Classes without a case are left out.
    """
    if target is None:
        return values
    weights = case_weights(y, len(target), target)[y]
    counts = np.bincount(y, minlength=len(target))
    of_class = np.zeros((len(target), len(y)))
    of_class[y, np.arange(len(y))] = 1 / counts[y]
    means = values @ of_class.T
    overall = np.mean(values * weights, axis=-1)
    result: FloatArray = overall[..., None] + weights * (values - means[..., y])
    return result
