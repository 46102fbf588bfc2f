"""The shares of the classes among new cases whose truth nobody knows.

A case of new shares pi has the likelihood ``sum_k pi_k p_k / tau_k``, where p are its probabilities and tau
the shares at which these are true. The most likely pi is found by expectation maximisation (Saerens,
Latinne, Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities", Neural
Computation 14, 2002), in strides (SQUAREM: Varadhan, Roland, Scandinavian Journal of Statistics 35, 2008).
It supposes one thing, that the cases of a class look as they did (``framework.core.costs.prevalence``).

Probabilities that are off put the shares off. So they are recalibrated first, temperature and biases, on
labelled cases that the model was not trained on (Alexandari, Kundaje, Shrikumar, "Maximum Likelihood with
Bias-Corrected Calibration is Hard-To-Beat at Label Shift Adaptation", ICML 2020); tau then is the mean
probability of those.

Both samples vary: each draw of the bootstrap takes new cases and labelled ones anew, and recalibrates. Draws
of few labelled cases vary too little, which their quantiles make up for, and no class can be surer than if
its cases had been counted: docs/prevalence.md shows how often the limits hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray, IntArray
from framework.core.decisions import calibration
from framework.core.errors import DataError
from framework.core.steps import counted
from framework.core.uncertainty.intervals import FEWEST

DRAWS, SEED = 300, 0
QUANTILES = 0.0125, 0.9875  # of the draws, for 95 %
DEVIATIONS = NormalDist().inv_cdf(0.975)
# Expectation maximisation ends where all cases together can gain no more than this log likelihood.
PRECISION, MOST_STEPS = 0.001, 500
START = 0.1  # of a draw: this much of the way from the estimate to the shares of the labelled cases
# An interval wider than this, or than so many mean shares of a class, does not tell the share.
WIDE, MEAN_SHARES = 0.2, 4.0
# Where counting alone would leave this part of the width, there are too few cases, whatever is confused.
COUNTED = 0.5


@dataclass(frozen=True, eq=False)
class ShareEstimate:
    """Shares (N,) of the classes among ``n`` new cases, and their 95 % limits (N,).

    ``draws`` (B, N) are those of the bootstrap.
    """

    shares: FloatArray
    low: FloatArray
    high: FloatArray
    n: int
    draws: FloatArray

    @property
    def untold(self) -> list[int]:
        """The classes whose interval is too wide to tell their share."""
        widest = min(WIDE, MEAN_SHARES / len(self.shares))
        return np.flatnonzero(self.high - self.low > widest).tolist()

    def too_few(self, k: int) -> bool:
        """Whether so many cases would tell the share of a class no better if they were counted."""
        low, high = counted_limits(self.shares[k : k + 1], self.n)
        return bool(high[0] - low[0] >= COUNTED * (self.high[k] - self.low[k]))

    def confused_with(self, k: int) -> int:
        """The class that a class is mixed up with: the share that falls most where its own rises."""
        away = self.draws - self.draws.mean(axis=0)
        together = away.T @ away[:, k]
        together[k] = np.inf
        return int(together.argmin())


def estimate_shares(
    probabilities: FloatArray,
    labelled: FloatArray,
    y: IntArray,
    groups: NDArray[Any] | None = None,
    draws: int = DRAWS,
) -> ShareEstimate:
    """The shares of the classes among new cases, by their ``probabilities`` (n, N).

    Parameters
    ----------
    probabilities, labelled : array (n, N), (m, N)
        Of the new cases, and of labelled ones that the model was not trained on; true at the same shares.
    y : array (m,)
        Truths of the labelled cases.
    groups : array (m,), optional
        Labelled cases of one group are not independent.
    draws : int
        Of the bootstrap.

    Raises
    ------
    DataError
        When there are fewer than ten new cases, or ten labelled ones or groups of them.

    Examples
    --------
    Of labelled cases half are positive, and the probabilities tell them apart; of the new, a tenth:

    >>> sure = np.array([[0.98, 0.02], [0.02, 0.98]])
    >>> found = estimate_shares(sure[[0] * 90 + [1] * 10], sure[[0, 1] * 50], np.array([0, 1] * 50))
    >>> found.shares.round(2).tolist()
    [0.9, 0.1]
    """
    n, of_group = len(probabilities), np.arange(len(y))
    if groups is not None:
        of_group = np.unique(groups, return_inverse=True)[1]
    members = [np.flatnonzero(of_group == group) for group in range(int(of_group.max()) + 1)]
    for number, what in ((n, "new cases"), (len(members), "labelled cases, or groups of them,")):
        if number < FEWEST:
            raise DataError(
                f"{number} {what} tell nothing of the shares of classes; expected at least {FEWEST}"
            )
    ratios, start = _ratios(probabilities, labelled, y)
    shares = most_likely_shares(ratios, start)
    rng = np.random.default_rng(SEED)
    found = []
    for _ in counted(range(draws), "resampling"):
        new = rng.integers(n, size=n)
        seen = np.concatenate(
            [members[group] for group in rng.integers(len(members), size=len(members))]
        )
        ratios, start = _ratios(probabilities[new], labelled[seen], y[seen])
        found.append(most_likely_shares(ratios, (1 - START) * shares + START * start))
    low, high = np.quantile(found, QUANTILES, axis=0)
    least, most = counted_limits(shares, n)
    return ShareEstimate(shares, np.minimum(low, least), np.maximum(high, most), n, np.stack(found))


def most_likely_shares(ratios: FloatArray, start: FloatArray) -> FloatArray:
    """The shares (N,) of the largest likelihood, given ``ratios`` (n, N) of probability to share.

    ``start`` (N,) are shares above 0.
    """
    shares = start
    for _ in range(MOST_STEPS):
        once, gain = _step(ratios, shares)
        if len(ratios) * gain < PRECISION:
            return once
        twice, _ = _step(ratios, once)
        stride, bend = once - shares, twice - 2 * once + shares
        curved = float(np.linalg.norm(bend))
        length = max(1.0, float(np.linalg.norm(stride)) / curved) if curved > 0 else 1.0
        far = shares + 2 * length * stride + length**2 * bend
        far = np.maximum(far, START * twice)  # no share is lost for good
        far /= far.sum()
        better = np.log(ratios @ far).sum() > np.log(ratios @ twice).sum()
        shares = far if better else twice
    return shares


def counted_limits(shares: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    """95 % limits (N,) of ``shares`` (N,) that are counted among n cases.

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA, 1927.
    """
    square = DEVIATIONS**2
    centre = (shares + square / (2 * n)) / (1 + square / n)
    half = DEVIATIONS * np.sqrt(shares * (1 - shares) / n + square / (4 * n**2)) / (1 + square / n)
    return centre - half, centre + half


def _ratios(
    probabilities: FloatArray, labelled: FloatArray, y: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Of recalibrated probabilities (n, N) to the shares (N,) at which they are true, and these."""
    better = calibration.fit("bias", labelled, y)
    shares = better(labelled).mean(axis=0)
    return better(probabilities) / shares, shares


def _step(ratios: FloatArray, shares: FloatArray) -> tuple[FloatArray, float]:
    """One of expectation maximisation, and the log likelihood that a case may gain at most from here."""
    slope = (1 / (ratios @ shares)) @ ratios / len(ratios)
    return shares * slope, float(slope.max() - 1)
