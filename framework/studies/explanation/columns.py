"""Tables: what shuffling each feature costs, model by model, on the same shuffles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import case_costs
from framework.core.errors import ConfigError
from framework.core.steps import counted
from framework.core.uncertainty.intervals import Interval
from framework.experiment.stored_runs.reloaded_run import ReloadedModel, ReloadedRun
from framework.studies.explanation.permutation_importance import (
    Feature,
    correlations,
    families,
    grouped,
    orders,
    shuffled,
)

# Values of shuffled tables that are held at once.
BATCH = 2**22


@dataclass(frozen=True, eq=False)
class Importance:
    """Of one feature to one model: dollars lost per case when it is shuffled (negative: gained).

    ``decisions_changed`` is the share of decisions that come out otherwise; ``moved`` how much
    more dollars the feature is worth to this model than to the baseline (None for the baseline).
    """

    lost: Interval
    decisions_changed: float
    moved: Interval | None


@dataclass(frozen=True, eq=False)
class ColumnsExplained:
    """``importances[model][k]`` is that of ``features[k]``.

    Families of features that say the same come first, then every feature alone. ``alike`` (F, F)
    holds the correlations of those alone, from the training part.
    """

    features: tuple[Feature, ...]
    column_names: tuple[str, ...]
    alike: FloatArray
    importances: dict[str, tuple[Importance, ...]]
    repeats: int
    seed: int

    @property
    def n_families(self) -> int:
        return len(self.features) - len(self.alike)

    def ranked(self, model: str) -> tuple[list[int], list[int]]:
        """Positions of the families, and of the features alone, the dearest to lose first."""
        lost = np.array([importance.lost.mean for importance in self.importances[model]])
        order = np.argsort(-lost, kind="stable").tolist()
        return (
            [k for k in order if k < self.n_families],
            [k for k in order if k >= self.n_families],
        )

    def relative(self, position: int) -> tuple[str, float] | None:
        """The feature that the one at ``position`` is most alike, and how much."""
        own = position - self.n_families
        others = np.where(np.arange(len(self.alike)) == own, 0.0, self.alike[own])
        best = int(others.argmax())
        if others[best] == 0:
            return None
        return self.features[self.n_families + best].name, float(others[best])


def explain_columns(
    reloaded: ReloadedRun, repeats: int, seed: int, together: Sequence[Sequence[str]] = ()
) -> ColumnsExplained:
    """Permutation importance of every feature, and of those named ``together`` as one.

    All models see the same shuffles of the same cases: differences are paired. Shuffles vary as the
    cases do: they are to an importance what seeds are to a model.
    """
    X, y, cases = reloaded.X, reloaded.y, reloaded.run.judged
    names = reloaded.dataset.feature_names
    alone = joined(grouped(names), names, together)
    alike = correlations(reloaded.dataset.X[reloaded.parts.train], alone)
    features = (*families(alone, alike), *alone)
    found: dict[str, list[Importance]] = {model.name: [] for model in reloaded.models}
    # The baseline first: the others are compared with it.
    models = sorted(reloaded.models, key=lambda model: model.name != reloaded.baseline)
    before = {
        model.name: case_costs(y, model.answers.decisions, reloaded.costs)
        for model in reloaded.models
    }
    for number, feature in enumerate(counted(features, "shuffling features")):
        order = orders(len(X), repeats, (seed, number))
        by_baseline = None
        for model in models:
            decisions = _decisions(reloaded, model, X, feature, order)
            costs = np.stack([case_costs(y, row, reloaded.costs) for row in decisions])
            more = costs - before[model.name]
            moved = None
            if model.name == reloaded.baseline:
                by_baseline = more
            elif by_baseline is not None:
                moved = cases.between(more, by_baseline, times=2)
            changed = float((decisions != model.answers.decisions).mean())
            lost = cases.between(costs, before[model.name])
            found[model.name].append(Importance(lost, changed, moved))
    return ColumnsExplained(
        features,
        names,
        alike,
        {name: tuple(of_model) for name, of_model in found.items()},
        repeats,
        seed,
    )


def joined(
    features: Sequence[Feature], names: Sequence[str], together: Sequence[Sequence[str]]
) -> tuple[Feature, ...]:
    """``features``, those listed in ``together`` (by feature or column name) made one each.

    Raises
    ------
    ConfigError
        For a name that is no feature, or that is named twice.
    """
    owner = {names[column]: feature for feature in features for column in feature.columns}
    owner |= {feature.name: feature for feature in features}
    merged: list[Feature] = []
    taken: set[Feature] = set()
    for group in together:
        parts = []
        for name in group:
            if name not in owner:
                raise ConfigError(
                    f'--together: the data have no feature "{name}"; they have: '
                    f"{', '.join(feature.name for feature in features)}"
                )
            if owner[name] in taken:
                raise ConfigError(f'--together: "{name}" is named twice')
            taken.add(owner[name])
            parts.append(owner[name])
        columns = tuple(column for part in parts for column in part.columns)
        merged.append(Feature(" + ".join(part.name for part in parts), columns))
    return (*merged, *(feature for feature in features if feature not in taken))


def _decisions(
    reloaded: ReloadedRun, model: ReloadedModel, X: FloatArray, feature: Feature, order: IntArray
) -> IntArray:
    """Decisions (repeats, n) with a feature shuffled; the costs stay with the cases."""
    at_once = max(1, BATCH // X.size)
    rows = []
    for start in range(0, len(order), at_once):
        copies = shuffled(X, feature.columns, order[start : start + at_once])
        p = model.trained.predict_proba(copies.reshape(-1, X.shape[1]))
        for probabilities in p.reshape(len(copies), len(X), -1):
            rows.append(model.trained.decide(probabilities, reloaded.columns))
    return np.stack(rows)
