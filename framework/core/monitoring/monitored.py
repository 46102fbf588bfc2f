"""What a monitor found, in sentences and as JSON; dollars, negative = a loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.monitoring.alarm import Alarm
from framework.core.monitoring.decided_cases import DecidedCases, Reference
from framework.core.monitoring.drift import Drift
from framework.core.monitoring.weekly import Monitoring
from framework.core.monitoring.weekly_figures import Figures, Week
from framework.core.words import in_brackets, money, percent, plural, quoted

BEYOND_CHANCE = 0.05  # of all the weeks that are looked at together


@dataclass(frozen=True, eq=False)
class Monitored:
    """What a monitor found out.

    Parameters
    ----------
    labels, decision_labels : tuple of str
    currency : tuple
        As ``CostMatrix.money``.
    figures : Figures
        Of all cases.
    weeks : tuple of Week
    alarm : Alarm
    reference_shares : mapping or None
        Of the classes, among the cases that weeks are compared with.
    never_known : mapping
        Decisions under which no outcome ever came, and how many cases were decided so.
    corrected : bool
        Whether exploring makes up for these.
    notes : tuple of str
        What else a reader must know, sentences.
    """

    labels: tuple[str, ...]
    decision_labels: tuple[str, ...]
    currency: tuple[Any, ...]
    figures: Figures
    weeks: tuple[Week, ...]
    alarm: Alarm
    reference_shares: Mapping[str, float] | None
    never_known: Mapping[str, int]
    corrected: bool
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        found: Monitoring,
        cases: DecidedCases,
        matrix: CostMatrix,
        reference: Reference | None = None,
        notes: tuple[str, ...] = (),
    ) -> Self:
        """What was ``found`` of ``cases``, by the names of the ``matrix``."""
        counts = np.bincount(cases.decisions, minlength=len(matrix.decision_labels))
        never = {
            name: int(n)
            for name, n, tells in zip(matrix.decision_labels, counts, cases.telling, strict=True)
            if n and not tells
        }
        shares = None
        if reference is not None:
            shares = dict(zip(matrix.labels, reference.shares().tolist(), strict=True))
        return cls(
            labels=matrix.labels,
            decision_labels=matrix.decision_labels,
            currency=matrix.money,
            figures=found.figures,
            weeks=found.weeks,
            alarm=found.alarm,
            reference_shares=shares,
            never_known=never if found.figures.known else {},
            corrected=cases.odds is not None,
            notes=notes,
        )

    @property
    def verdict(self) -> str:
        """Alarm or none, in a sentence; in the currency that is set."""
        alarm, figures = self.alarm, self.figures
        if figures.came is None:
            return "No outcome is known yet: nothing can be said of the dollars that came"
        came = f"{money(figures.came.mean)} a case came, {money(figures.promised_of_known)} was promised"
        if alarm.raised is None:
            return f"No alarm: {came} ({plural(figures.known, 'case')} with an outcome)"
        more = ""
        if alarm.at_least > 0:
            more = f"; at least {money(alarm.at_least)} a case more is lost than that"
        return f"Alarm since {alarm.raised}: {came}{more}"

    def sentences(self) -> list[str]:
        """The verdict, and what it rests on."""
        return [self.verdict, *self._missing(), *self._drifted(), *self.notes]

    def _missing(self) -> list[str]:
        figures = self.figures
        told = []
        if figures.known and figures.estimate.mean != figures.came_mean:
            missing = figures.n - figures.known
            told.append(
                f"{plural(missing, 'case')} of {figures.n:,} have no outcome; with them it is estimated that "
                f"{money(figures.estimate.mean)} a case came"
                + (f" {in_brackets(figures.estimate.ends)}" if figures.estimate.ends else "")
            )
        for decision, n in self.never_known.items():
            start = (
                f"no outcome came of the {plural(n, 'case')} decided {quoted(decision)}, unless another "
                "decision was tried"
            )
            told.append(
                f"{start}: the estimate makes up for that by the odds of exploring"
                if self.corrected
                else f"{start}: what they would have brought nobody learns, and figures of known cases are "
                "biased; fw serve --explore 0.02 would tell"
            )
        if figures.explored:
            told.append(
                f"exploring is expected to lose {money(-figures.explored)} a case, "
                f"{money(-figures.explored * figures.n)} in all"
            )
        return told

    def _drifted(self) -> list[str]:
        told = []
        for what, drifts in (
            ("expected dollars", [week.scores for week in self.weeks]),
            ("decisions", [week.decisions for week in self.weeks]),
        ):
            far = beyond_chance(drifts)
            if far:
                last = drifts[far[-1]]
                assert last is not None
                told.append(
                    f"the {what} have drifted in {plural(len(far), 'week')}: in that of "
                    f"{self.weeks[far[-1]].start}, {percent(last.moved)} of the cases lie elsewhere than in "
                    "the reference"
                )
        return told

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "labels": list(self.labels),
            "decisions": list(self.decision_labels),
            "currency": self.currency[0],
            "alarm": self.alarm.to_json(),
            **self.figures.to_json(),
            "never_known": dict(self.never_known),
            "corrected_by_exploring": self.corrected,
            "reference_shares": None
            if self.reference_shares is None
            else dict(self.reference_shares),
            "weeks": [self._week(week) for week in self.weeks],
            "sentences": self.sentences(),
        }

    def _week(self, week: Week) -> dict[str, Any]:
        mix = week.mix
        shares = None
        if mix is not None:
            shares = {
                label: {"share": float(mix.shares[k]), "interval": [mix.low[k], mix.high[k]]}
                for k, label in enumerate(self.labels)
            }
        return {
            "week": week.start,
            **week.figures.to_json(),
            "class_mix": shares,
            "drift": {
                name: None if drift is None else {"moved": drift.moved, "p_value": drift.p_value}
                for name, drift in (
                    ("expected_dollars", week.scores),
                    ("decisions", week.decisions),
                )
            },
        }


def beyond_chance(drifts: Sequence[Drift | None]) -> list[int]:
    """Which of several drifts chance does not explain, all looked at together (Bonferroni)."""
    told = sum(drift is not None for drift in drifts)
    return [
        k
        for k, drift in enumerate(drifts)
        if drift is not None and drift.p_value < BEYOND_CHANCE / told
    ]
