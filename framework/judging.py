"""Networks on the test part: decisions, dollars, and what a reader must be told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from framework.candidates import Candidate
from framework.core import comparison
from framework.core.artifact import Artifact, Signature
from framework.core.bootstrap import mean_interval, paired_difference
from framework.core.comparison import Bounds, collapsed
from framework.core.cost_matrix import CostMatrix
from framework.core.dataset import Dataset, Split
from framework.core.evaluation import case_costs, evaluate
from framework.fitting import Network, Task
from framework.results import ModelResult, SeedOutcome
from framework.strategy import Choice


def judged(
    task: Task,
    parts: Split,
    row: Candidate,
    choice: Choice,
    judge: CostMatrix,
    networks: Sequence[Sequence[Network]],
    baseline: ModelResult | None,
) -> ModelResult:
    """Decide and evaluate the test part with the networks of every seed."""
    dataset, config = task.dataset, task.config
    y = dataset.y[parts.test]
    columns = dataset.columns(judge.columns, parts.test)
    costs = judge.dollar_costs(columns)
    outcomes, first = [], None
    for seed, of_seed in enumerate(networks, start=config.seed):
        p = np.mean([task.predict(member, parts.test) for member in of_seed], axis=0)
        p = choice.decision.calibration(p)
        decisions = choice.strategy.rule.function(p, costs, **choice.decision.parameters)
        evaluation = evaluate(y, decisions, judge, p, columns)
        seconds = sum(member.seconds for member in of_seed)
        outcomes.append(SeedOutcome(seed, evaluation, seconds))
        first = first or (p, decisions)
    assert first is not None
    groups = None if dataset.groups is None else dataset.groups[parts.test]
    dollars = -case_costs(y, first[1], costs)
    signature = Signature(
        dataset.labels,
        dataset.X.shape[1:],
        dataset.feature_names,
        dataset.X.dtype.name,
        dataset.image_border,
    )
    return ModelResult(
        name=row.name,
        choice=choice,
        training_matrix=row.matrix,
        outcomes=tuple(outcomes),
        probabilities=first[0],
        decisions=first[1],
        case_dollars=dollars,
        interval=mean_interval(dollars, groups),
        saved=paired_difference(dollars, baseline.case_dollars, groups) if baseline else None,
        networks=len(networks[0]),
        artifact=Artifact(task.model(networks[0]), signature, choice.decision, judge),
    )


def bounds(dataset: Dataset, judge: CostMatrix, parts: Split) -> Bounds:
    """Dollars of the best constant decision and of a perfect oracle on the test part."""
    return comparison.bounds(
        *_truths_and_costs(dataset, judge, parts.train),
        *_truths_and_costs(dataset, judge, parts.test),
    )


def warnings(models: Sequence[ModelResult], limits: Bounds, judge: CostMatrix) -> tuple[str, ...]:
    """What a reader must not miss: a loss likely to fail here, a model that did."""
    found = []
    for model in models:
        if judge.n_classes > 2 and any(
            recipe.loss.name == "expected_cost" and not recipe.warm_up
            for recipe in model.choice.strategy.recipes
        ):
            found.append(
                f'"{model.name}" was trained from scratch with expected_cost on {judge.n_classes} '
                "classes, where that loss is flat wherever the model is confidently wrong; "
                "--loss cross_entropy_then_cost, or --warm-up 0.5, avoids it"
            )
        for outcome in model.outcomes:
            evaluation = outcome.evaluation
            decision = collapsed(evaluation.confusion_matrix, evaluation.dollars_per_case, limits)
            if decision is not None:
                found.append(
                    f'"{model.name}" COLLAPSED (seed {outcome.seed}): it says '
                    f'"{judge.decision_labels[decision]}" to nearly every case and loses more than '
                    f'always saying "{judge.decision_labels[limits.constant_decision]}" would'
                )
    return tuple(found)


def _truths_and_costs(
    dataset: Dataset, judge: CostMatrix, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    return dataset.y[rows], judge.dollar_costs(dataset.columns(judge.columns, rows))
