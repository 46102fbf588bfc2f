"""Pictures: which pixels speak for a decision, for the dearest mistakes and the closest calls.

What is explained is the expected dollars of the decision the model took, by its own calibrated
probabilities: unlike the probability of one class, it holds what the confusions with every other
class cost, it is in the unit the models are judged in, and it is defined for referrals too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framework.core.arrays import FloatArray, IntArray
from framework.core.case_costs import case_costs, costs_of_decisions, of_cases
from framework.core.evaluation.evaluation import right_of_cases
from framework.core.steps import counted
from framework.experiment.stored_runs.reloaded_run import ReloadedModel, ReloadedRun
from framework.inference.pooled_model import PooledModel
from framework.studies.explanation.integrated_gradients import STEPS, IntegratedGradients


@dataclass(frozen=True, eq=False)
class PixelMap:
    """Of one model and one picture. Dollars: negative = a loss.

    ``credit`` (height, width) is the dollars each pixel adds to what the decision is expected to
    bring: positive speaks for it. It sums to ``expected - expected_of_baseline`` but for ``gap``.
    ``outcome`` is "right", "wrong" or "referred", ``came_to`` what the decision brought.
    """

    model: str
    decided: str
    outcome: str
    came_to: float
    expected: float
    expected_of_baseline: float
    credit: FloatArray
    gap: float


@dataclass(frozen=True, eq=False)
class PictureExplained:
    """One test case: its ``row``, its ``name``, why it was chosen, and a map for every model."""

    row: int
    truth: str
    chosen_as: str
    pixels: np.ndarray
    maps: tuple[PixelMap, ...]
    name: str | int


@dataclass(frozen=True, eq=False)
class PicturesExplained:
    """``baseline`` is the mean picture of the training part, (height, width, channels)."""

    pictures: tuple[PictureExplained, ...]
    baseline: FloatArray
    steps: int


def explain_pictures(reloaded: ReloadedRun, of_each: int) -> PicturesExplained:
    """Integrated gradients for up to ``of_each`` dearest mistakes, and as many closest calls.

    The baseline picture is the mean of the training part. A black one could not credit a black
    pixel with anything, and what signs and scans say is often written in black.
    """
    baseline = reloaded.dataset.X[reloaded.parts.train].mean(axis=0, dtype=np.float64)
    lost = [
        np.where(
            _outcomes(reloaded, model) == "wrong",
            case_costs(reloaded.y, model.answers.decisions, reloaded.costs),
            -np.inf,
        )
        for model in reloaded.models
    ]
    mistakes = taken_in_turns([-values for values in lost], of_each)
    close = [
        np.where(np.isin(np.arange(len(reloaded.y)), mistakes), np.inf, abs(model.answers.margins))
        for model in reloaded.models
    ]
    calls = taken_in_turns(close, of_each)
    cases = np.array([*mistakes, *calls], dtype=np.int64)
    rows = reloaded.parts.test[cases]
    X, names = reloaded.dataset.X[rows], reloaded.dataset.names_of(rows).tolist()
    maps = [
        _maps(reloaded, model, X, baseline, cases)
        for model in counted(reloaded.models, "explaining pictures")
    ]
    pictures = tuple(
        PictureExplained(
            row=int(rows[k]),
            truth=reloaded.run.labels[reloaded.y[case]],
            chosen_as="mistake" if k < len(mistakes) else "close call",
            pixels=X[k],
            maps=tuple(of_model[k] for of_model in maps),
            name=names[k],
        )
        for k, case in enumerate(cases.tolist())
    )
    return PicturesExplained(pictures, baseline, STEPS)


def taken_in_turns(scores: Sequence[FloatArray], limit: int) -> list[int]:
    """Up to ``limit`` cases: the lowest finite score (n,) of each model in turn, none twice.

    Examples
    --------
    >>> taken_in_turns([np.array([3.0, 1.0, 2.0]), np.array([0.0, 1.0, np.inf])], 3)
    [1, 0, 2]
    """
    rankings = [
        iter([int(k) for k in np.argsort(of_model, kind="stable") if np.isfinite(of_model[k])])
        for of_model in scores
    ]
    chosen: list[int] = []
    while rankings and len(chosen) < limit:
        for ranking in list(rankings):
            case = next((case for case in ranking if case not in chosen), None)
            if case is None:
                rankings.remove(ranking)
            elif len(chosen) < limit:
                chosen.append(case)
    return chosen


def _maps(
    reloaded: ReloadedRun,
    model: ReloadedModel,
    X: np.ndarray,
    baseline: FloatArray,
    cases: IntArray,
) -> list[PixelMap]:
    """One for each picture in ``X``, which are the test part's ``cases``."""
    artifact = model.trained.artifact
    decisions = model.answers.decisions[cases]
    network = model.trained.network
    assert not isinstance(network, PooledModel)  # pools of pictures are one network
    attribute = IntegratedGradients(network.model, artifact.decision.reporting)
    dollars = -costs_of_decisions(decisions, of_cases(reloaded.known, cases))
    # What a decision brings whatever the truth is no pixel's doing: apart, so that a map of it is
    # empty instead of full of rounding errors.
    constant = dollars.mean(axis=1)
    scaled, start = artifact.scaling(X), artifact.scaling(baseline[None])[0]
    found = attribute(scaled, start, dollars - constant[:, None])
    brought = -case_costs(reloaded.y[cases], decisions, of_cases(reloaded.costs, cases))
    outcomes = _outcomes(reloaded, model)[cases]
    return [
        PixelMap(
            model=model.name,
            decided=reloaded.run.decision_labels[decision],
            outcome=str(outcomes[k]),
            came_to=float(brought[k]) + 0.0,
            expected=float(found.outcomes[k] + constant[k]),
            expected_of_baseline=float(found.baseline_outcomes[k] + constant[k]),
            credit=found.values[k].sum(axis=-1),
            gap=float(found.gaps[k]),
        )
        for k, decision in enumerate(decisions)
    ]


def _outcomes(reloaded: ReloadedRun, model: ReloadedModel) -> np.ndarray:
    """ "right", "wrong" or "referred" of every test case (n,)."""
    decisions, matrix = model.answers.decisions, reloaded.run.matrix
    right = right_of_cases(reloaded.y, decisions, matrix, reloaded.columns)
    return np.where(decisions >= len(matrix.acts), "referred", np.where(right, "right", "wrong"))
