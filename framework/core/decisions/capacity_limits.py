"""What can be done only so often: linear limits on decisions, as a person writes them.

``biopsy<=40/1000`` is a share of the cases, ``refer<=50`` a number of a batch,
``2*biopsy + second picture <= 90/1000`` a sum (of hours, say), ``second picture>=5%`` a least use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.errors import ConfigError
from framework.core.shown import listed

EXPECTED = (
    'expected decisions, "<=" or ">=", and a number, a share or a percentage: "biopsy<=40/1000", '
    '"refer<=50", "2*biopsy + second picture<=9%"'
)
_SIDES = re.compile(r"^(?P<sum>.*?)\s*(?P<sign><=|>=)\s*(?P<most>[^<>=]+)$")
_NUMBER = re.compile(r"^\d+(\.\d+)?$")
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Limit:
    """Of n cases ``uses @ counts <= amount``, ``counts`` (M,) the number of cases of each decision.

    Parameters
    ----------
    text : str
        As it was written.
    uses : array (M,)
        What one case of each decision uses; not negative.
    amount : float
        How much there is: in all, or per case where it ``is_share``.
    is_share : bool
    at_least : bool
        The other way round: at least so much is to be used.
    """

    text: str
    uses: FloatArray
    amount: float
    is_share: bool
    at_least: bool = False

    @classmethod
    def of(cls, text: str, decisions: Sequence[str]) -> Limit:
        """The limit that ``text`` means, of the M ``decisions``.

        Raises
        ------
        ConfigError
            When it is none, or names a decision that there is not.

        Examples
        --------
        >>> limit = Limit.of("2*biopsy + refer <= 90/1000", ("discharge", "biopsy", "refer"))
        >>> limit.uses.tolist(), limit.amount, limit.is_share
        ([0.0, 2.0, 1.0], 0.09, True)
        """
        sides = _SIDES.match(text.strip())
        if sides is None:
            raise ConfigError(f"capacity {text!r}: {EXPECTED}")
        uses = np.zeros(len(decisions))
        for term in _terms(sides["sum"], decisions):
            factor, name = _factor(term, decisions)
            if name not in decisions:
                raise ConfigError(
                    f'capacity {text!r}: there is no decision "{name}"; expected one of '
                    f"{listed(decisions)}"
                )
            uses[list(decisions).index(name)] += factor
        amount, is_share = _amount(sides["most"].strip(), text)
        return cls(text.strip(), uses, amount, is_share, sides["sign"] == ">=")

    def amount_for(self, n: int) -> float:
        """How much there is for ``n`` cases; whole where every case uses a whole number."""
        most = self.amount * n if self.is_share else self.amount
        if not (self.uses == np.floor(self.uses)).all():
            return most
        return float(np.ceil(most - ROUNDING) if self.at_least else np.floor(most + ROUNDING))

    @property
    def sign(self) -> int:
        """1 of a most, -1 of a least: ``sign * uses @ counts <= sign * amount`` holds for both."""
        return -1 if self.at_least else 1


def limits_of(texts: Sequence[str], decisions: Sequence[str]) -> tuple[Limit, ...]:
    """Of all ``texts``; one at least is expected."""
    if isinstance(texts, str):
        texts = (texts,)
    if not texts:
        raise ConfigError(f"capacity: no limit is given; {EXPECTED}")
    return tuple(Limit.of(text, decisions) for text in texts)


def _terms(sum_of: str, decisions: Sequence[str]) -> list[str]:
    """The parts between pluses; a decision's own name may hold one."""
    names = sorted((name for name in decisions if "+" in name), key=len, reverse=True)
    kept = {f"\0{k}\0": name for k, name in enumerate(names)}
    for mark, name in kept.items():
        sum_of = sum_of.replace(name, mark)
    terms = []
    for term in sum_of.split("+"):
        for mark, name in kept.items():
            term = term.replace(mark, name)
        terms.append(term.strip())
    return terms


def _factor(term: str, decisions: Sequence[str]) -> tuple[float, str]:
    """What a case of the named decision uses."""
    before, star, after = term.partition("*")
    if star and term not in decisions and _NUMBER.match(before.strip()):
        return float(before), after.strip()
    return 1.0, term


def _amount(most: str, text: str) -> tuple[float, bool]:
    """The number behind the sign, and whether it is a share of the cases."""
    of, slash, cases = (part.strip() for part in most.partition("/"))
    percent = not slash and of.endswith("%")
    of = of.removesuffix("%").strip() if percent else of
    if not _NUMBER.match(of) or (slash and (not _NUMBER.match(cases) or float(cases) == 0)):
        raise ConfigError(f"capacity {text!r}: {EXPECTED}")
    amount = float(of) / (100 if percent else float(cases) if slash else 1)
    return amount, bool(slash) or percent
