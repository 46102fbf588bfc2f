"""What a reader must not miss: of a run's matrices, its cases, and its models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from framework.core.cases.dataset import Dataset
from framework.core.cases.leaks import duplicates_warnings, ignored_options, telltale_warnings
from framework.core.cases.splitting import Split
from framework.core.costs.actions import best_actions
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.evaluation.references import Bounds, collapsed
from framework.core.matrix_checks.cost_matrix_cases import case_warnings
from framework.core.matrix_checks.cost_matrix_checks import warnings_of
from framework.core.shown import listed
from framework.data.decoding import MOST
from framework.experiment.choosing.plan import ResolvedRun
from framework.experiment.fitting.recipe import Recipe, TrainedNetwork
from framework.experiment.results.held_out import HeldOut
from framework.experiment.results.model_result import ModelResult
from framework.experiment.results.scarce_classes import scarce_in_test, scarce_in_training

# Mean probability and share of a class that differ by more than this factor are told.
FACTOR = 2.0


def _other_populations(plan: ResolvedRun) -> list[str]:
    """Matrices that are for other shares of the classes than those that all models are judged at."""
    used = dict(plan.config.prevalence)
    told = dict.fromkeys(
        candidate.matrix.name
        for candidate in plan.candidates
        if candidate.matrix is not None
        and candidate.matrix.prevalence
        and dict(candidate.matrix.prevalence) != used
    )
    return [
        f'the matrix "{name}" brings a prevalence of its own, which is not the one that models are judged at '
        "here, and is left out"
        for name in told
    ]


def remarks(run: ResolvedRun, dataset: Dataset, parts: Split) -> tuple[str, ...]:
    """Warnings on the matrices, on their costs for these cases, and on the split."""
    asked = run.asked
    told = _of_matrices(run, dataset, parts.train)
    told += ignored_options(
        {name for name in asked.model_fields_set if getattr(asked, name) is not None}, dataset
    )
    told += _other_populations(run)
    told += scarce_in_training(dataset.training_counts(parts.train), dataset.labels)
    told += streamed(dataset, parts)
    told += brought_to_a_size(run, dataset)
    told += [*duplicates_warnings(dataset, parts), *telltale_warnings(dataset, parts.train)]
    return tuple(dict.fromkeys(told))


def _of_matrices(run: ResolvedRun, dataset: Dataset, train: np.ndarray) -> list[str]:
    """Warnings on what judges and what is trained with, and on their costs for the training cases."""
    y = dataset.y[train]
    trained = [row.matrix for row in run.candidates if row.matrix is not None]
    told: list[str] = []
    for matrix in (run.judge, *trained):
        columns = dataset.columns(matrix.columns, train)
        told += warnings_of(matrix)
        told += case_warnings(matrix, y, columns, dataset.feature_names)
    return told


def brought_to_a_size(run: ResolvedRun, dataset: Dataset) -> list[str]:
    """Of pictures in files, where nobody said which."""
    if run.config.picture_size is not None or dataset.X.ndim < 4 or not run.dataset.plugin.is_own:
        return []
    height, width = dataset.X.shape[1:3]
    return [
        f"pictures were brought to {width} x {height} pixels, as the median has, but no side longer than "
        f"{MOST}; --picture-size takes another"
    ]


def streamed(dataset: Dataset, parts: Split) -> list[str]:
    """Of training cases that were streamed, how many there are, and of how many the rest of the run is."""
    if dataset.stream is None:
        return []
    n = int(dataset.training_counts(parts.train).sum())
    validated = 0 if dataset.validation is None else int(dataset.validation.sum())
    drawn = ""
    if dataset.totals is not None:
        of_all = (dataset.totals.validation, dataset.totals.test)
        validation, test = (f"{int(counts.sum()):,}" for counts in of_all)
        drawn = f"; both are drawn class by class, from {validation} and {test}, and weighted back to these"
    return [
        f"{n:,} training cases were streamed, which networks learn from; scaling, columns and models "
        f"that are no networks go by {len(parts.train):,} of them, drawn at random; {validated:,} further "
        f"cases validate, and {len(parts.test):,} judge{drawn}"
    ]


def remarks_on_models(
    models: Sequence[ModelResult], test: HeldOut, limits: Bounds
) -> tuple[str, ...]:
    """Of the test cases, and of how each model decided them."""
    judge = test.judge
    found = scarce_in_test(test.y, test.costs, judge.labels, judge.currency, test.mix)
    for model in models:
        if judge.n_classes > 2 and any(
            isinstance(recipe, Recipe)
            and recipe.loss.name == "expected_cost"
            and not recipe.warm_up
            for recipe in model.choice.strategy.recipes
        ):
            found.append(
                f'"{model.name}" was trained from scratch with expected_cost on {judge.n_classes} '
                "classes, where that loss is flat wherever the model is confidently wrong; "
                "--loss cross_entropy_then_cost, or --warm-up 0.5, avoids it"
            )
        rule = model.choice.strategy.rule
        if model.training_matrix is not None and not rule.refers:
            found += _never_taken(model.name, rule.name, judge)
        for outcome in model.outcomes:
            evaluation = outcome.evaluation
            decision = collapsed(evaluation.confusion_matrix, evaluation.dollars_per_case, limits)
            if decision is not None:
                found.append(
                    f'"{model.name}" COLLAPSED (seed {outcome.seed}): it says '
                    f'"{judge.decision_labels[decision]}" to nearly every case and loses more than '
                    f'always saying "{judge.decision_labels[limits.constant_decision]}" would'
                )
        weights = test.cases.weights[test.y]
        found += misplaced(model.name, model.stated.probabilities, test.y, judge.labels, weights)
        if rule.name == "minimum_expected_cost" and model.decision.calibration != (
            model.decision.reporting
        ):
            found += misplaced(model.name, model.probabilities, test.y, judge.labels, weights)
    return tuple(dict.fromkeys(found))


def _never_taken(name: str, rule: str, judge: CostMatrix) -> list[str]:
    """Decisions that a rule which decides for classes does not take, though the matrix prices them."""
    told = []
    best = set(best_actions(judge.costs, judge.n_actions).tolist()) if judge.actions else set()
    left = [action for a, action in enumerate(judge.actions) if a not in best]
    if left and not judge.column_costs:
        told.append(
            f'"{name}" decides by the rule "{rule}", which takes the best action for a class and never '
            f"{listed(left)}; --decision-rule minimum_expected_cost does where that is the cheapest"
        )
    if judge.refer is not None:
        told.append(
            f'"{name}" decides by the rule "{rule}", which never refers a case, though '
            f'the matrix "{judge.name}" prices that; --decision-rule minimum_expected_cost refers '
            "where that is the cheapest"
        )
    return told


def misplaced(
    name: str,
    p: np.ndarray,
    y: np.ndarray,
    labels: Sequence[str],
    weights: np.ndarray | None = None,
) -> list[str]:
    """Classes whose mean probability is off their share of the cases ``y`` by more than a factor.

    Of so few cases that chance does it (three standard errors), nothing is said. ``weights`` (n,) are
    what each case stands for (default: one).
    """
    weights = np.ones(len(y)) if weights is None else weights
    n = weights.sum() ** 2 / (weights**2).sum()  # as many equal ones would vary as much
    found = []
    for k, label in enumerate(labels):
        stated, share = (float(np.average(of, weights=weights)) for of in (p[:, k], y == k))
        error = np.sqrt(max(stated, share) / n)
        off = max(stated, share) > FACTOR * min(stated, share)
        if off and abs(stated - share) > 3 * error:
            found.append(
                f'"{name}" gives "{label}" a probability of {stated:.3g} on average, but it is '
                f"{share:.3g} of the test cases; decisions of least expected cost take such "
                "probabilities at their word (--calibration bias mends them)"
            )
    return found


def unfinished(networks: Mapping[str, Sequence[TrainedNetwork]], epochs: int) -> tuple[str, ...]:
    """A warning where the loss of some of the networks, by model, was still falling at the end."""
    falling = {
        name: max((network.still_falling or 0.0 for network in of_model), default=0.0)
        for name, of_model in networks.items()
    }
    names = [f'"{name}"' for name, share in falling.items() if share]
    if not names:
        return ()
    return (
        f"the training loss of {', '.join(names)} was still falling at the end (by "
        f"{max(falling.values()):.0%} of its whole fall, over the last fifth of the learning); "
        f"train longer, with --epochs {2 * epochs}, or with a larger --learning-rate",
    )


def served_by_keras(models: Sequence[ModelResult]) -> tuple[str, ...]:
    """A note on models that ONNX Runtime cannot answer for."""
    reasons: dict[str, list[str]] = {}
    for model in models:
        reason = model.trained.network.needs_keras
        if reason is not None:
            reasons.setdefault(reason, []).append(f'"{model.name}"')
    return tuple(
        f"{', '.join(names)} cannot be exported to ONNX ({reason} is not known to it), so Keras will answer: "
        "with seconds to start, and some 600 MB"
        for reason, names in reasons.items()
    )


def not_tried(left_out: Sequence[str]) -> tuple[str, ...]:
    """A note on families of models that did not come into the pool."""
    if not left_out:
        return ()
    return (
        f"left out of the pool: {', '.join(left_out)}; --time-budget gives the search more time",
    )
