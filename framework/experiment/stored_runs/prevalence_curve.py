"""What the models of a run lose where a class is rarer or more frequent than in its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.case_costs import case_costs
from framework.core.costs.prevalence import Mix, moved, target_shares
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.errors import ConfigError
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.references import constant_dollars, oracle_dollars
from framework.core.uncertainty.multiple_comparisons import level_of_best
from framework.experiment.results.verdict import ALWAYS
from framework.experiment.stored_runs.run_data import RunData

POINTS = 61
# Where a chart begins and ends, unless the run's own shares lie beyond.
FROM, TO = 0.001, 0.5
# How near to the share at which the cheapest one changes it is told, relative to the odds.
NEAR = 1e-3
ORACLE = "a perfect oracle"
ANEW = "minimum_expected_cost"  # the rule that decides anew at every share


@dataclass(frozen=True, eq=False)
class PrevalenceCurve:
    """Dollars per case (negative = a loss) along the share of ``label``, the other classes keeping their
    proportions among each other.

    Models that decide by least expected cost are decided anew at every share, by the first seed's
    calibrated probabilities; the others keep their decisions. ``values`` (V,) are the shares.
    """

    run: RunData
    label: str
    values: FloatArray
    # What was found out so far, by share.
    _told: dict[float, dict[str, float]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        run: RunData,
        label: str | None = None,
        ends: tuple[float, float] | None = None,
        points: int = POINTS,
    ) -> PrevalenceCurve | None:
        """Of ``label`` (default: the one that was swept, or whose prevalence is given, or the second of
        two).

        None where nothing suggests a label, no test case has it, or the run is of an older version.
        """
        if run.mix is None:
            return None
        if run.swept is not None and label is None:
            return cls(run, run.swept["label"], np.array(run.swept["shares"]))
        named = run.config.get("prevalence") or {}
        found = label or next(iter(named), run.labels[1] if run.binary else None)
        if found is None or run.labels.index(found) not in run.y_true:
            return None
        k = run.labels.index(found)
        own = [float(part[k]) for part in (run.mix.training, run.mix.target) if part is not None]
        own = [share for share in own if 0 < share < 1]
        low, high = ends or (min(FROM, *own, 1.0), max(TO, *own, 0.0))
        odds = np.linspace(np.log(low / (1 - low)), np.log(high / (1 - high)), points)
        return cls(run, found, 1 / (1 + np.exp(-odds)))

    @cached_property
    def dollars(self) -> dict[str, FloatArray]:
        """Of every model, every constant decision and the oracle, (V,) by name."""
        told = [self.at(float(share)) for share in self.values]
        return {name: np.array([of[name] for of in told]) for name in told[0]}

    def at(self, share: float) -> dict[str, float]:
        """The same at one share."""
        if share not in self._told:
            run, cases = self.run, self.cases(share)
            shares = cases.weights * np.bincount(run.y_true, minlength=len(run.labels))
            told = {
                name: float(shares @ of_classes) / len(run.y_true)
                for name, of_classes in self._unchanged.items()
            }
            for model in run.models:
                if model.name not in told:
                    told[model.name] = cases.mean(self.case_dollars(model.name, share))
            names = (model.name for model in run.models)
            self._told[share] = {name: told[name] for name in (*names, *told)}
        return self._told[share]

    def target(self, share: float) -> FloatArray:
        """Shares of all classes (N,) where the label has this one."""
        others = self._mix.training if self._mix.target is None else self._mix.target
        return target_shares({self.label: share}, self.run.labels, others)

    def cases(self, share: float) -> JudgedCases:
        """The test cases, as figures at one share are about."""
        run = self.run
        return JudgedCases(run.y_true, run.costs, run.groups, self.target(share))

    def case_dollars(self, name: str, share: float) -> FloatArray:
        """What each test case would bring (n,) by a model or a constant decision, at one share."""
        run = self.run
        if name.startswith(ALWAYS):
            decision = run.decision_labels.index(name.removeprefix(ALWAYS))
            return constant_dollars(run.y_true, run.costs, decision)
        model = run.model(name)
        if model.rule != ANEW:
            return model.case_dollars
        sample = self._mix.training if self._mix.target is None else self._mix.target
        p = moved(model.stated, sample, self.target(share))
        decisions = minimum_expected_cost(p, run.known)
        return 0.0 - case_costs(run.y_true, decisions, run.costs)

    @cached_property
    def _unchanged(self) -> dict[str, FloatArray]:
        """Mean dollars of each class (N,) of whatever decides alike at every share."""
        run = self.run
        counts = np.maximum(np.bincount(run.y_true, minlength=len(run.labels)), 1)

        def means(dollars: FloatArray) -> FloatArray:
            return np.bincount(run.y_true, weights=dollars, minlength=len(counts)) / counts

        told = {m.name: means(m.case_dollars) for m in run.models if m.rule != ANEW}
        for k, decision in enumerate(run.decision_labels):
            told[ALWAYS + decision] = means(constant_dollars(run.y_true, run.costs, k))
        return told | {ORACLE: means(oracle_dollars(run.y_true, run.costs))}

    @property
    def _mix(self) -> Mix:
        assert self.run.mix is not None
        return self.run.mix

    def cheapest(self, share: float) -> str:
        """Of all models and constant decisions, who loses least at a share on the test cases."""
        return self._least(self.at(share))

    def _of_served(self, share: float) -> str:
        """The same of the served model and the constant decisions."""
        told, served = self.at(share), self.run.served.name
        return self._least(
            {name: of for name, of in told.items() if name == served or name.startswith(ALWAYS)}
        )

    @staticmethod
    def _least(told: Mapping[str, float]) -> str:
        """Of equals, who needs less."""
        names = sorted((set(told) - {ORACLE}), key=lambda name: (not name.startswith(ALWAYS), name))
        least = max(told[name] for name in names)
        return next(name for name in names if told[name] >= least - 1e-9 * max(1.0, abs(least)))

    @cached_property
    def turns(self) -> list[tuple[float, str, str]]:
        """Break-even shares of the served model and of deciding all cases alike: who is the cheapest up to
        there, and from there on.

        On these test cases: where the difference is one of luck, so is the share. Of other models there
        is no such list: they change places with it all along, by luck.
        """
        found = []
        for low, high in zip(self.values[:-1], self.values[1:], strict=True):
            before, after = self._of_served(float(low)), self._of_served(float(high))
            if before != after:
                found.append((self._turn(float(low), float(high), before), before, after))
        return found

    def _turn(self, low: float, high: float, before: str) -> float:
        while high / (1 - high) > (1 + NEAR) * low / (1 - low):
            odds = np.sqrt(low / (1 - low) * high / (1 - high))
            middle = float(odds / (1 + odds))
            low, high = (middle, high) if self._of_served(middle) == before else (low, middle)
        return high

    @cached_property
    def worth_it(self) -> list[tuple[float, float]]:
        """Ranges of shares where the served model is shown to be cheaper than every constant decision
        (the 95% interval leaves out 0, corrected for as many looks as there are shares).
        """
        ranges: list[tuple[float, float]] = []
        shown = [self._is_shown(float(share)) for share in self.values]
        for k, (share, here) in enumerate(zip(self.values.tolist(), shown, strict=True)):
            if not here:
                continue
            if k > 0 and shown[k - 1]:
                ranges[-1] = (ranges[-1][0], share)
            else:
                ranges.append((share, share))
        return ranges

    def _is_shown(self, share: float) -> bool:
        told = self.at(share)
        constant = max((n for n in told if n.startswith(ALWAYS)), key=lambda name: told[name])
        served = self.case_dollars(self.run.served.name, share)
        level = level_of_best(len(self.values))
        low = self.cases(share).between(served, self.case_dollars(constant, share), level).low
        return low is not None and low > 0

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "shares": self.values.tolist(),
            "dollars_per_case": {name: of.tolist() for name, of in self.dollars.items()},
            "break_even": [
                {"share": share, "below": below, "above": above}
                for share, below, above in self.turns
            ],
            "served": self.run.served.name,
            "served_shown_cheaper_than_constants": [list(ends) for ends in self.worth_it],
        }


def read_range(given: Mapping[str, Any], labels: Sequence[str]) -> tuple[str, tuple[float, float]]:
    """The label and the ends that ``{label: "LOW..HIGH"}`` names.

    Raises
    ------
    ConfigError
        For several, an unknown label, or ends that are no shares from a smaller to a larger one.
    """
    told = ", ".join(f"{name}={of}" for name, of in given.items())
    if len(given) != 1 or not set(given) <= set(labels):
        raise ConfigError(
            f"--prevalence: expected one range LABEL=LOW..HIGH of a label ({', '.join(labels)}), received "
            f"{told}"
        )
    label, text = next(iter(given.items()))
    try:
        low, high = map(float, str(text).split(".."))
    except ValueError:
        low = high = float("nan")
    if not 0 < low < high < 1:
        raise ConfigError(
            f"--prevalence {told}: expected LOW..HIGH, two shares between 0 and 1, the smaller one first"
        )
    return label, (low, high)
