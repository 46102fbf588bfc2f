"""Which strategies a row of the comparison may use."""

from __future__ import annotations

from itertools import product

from framework.candidates import Candidate
from framework.config import ResolvedConfig
from framework.core.calibration import METHODS
from framework.core.dataset import Dataset
from framework.errors import ConfigError
from framework.fitting import Recipe
from framework.plugins.registry import Registry
from framework.plugins.specs import DecisionRuleSpec
from framework.strategy import Strategy

# What "auto" tries: losses and lambdas, the simplest first, which wins ties. Tables of a few
# thousand cases train in a moment, with the run's own model and these two, which vary less from
# sample to sample than most; of images, only the losses that were found to pay are tried.
TABLE_MODELS = ("logistic", "random_features")
TABLE_LOSSES: tuple[tuple[str, float], ...] = (
    ("cross_entropy", 1.0),
    ("weighted_cross_entropy", 1.0),
    ("cross_entropy_plus_cost", 1.0),
    ("one_sided_regression", 1.0),
)
TABLE_L2 = (0.0, 0.01, 0.1, 0.3)
IMAGE_LOSSES: tuple[tuple[str, float], ...] = (
    ("cross_entropy", 1.0),
    ("cross_entropy_plus_cost", 1.0),
    ("cross_entropy_plus_cost", 3.0),
    ("cross_entropy_then_cost", 1.0),
)


def strategies(
    config: ResolvedConfig, registry: Registry, dataset: Dataset, row: Candidate
) -> list[Strategy]:
    """One strategy as the settings say; or, for a matrix with ``strategy="auto"``, all to be tried.

    Raises
    ------
    ConfigError, PluginError
        For settings that contradict each other or name something unknown.
    """
    rule = registry.decision_rule(config.decision_rule)
    if rule.binary_only and dataset.n_classes != 2:
        raise ConfigError(
            f'the decision rule "{rule.name}" is for two classes; "{config.dataset}" has '
            f"{dataset.n_classes}"
        )
    registry.loss(config.loss)
    if config.strategy == "auto" and row.matrix is not None and not row.is_reference:
        images = dataset.X.ndim > 2
        return _auto(config, registry, row, images, binary=dataset.n_classes == 2)
    loss = registry.loss("cross_entropy" if row.matrix is None else config.loss)
    if row.matrix is None and rule.name != "threshold":
        rule = registry.decision_rule("argmax")  # as anyone does who does not know the costs
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
    return Strategy((recipe,), rule, parameters, config.calibration, found)


def _auto(
    config: ResolvedConfig, registry: Registry, row: Candidate, images: bool, binary: bool
) -> list[Strategy]:
    argmax = registry.decision_rule("argmax")
    bayes = registry.decision_rule("minimum_expected_cost")
    threshold = registry.decision_rule("threshold")
    options: list[Strategy] = []
    models: list[str | None] = [None]
    losses: tuple[tuple[str, float], ...] = IMAGE_LOSSES
    l2_values: tuple[float, ...] = (config.l2,)
    if not images:
        models += [name for name in TABLE_MODELS if name != config.model]
        losses, l2_values = TABLE_LOSSES, TABLE_L2
    for draw, (model, (name, weight), l2) in enumerate(product(models, losses, l2_values)):
        loss = registry.loss(name)
        recipe = Recipe(
            loss,
            row.matrix,
            cost_weight=weight,
            l2=l2,
            warm_up=loss.warm_up,
            model=model,
            draw=draw,
        )
        options += [Strategy((recipe,), bayes, {}, method) for method in METHODS]
        options.append(Strategy((recipe,), argmax))
        if binary:
            options.append(Strategy((recipe,), threshold, {}, threshold="tuned"))
    return options
