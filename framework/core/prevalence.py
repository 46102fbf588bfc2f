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

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.errors import ConfigError
from framework.core.words import quoted


def shares(y: IntArray, n_classes: int) -> FloatArray:
    """The share (N,) of every class among the cases ``y`` (n,)."""
    counted: FloatArray = np.bincount(y, minlength=n_classes) / len(y)
    return counted


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
    for label, share in named.items():
        if label not in labels:
            raise ConfigError(
                f"prevalence of {quoted(label)}: there is no such label; expected one of "
                f"{', '.join(labels)}"
            )
        if not 0 < share < 1:
            raise ConfigError(
                f"prevalence of {quoted(label)}: expected a share between 0 and 1, both left out, "
                f"received {share:g}"
            )
    total = sum(named.values())
    others = np.array([label not in named for label in labels])
    if others.any() and total >= 1:
        raise ConfigError(
            f"prevalence: the shares named make up {total:g}, which leaves nothing for "
            f"{', '.join(label for label, other in zip(labels, others, strict=True) if other)}; "
            "expected less than 1 in all"
        )
    if not others.any() and not np.isclose(total, 1):
        raise ConfigError(
            f"prevalence: all classes are named, and their shares make up {total:g}; expected 1"
        )
    found = np.array([named.get(label, 0.0) for label in labels])
    rest = training[others]
    if others.any():
        found[others] = (1 - total) * (rest / rest.sum() if rest.any() else 1 / len(rest))
    return found / found.sum()


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


def at_target(values: FloatArray, y: IntArray, target: FloatArray | None) -> FloatArray:
    """``values`` (n,) or (S, n) of cases of the classes ``y`` (n,), so that their plain mean, and how
    that varies, are those at the shares ``target`` (N,).

    They are ``m + w_k (x - m_k)``: ``m_k`` the mean of the case's class, ``w_k`` what its cases stand
    for, ``m = sum_k target_k m_k``. Their mean is m, and their variance that of a stratified mean,
    ``sum_k target_k^2 s_k^2 / n_k`` (Cochran, "Sampling Techniques", 1977, section 5A.9). None:
    ``values`` as they are. The shares of classes without a case are left out.
    """
    if target is None:
        return values
    counts = np.bincount(y, minlength=len(target))
    present = np.where(counts > 0, target, 0.0)
    present = present / present.sum()
    of_class = np.zeros((len(target), len(y)))
    of_class[y, np.arange(len(y))] = 1 / counts[y]
    means = values @ of_class.T
    overall = means @ present
    weights = ratio(counts / len(y), present)[y]
    result: FloatArray = overall[..., None] + weights * (values - means[..., y])
    return result
