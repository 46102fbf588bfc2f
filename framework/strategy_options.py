"""Which strategies a row of the comparison may use."""

from __future__ import annotations

from itertools import product

from framework.candidates import Candidate
from framework.config import ResolvedConfig
from framework.core.calibration import METHODS
from framework.errors import ConfigError
from framework.fitting import Recipe
from framework.plugins.registry import Registry
from framework.plugins.specs import DatasetSpec, DecisionRuleSpec
from framework.strategy import Strategy

# What "auto" tries: loss and lambda. The simplest first, which wins ties.
AUTO_LOSSES: tuple[tuple[str, float], ...] = (
    ("cross_entropy", 1.0),
    ("weighted_cross_entropy", 1.0),
    ("cross_entropy_plus_cost", 1.0),
    ("cross_entropy_plus_cost", 5.0),
    ("cross_entropy_then_cost", 1.0),
    ("one_sided_regression", 1.0),
)
# Tables only: images are regularised by their architecture.
AUTO_L2 = (0.0, 0.001, 0.01, 0.1)


def strategies(
    config: ResolvedConfig, registry: Registry, spec: DatasetSpec, row: Candidate
) -> list[Strategy]:
    """One strategy as the settings say; or, for a matrix with ``strategy="auto"``, all to be tried.

    Raises
    ------
    ConfigError, PluginError
        For settings that contradict each other or name something unknown.
    """
    rule = registry.decision_rule(config.decision_rule)
    if rule.binary_only and len(spec.labels) != 2:
        raise ConfigError(
            f'the decision rule "{rule.name}" is for two classes; "{config.dataset}" has '
            f"{len(spec.labels)}"
        )
    registry.loss(config.loss)
    if config.strategy == "auto" and row.matrix is not None and not row.is_reference:
        return _auto(config, registry, row, binary=len(spec.labels) == 2)
    loss = registry.loss("cross_entropy" if row.matrix is None else config.loss)
    recipe = Recipe(
        loss,
        row.matrix,
        cost_weight=config.cost_weight,
        l2=config.l2,
        warm_up=loss.warm_up if config.warm_up is None or row.matrix is None else config.warm_up,
        normalize=config.scale == "normalized",
    )
    return [_fixed(config, rule, recipe)]


def _fixed(config: ResolvedConfig, rule: DecisionRuleSpec, recipe: Recipe) -> Strategy:
    parameters = dict(rule.parameters)
    found = config.threshold if isinstance(config.threshold, str) else None
    if isinstance(config.threshold, float):
        parameters["threshold"] = config.threshold
    return Strategy(recipe, rule, parameters, config.calibration, found)


def _auto(
    config: ResolvedConfig, registry: Registry, row: Candidate, binary: bool
) -> list[Strategy]:
    argmax = registry.decision_rule("argmax")
    bayes = registry.decision_rule("minimum_expected_cost")
    threshold = registry.decision_rule("threshold")
    options: list[Strategy] = []
    l2_values = AUTO_L2 if config.model != "cnn" else (config.l2,)
    for (name, weight), l2 in product(AUTO_LOSSES, l2_values):
        loss = registry.loss(name)
        recipe = Recipe(loss, row.matrix, cost_weight=weight, l2=l2, warm_up=loss.warm_up)
        options += [Strategy(recipe, bayes, {}, method) for method in METHODS]
        options.append(Strategy(recipe, argmax))
        if binary:
            options.append(Strategy(recipe, threshold, {}, threshold="tuned"))
    return options
