"""Validation on the training part: every recipe's probabilities for cases it was not trained on.

Everything that is chosen or fitted (strategies, calibrations, thresholds, the model that is served)
goes by these cases; the test part judges and does not choose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.case_costs import case_costs, of_cases
from framework.core.costs.prevalence import Mix, cases_stood_for
from framework.core.decisions import calibration, pooling
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.fitted_estimator import one_thread
from framework.experiment.fitting.recipe import AnyRecipe
from framework.experiment.fitting.strategy import Combination, Strategy, decide, fit_parameters
from framework.inference.artifact import Decision

# Stated probabilities are calibrated by this method where the decision goes by others.
REPORTING = "bias"


@dataclass(frozen=True, eq=False)
class Validation:
    """n cases of the training part that some models were not trained on.

    ``costs`` (N, M) or (n, N, M) are what decisions cost, ``known`` what is known of that when a case
    is decided; their first ``n_actions`` columns are actions, with 0 classes.
    ``probabilities[recipe]`` are (S, n, N): of every seed, the average of as many networks as are
    averaged in the end. ``fold`` (n,) numbers what was held out together, ``groups`` (n,) cases
    that belong together; ``method`` says in words how it was done, ``left_out`` which families of
    models there was no time for, or which cannot be fitted.
    """

    rows: np.ndarray
    fold: np.ndarray
    y: np.ndarray
    costs: np.ndarray
    known: np.ndarray
    groups: np.ndarray | None
    probabilities: Mapping[AnyRecipe, np.ndarray]
    n_actions: int = 0
    method: str = ""
    # Those fitted so far: they do not depend on what decisions cost.
    combinations: dict[Any, Combination] = field(default_factory=dict)
    log_losses: dict[AnyRecipe, float] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    mix: Mix | None = None

    @property
    def seeds(self) -> int:
        return len(next(iter(self.probabilities.values())))

    def fits(self) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """For every fold its number, and masks (n,) of its cases and of those to fit on: the others'."""
        for fold in np.unique(self.fold).tolist():
            here = self.fold == fold
            yield fold, here, ~here if not here.all() else here  # a single fold has only itself

    def of(self, strategy: Strategy, seed: int = 0) -> np.ndarray:
        """Probabilities (M, n, N) of the models of one seed, one for each of the M recipes."""
        return np.stack([self.probabilities[recipe][seed] for recipe in strategy.recipes])

    def combination(
        self, strategy: Strategy, seed: int = 0, fold: int | None = None
    ) -> Combination:
        """How they become one (n, N), fitted on all cases, or for a ``fold`` on those of the others.

        At the shares of the classes in the population that is meant, for a strategy that takes
        probabilities at their word.
        """
        moves = self.mix is not None and strategy.takes_probabilities
        key = (strategy.calibration, strategy.recipes, strategy.pooled, moves, seed, fold)
        if key not in self.combinations:
            p, y = self.of(strategy, seed), self.y
            if fold is not None:
                others = next(others for number, _, others in self.fits() if number == fold)
                p, y = p[:, others], y[others]
            weights = self._stood_for(y)
            pool = None
            if strategy.pooled:
                with one_thread():  # BLAS's threads take longer to meet than small products take
                    pool = pooling.fit(p, y, weights)
            plain = Combination(pool)
            fitted = calibration.fit(strategy.calibration, plain(p), y, weights)
            if moves and self.mix is not None:
                fitted = fitted.moved(self.mix.ratio)
            self.combinations[key] = replace(plain, calibration=fitted)
        return self.combinations[key]

    def decision(self, strategy: Strategy, seed: int = 0) -> Decision:
        """How a model of this strategy decides, and by what its dollars are stated.

        Probabilities are stated as they are decided by where those are calibrated; a strategy that
        decides by others gets a calibration for what it states alone.
        """
        fitted = self.combination(strategy, seed)
        p = fitted(self.of(strategy, seed))
        parameters = fit_parameters(strategy, p, self.y, self.weighted_costs, self.n_actions)
        stated = fitted
        if strategy.calibration == "none" and not strategy.pooled:
            stated = self.combination(replace(strategy, calibration=REPORTING), seed)
        return Decision(strategy.rule.name, parameters, fitted.calibration, stated.calibration)

    def log_loss(self, recipe: AnyRecipe) -> float:
        """Mean log loss (nats a case) of a recipe's probabilities, when calibrated.

        What recipes are ranked by, and not their dollars: where a few dear mistakes make up most of
        the costs, dollars of a few hundred cases tell who was lucky with two or three of them. The
        log loss is as proper, and hears every case.
        """
        if recipe not in self.log_losses:
            weights = self._stood_for(self.y)
            of_seeds = [pooling.log_loss(p, self.y, weights) for p in self.probabilities[recipe]]
            self.log_losses[recipe] = float(np.mean(of_seeds))
        return self.log_losses[recipe]

    def dollars(self, strategy: Strategy) -> np.ndarray:
        """What each case brought (n,), mean over the seeds; negative = a loss.

        Decided by what was fitted on other folds. Their mean is that of the population that is meant.
        """
        of_seeds = [
            case_costs(self.y, cross_fitted_decisions(strategy, self, seed), self.costs)
            for seed in range(self.seeds)
        ]
        return self.cases.values(0.0 - np.mean(of_seeds, axis=0))

    @property
    def weighted_costs(self) -> FloatArray:
        """``costs`` of cases that count as their classes do in the population that is meant."""
        return self.cases.weighted_costs

    @cached_property
    def cases(self) -> JudgedCases:
        """What means over them are of."""
        mix = self.mix
        target, totals = (None, None) if mix is None else (mix.target, mix.validated)
        return JudgedCases.of_part(self.y, self.costs, self.groups, target, totals)

    def _stood_for(self, y: np.ndarray) -> FloatArray | None:
        """How many cases of the whole validation part each of ``y`` (n,), some of these, stands for."""
        return cases_stood_for(y, None if self.mix is None else self.mix.validated)


def cross_fitted_decisions(strategy: Strategy, validation: Validation, seed: int = 0) -> np.ndarray:
    """Decisions on every validation case, by what was fitted on the other folds."""
    p = validation.of(strategy, seed)
    if not strategy.is_fitted:
        fitted = validation.combination(strategy, seed)
        return decide(
            strategy, fitted(p), validation.known, strategy.parameters, validation.n_actions
        )
    decisions = np.empty(len(validation.y), dtype=np.int64)
    for fold, here, others in validation.fits():
        fitted = validation.combination(strategy, seed, fold)
        parameters = fit_parameters(
            strategy,
            fitted(p[:, others]),
            validation.y[others],
            of_cases(validation.weighted_costs, others),
            validation.n_actions,
        )
        decisions[here] = decide(
            strategy,
            fitted(p[:, here]),
            of_cases(validation.known, here),
            parameters,
            validation.n_actions,
        )
    return decisions
