"""A cost that nobody knows exactly: a range, a named distribution, or what several people say.

The distributions, and the value that stands for them wherever one number is needed (the likely value):

- **pert**, the default of a low, a likely and a high value: the beta distribution between them whose mean is
  ``(low + 4 likely + high) / 6`` (Malcolm, Roseboom, Clark, Fazar, "Application of a Technique for Research
  and Development Program Evaluation", Operations Research 7(5), 1959); likely value: the mode;
- **triangular**: as they are, with straight sides; likely value: the mode;
- **uniform** from low to high; likely value: the middle;
- **normal** of a mean and a standard deviation ``sd``; likely value: the mean;
- **lognormal** of a median and the standard deviation ``sigma`` of the logarithm; likely value: the median;
- **opinions**: each of them as likely as the others (a linear opinion pool: Stone, "The Opinion Pool", Annals
  of Mathematical Statistics 32, 1961); likely value: the mean of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.costs.cost_matrix_cells import LARGEST, amount, expected_amount
from framework.core.errors import CostMatrixError
from framework.core.shown import short

PERT, TRIANGULAR, UNIFORM, NORMAL, LOGNORMAL = (
    "pert",
    "triangular",
    "uniform",
    "normal",
    "lognormal",
)
POINT, OPINIONS = "point", "opinions"
PARAMETERS = {
    PERT: ("low", "likely", "high"),
    TRIANGULAR: ("low", "likely", "high"),
    UNIFORM: ("low", "high"),
    NORMAL: ("mean", "sd"),
    LOGNORMAL: ("median", "sigma"),
}
KEYS = ("distribution", OPINIONS, *dict.fromkeys(sum(PARAMETERS.values(), ())))
EXPECTED = (
    '{"low": 800, "likely": 1300, "high": 4000}; or of "distribution": '
    + ", ".join(f"{name} ({', '.join(keys)})" for name, keys in PARAMETERS.items())
    + f'; or {{"{OPINIONS}": [900, 1300, ...]}}'
)
# Of a distribution without ends, what lies beyond in 1 % of all draws is not called plausible.
TAIL = 0.005
_WITHIN = 16  # points that each node of a mean is the mean of


@dataclass(frozen=True)
class CostRange:
    """A distribution of a cost, in any unit; see the module for the kinds and their ``values``."""

    kind: str
    values: tuple[float, ...]
    opinions: tuple[CostRange, ...] = ()

    @classmethod
    def of(cls, written: Any, where: str) -> CostRange:
        """What a cell of a file says.

        Raises
        ------
        CostMatrixError
            Naming the place ``where``, and the value that is none.
        """
        if OPINIONS in written:
            return _opinions(written, where)
        kind = written.get("distribution", PERT)
        keys = PARAMETERS.get(kind) if isinstance(kind, str) else None
        if keys is None or set(written) - {"distribution"} != set(keys):
            raise CostMatrixError(f"{where}: expected {EXPECTED}; received {short(written)}")
        for key in keys:
            if amount(written[key]) is None:
                raise CostMatrixError(f'{where}, "{key}": {expected_amount(written[key])}')
        found = cls(kind, tuple(float(written[key]) for key in keys))
        problem = found._problem()
        if problem:
            raise CostMatrixError(f"{where}: {problem}, received {short(written)}")
        return found

    def _problem(self) -> str | None:
        """What is expected of the values, where they are not so."""
        v = self.values
        if self.kind in (NORMAL, LOGNORMAL):
            if not v[1] > 0:
                return f'expected a positive "{PARAMETERS[self.kind][1]}"'
            if self.kind == LOGNORMAL and (v[0] == 0 or v[1] > 10):
                return 'expected a "median" other than 0, and a "sigma" up to 10'
        elif not (v[0] < v[-1] and v[0] <= v[-2] <= v[-1]):
            return "expected low < high" + (", and likely between" if len(v) == 3 else "")
        if max(map(abs, self.ends)) > LARGEST:
            return f"expected costs of at most {LARGEST:g}"
        return None

    @property
    def likely(self) -> float:
        """The value that stands for it."""
        if self.opinions:
            return float(np.mean([one.likely for one in self.opinions]))
        if self.kind == UNIFORM:
            return (self.values[0] + self.values[1]) / 2
        return self.values[1 if self.kind in (PERT, TRIANGULAR) else 0]

    @property
    def mean(self) -> float:
        if self.opinions:
            return float(np.mean([one.mean for one in self.opinions]))
        if self.kind == PERT:
            low, likely, high = self.values
            return (low + 4 * likely + high) / 6
        if self.kind == LOGNORMAL:
            return self.values[0] * float(np.exp(self.values[1] ** 2 / 2))
        if self.kind in (TRIANGULAR, UNIFORM):
            return float(np.mean(self.values))
        return self.values[0]

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest plausible value: all there is, or 99 of 100 where there are no ends."""
        if self.opinions:
            ends = [one.ends for one in self.opinions]
            return min(low for low, _ in ends), max(high for _, high in ends)
        if self.kind in (NORMAL, LOGNORMAL):
            low, high = np.sort(self.drawn(np.array([TAIL, 1 - TAIL]))).tolist()
            return low, high
        return self.values[0], self.values[-1]

    def drawn(self, u: FloatArray) -> FloatArray:
        """Values for ``u`` from 0 to 1: of uniform ones, draws. But for opinions, its quantiles."""
        from scipy.special import betaincinv, ndtri

        v = self.values
        if self.opinions:
            which = np.minimum((u * len(self.opinions)).astype(int), len(self.opinions) - 1)
            within = u * len(self.opinions) - which
            found = np.empty(u.shape)
            for k, one in enumerate(self.opinions):
                found[which == k] = one.drawn(within[which == k])
            return found
        if self.kind == PERT:
            low, likely, high = v
            rise, fall = 4 * (likely - low) / (high - low), 4 * (high - likely) / (high - low)
            beta: FloatArray = betaincinv(1 + rise, 1 + fall, u)
            return low + (high - low) * beta
        if self.kind == TRIANGULAR:
            low, likely, high = v
            left = np.sqrt(u * (high - low) * (likely - low))
            right = np.sqrt((1 - u) * (high - low) * (high - likely))
            return np.where(u < (likely - low) / (high - low), low + left, high - right)
        if self.kind == UNIFORM:
            return v[0] + (v[1] - v[0]) * u
        if self.kind == NORMAL:
            return np.asarray(v[0] + v[1] * ndtri(u))
        if self.kind == LOGNORMAL:
            return np.asarray(v[0] * np.exp(v[1] * ndtri(u)))
        return np.full(u.shape, v[0])

    def nodes(self, n: int) -> FloatArray:
        """About ``n`` values whose plain mean of a function is its expectation: means of equal shares."""
        if self.opinions:
            each = max(1, n // len(self.opinions))
            return np.concatenate([one.nodes(each) for one in self.opinions])
        u = (np.arange(_WITHIN * n) + 0.5) / (_WITHIN * n)
        return np.asarray(self.drawn(u).reshape(n, _WITHIN).mean(axis=1))

    def scaled(self, factor: float) -> CostRange:
        """Of ``factor`` times the cost; a negative one turns costs into gains."""
        if self.opinions:
            return CostRange(self.kind, (), tuple(one.scaled(factor) for one in self.opinions))
        values = tuple(factor * value for value in self.values)
        if self.kind == NORMAL:
            values = values[0], abs(factor) * self.values[1]
        elif self.kind == LOGNORMAL:
            values = values[0], self.values[1]
        elif factor < 0:
            values = values[::-1]
        return CostRange(self.kind, values)

    def to_json(self) -> Any:
        """What ``of`` reads."""
        if self.opinions:
            return {OPINIONS: [one.to_json() for one in self.opinions]}
        if self.kind == POINT:
            return self.values[0]
        told: dict[str, Any] = {} if self.kind == PERT else {"distribution": self.kind}
        return {**told, **dict(zip(PARAMETERS[self.kind], self.values, strict=True))}


def is_range(cell: Any) -> bool:
    """Whether a cell of a file is meant to be a range."""
    return isinstance(cell, Mapping) and any(key in cell for key in KEYS)


def point(value: float) -> CostRange:
    """A cost that somebody is sure of."""
    return CostRange(POINT, (value,))


def pooled(opinions: tuple[CostRange, ...]) -> CostRange:
    """Each of these as likely as the others."""
    return opinions[0] if len(opinions) == 1 else CostRange(OPINIONS, (), opinions)


def _opinions(written: Mapping[str, Any], where: str) -> CostRange:
    told = written[OPINIONS]
    if set(written) != {OPINIONS} or not isinstance(told, list) or len(told) < 2:
        raise CostMatrixError(
            f'{where}: expected {{"{OPINIONS}": [900, 1300, ...]}} of at least two numbers or ranges, '
            f"received {short(written)}"
        )
    found = []
    for number, one in enumerate(told, start=1):
        if isinstance(one, Mapping) and OPINIONS not in one:
            found.append(CostRange.of(one, f"{where}, opinion {number}"))
        elif amount(one) is not None:
            found.append(point(float(one)))
        else:
            raise CostMatrixError(f"{where}, opinion {number}: {expected_amount(one)}")
    return pooled(tuple(found))
