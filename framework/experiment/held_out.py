"""Networks on the test part: decisions, dollars, and what a reader must be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from framework.core.cost_matrix import CostMatrix
from framework.core.costs import by_case, case_costs, expected_costs
from framework.core.dataset import Dataset
from framework.core.evaluation import evaluate
from framework.core.intervals import mean_interval, support
from framework.core.references import Bounds, collapsed
from framework.core.splitting import Split
from framework.experiment.plan import Candidate
from framework.experiment.recipe import Network
from framework.experiment.results import ModelResult, SeedOutcome, Stated
from framework.experiment.selection import Choice
from framework.experiment.trainer import Task
from framework.inference.artifact import Artifact, Signature
from framework.inference.keras_model import KerasModel
from framework.inference.trained_model import TrainedModel

# A class in fewer test cases than this says little of what its mistakes cost.
FEW = 5
# Mistakes of at least this share of the dearest one's cost count as dear.
DEAR = 0.5
# Mean probability and share of a class that differ by more than this factor are told.
FACTOR = 2.0


def judged(
    task: Task,
    parts: Split,
    row: Candidate,
    choice: Choice,
    judge: CostMatrix,
    deciding: CostMatrix,
    networks: Sequence[Sequence[Network]],
) -> ModelResult:
    """Decide and evaluate the test part with the networks of every seed.

    ``judge`` prices what was decided, ``deciding`` is what is known of it when a case is decided.
    """
    dataset, config = task.dataset, task.config
    y = dataset.y[parts.test]
    columns = dataset.columns(judge.columns, parts.test)
    costs, known = judge.dollar_costs(columns), deciding.dollar_costs(columns)
    groups = None if dataset.groups is None else dataset.groups[parts.test]
    outcomes, dollars, stated, probabilities = [], [], [], []
    first = None
    of_seeds = zip(networks, choice.decisions, strict=True)
    for seed, (of_seed, decision) in enumerate(of_seeds, start=config.seed):
        raw = np.mean([task.predict(member, parts.test) for member in of_seed], axis=0)
        p = decision.calibration(raw)
        decisions = choice.strategy.rule.function(p, known, **decision.parameters)
        evaluation = evaluate(y, decisions, judge, p, columns)
        seconds = sum(member.seconds for member in of_seed)
        outcomes.append(SeedOutcome(seed, evaluation, seconds))
        dollars.append(0.0 - case_costs(y, decisions, costs))
        probabilities.append(decision.reporting(raw))
        expected = expected_costs(probabilities[-1], known)
        stated.append(0.0 - expected[np.arange(len(y)), decisions])
        first = first or (p, decisions)
    assert first is not None
    came, said = np.stack(dollars), np.stack(stated)
    low, high = support(costs)
    signature = Signature(
        dataset.labels,
        dataset.X.shape[1:],
        dataset.feature_names,
        dataset.X.dtype.name,
        dataset.image_border,
    )
    return ModelResult(
        name=row.name,
        role=row.role,
        choice=choice,
        training_matrix=row.matrix,
        outcomes=tuple(outcomes),
        probabilities=first[0],
        decisions=first[1],
        seed_dollars=came,
        interval=mean_interval(came, (low, high), groups),
        stated=Stated(
            said[0], probabilities[0], mean_interval(came - said, (low - high, high - low), groups)
        ),
        networks=len(networks[0]),
        trained=TrainedModel(
            Artifact(networks[0][0].scaling, signature, choice.decision, deciding),
            KerasModel(task.model(networks[0])),
            choice.strategy.rule,
        ),
    )


def bounds(dataset: Dataset, judge: CostMatrix, parts: Split) -> Bounds:
    """Dollars of the best constant decision and of a perfect oracle on the test part."""
    return Bounds.of(
        *_truths_and_costs(dataset, judge, parts.train),
        *_truths_and_costs(dataset, judge, parts.test),
    )


def training_part(dataset: Dataset, judge: CostMatrix, parts: Split) -> dict[str, Any]:
    """What ``fw compare`` needs to find the best constant decision by another matrix."""
    y = dataset.y[parts.train]
    counts = np.bincount(y, minlength=dataset.n_classes)
    columns = dataset.columns(judge.columns, parts.train)
    return {
        "class_counts": counts.tolist(),
        "column_means": {
            name: [float(of[y == k].mean()) if counts[k] else None for k in range(len(counts))]
            for name, of in columns.items()
        },
    }


def warnings(
    models: Sequence[ModelResult],
    limits: Bounds,
    judge: CostMatrix,
    y: np.ndarray,
    costs: np.ndarray,
) -> tuple[str, ...]:
    """What a reader must not miss: of the test cases ``y`` (n,), and of each model."""
    found = list(rare_and_dear(y, costs, judge.labels, judge.currency))
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
        rule = model.choice.strategy.rule
        if judge.refer is not None and model.training_matrix is not None and not rule.refers:
            found.append(
                f'"{model.name}" decides by the rule "{rule.name}", which never refers a case, though '
                f'the matrix "{judge.name}" prices that; --decision-rule minimum_expected_cost refers '
                "where that is the cheapest"
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
        believed = [model.stated.probabilities]
        if rule.name == "minimum_expected_cost":
            believed.append(model.probabilities)
        told = [misplaced(model.name, p, y, judge.labels) for p in believed]
        found += dict.fromkeys(text for texts in told for text in texts)
    return tuple(found)


def rare_and_dear(
    y: np.ndarray, costs: np.ndarray, labels: Sequence[str], currency: str = "USD"
) -> list[str]:
    """Classes whose mistakes are among the dearest, but which hardly a test case ``y`` belongs to.

    ``costs`` are (N, M) or (n, N, M), in ``currency``.
    """
    dearest = np.ptp(by_case(costs), axis=2).max(axis=0)
    counts = np.bincount(y, minlength=len(labels))
    dear = (dearest >= DEAR * dearest.max()) & (counts < FEW)
    found = []
    for k in map(int, np.flatnonzero(dear)):
        what = f"what its mistakes cost (up to {dearest[k]:,.2f} {currency} each)"
        if counts[k] == 0:
            found.append(f'no test case of "{labels[k]}": {what} was never tested')
        else:
            cases = "1 test case" if counts[k] == 1 else f"{counts[k]} test cases"
            found.append(f'only {cases} of "{labels[k]}": {what} was hardly tested')
    return found


def misplaced(name: str, p: np.ndarray, y: np.ndarray, labels: Sequence[str]) -> list[str]:
    """Classes whose mean probability is off their share of the cases ``y`` by more than a factor.

    Of so few cases that chance does it (three standard errors), nothing is said.
    """
    found = []
    for k, label in enumerate(labels):
        stated, share = float(p[:, k].mean()), float((y == k).mean())
        error = np.sqrt(max(stated, share) / len(y))
        off = max(stated, share) > FACTOR * min(stated, share)
        if off and abs(stated - share) > 3 * error:
            found.append(
                f'"{name}" gives "{label}" a probability of {stated:.3g} on average, but it is '
                f"{share:.3g} of the test cases; decisions of least expected cost take such "
                "probabilities at their word (--calibration bias mends them)"
            )
    return found


def _truths_and_costs(
    dataset: Dataset, judge: CostMatrix, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    return dataset.y[rows], judge.dollar_costs(dataset.columns(judge.columns, rows))
