"""Which strategies a row of the comparison may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from framework.config.run_config import ResolvedConfig
from framework.core.calibration import METHODS
from framework.core.cost_matrix import CostMatrix
from framework.core.dataset import Dataset
from framework.core.errors import ConfigError
from framework.experiment.candidates import Candidate, Role
from framework.experiment.offers import EQUAL_COSTS, Offers
from framework.experiment.recipe import Recipe
from framework.experiment.strategy import Strategy
from framework.plugins.registry import Registry
from framework.plugins.specs import DecisionRuleSpec

# What "auto" tries: losses and lambdas, the simplest first, which wins ties. Tables of a few
# thousand cases train in a moment, with the run's own model and these two, which vary less from
# sample to sample than most; of images, only the losses that were found to pay are tried, each
# from two initial weights.
TABLE_MODELS = ("logistic", "random_features")
TABLE_LOSSES: tuple[tuple[str, float], ...] = (
    ("cross_entropy", 1.0),
    ("weighted_cross_entropy", 1.0),
    ("cross_entropy_plus_cost", 1.0),
)
TABLE_L2 = (0.0, 0.01, 0.1, 0.3)
IMAGE_LOSSES: tuple[tuple[str, float], ...] = (
    ("cross_entropy", 1.0),
    ("cross_entropy_plus_cost", 1.0),
    ("cross_entropy_plus_cost", 3.0),
    ("cross_entropy_then_cost", 1.0),
)
IMAGE_DRAWS = 2


def strategies(
    config: ResolvedConfig, offers: Offers, dataset: Dataset, row: Candidate
) -> list[Strategy]:
    """One strategy as the settings say; or, with ``strategy="auto"``, all to be tried.

    Raises
    ------
    ConfigError
        For a rule of two classes where there are more.
    """
    rule = offers.rule(config.decision_rule)
    if rule.binary_only and dataset.n_classes != 2:
        raise ConfigError(
            f'the decision rule "{rule.name}" is for two classes; "{config.dataset}" has '
            f"{dataset.n_classes}"
        )
    if row.role is Role.EQUAL_AUTO:
        return _auto(config, offers, dataset, None)
    if row.role is Role.TRAINED and config.strategy == "auto":
        return _auto(config, offers, dataset, row.matrix)
    recipe = _fixed_recipe(config, offers, row)
    if row.role is Role.DECISION:
        cheapest = offers.rule("minimum_expected_cost")
        return [Strategy((recipe,), cheapest, {}, "bias")]
    if row.role is Role.BASELINE:
        if config.strategy == "auto" or rule.name != "threshold":
            rule = offers.rule("argmax")  # as anyone does who does not know the costs
        return [_decided(config, rule, (recipe,), "none")]
    return [_decided(config, rule, (recipe,), config.calibration)]


def wanted_offers(config: ResolvedConfig, registry: Registry) -> Offers:
    """All that ``strategies`` may come to, whatever the data are like."""
    models, losses = [config.model], [EQUAL_COSTS, config.loss]
    rules = [config.decision_rule, "argmax", "minimum_expected_cost", "threshold"]
    if config.strategy == "auto":
        models += TABLE_MODELS
        losses += [name for name, _ in (*TABLE_LOSSES, *IMAGE_LOSSES)]
    return Offers.of(registry, models, losses, rules)


def _fixed_recipe(config: ResolvedConfig, offers: Offers, row: Candidate) -> Recipe:
    if row.matrix is None:
        loss = offers.loss(EQUAL_COSTS)
        return Recipe(loss, None, l2=config.l2, warm_up=loss.warm_up)
    loss = offers.loss(config.loss)
    return Recipe(
        loss,
        row.matrix,
        cost_weight=config.cost_weight,
        l2=config.l2,
        warm_up=loss.warm_up if config.warm_up is None else config.warm_up,
        normalize=config.scale == "normalized",
    )


def _decided(
    config: ResolvedConfig, rule: DecisionRuleSpec, recipes: tuple[Recipe, ...], method: str
) -> Strategy:
    """``recipes`` with the rule and the threshold of the settings."""
    parameters = dict(rule.parameters)
    found = None
    if rule.name == "threshold":
        found = config.threshold if isinstance(config.threshold, str) else None
        if isinstance(config.threshold, float):
            parameters["threshold"] = config.threshold
    return Strategy(recipes, rule, parameters, method, found)


def _auto(
    config: ResolvedConfig, offers: Offers, dataset: Dataset, matrix: CostMatrix | None
) -> list[Strategy]:
    """All that is searched; settings that were given narrow the search. Without a matrix, what
    cross-entropy alone comes to: those recipes are the same ones, so nothing is trained twice.
    """
    recipes = _auto_recipes(config, offers, dataset, matrix)
    methods: Sequence[str] = METHODS
    if "calibration" not in config.searched:
        methods = (config.calibration,)
    if "decision_rule" not in config.searched or "threshold" not in config.searched:
        rule = offers.rule(config.decision_rule)
        return [
            _decided(config, rule, (recipe,), method) for recipe in recipes for method in methods
        ]
    # Rules that do not take probabilities at their word are tried on those of the network itself.
    other = "none" if "calibration" in config.searched else config.calibration
    argmax = offers.rule("argmax")
    cheapest = offers.rule("minimum_expected_cost")
    threshold = offers.rule("threshold")
    options: list[Strategy] = []
    for recipe in recipes:
        options += [Strategy((recipe,), cheapest, {}, method) for method in methods]
        options.append(Strategy((recipe,), argmax, {}, other))
        if dataset.n_classes == 2:
            options.append(Strategy((recipe,), threshold, {}, other, threshold="tuned"))
    return options


def _auto_recipes(
    config: ResolvedConfig, offers: Offers, dataset: Dataset, matrix: CostMatrix | None
) -> list[Recipe]:
    table = dataset.X.ndim == 2
    models: list[str | None] = [None]
    losses = IMAGE_LOSSES
    l2_values: Sequence[float] = (config.l2,)
    draws = IMAGE_DRAWS
    if table:
        models += [name for name in TABLE_MODELS if name != config.model]
        losses, l2_values, draws = TABLE_LOSSES, TABLE_L2, 1
    if "l2" not in config.searched:
        l2_values = (config.l2,)
    if "loss" not in config.searched:
        losses = ((config.loss, 1.0),)
    if "cost_weight" not in config.searched:
        names = dict.fromkeys(name for name, _ in losses)
        losses = tuple((name, config.cost_weight) for name in names)
    if matrix is None:
        losses = ((EQUAL_COSTS, 1.0),)
    recipes = []
    # Losses first: those of equal costs have the same draws whatever else is tried.
    for draw, ((name, weight), model, l2, _) in enumerate(
        product(losses, models, l2_values, range(draws))
    ):
        loss = offers.loss(name)
        recipe = Recipe(loss, None, l2=l2, warm_up=loss.warm_up, model=model, draw=draw)
        if name != EQUAL_COSTS:
            recipe = replace(
                recipe,
                matrix=matrix,
                cost_weight=weight,
                warm_up=loss.warm_up if config.warm_up is None else config.warm_up,
                normalize="scale" in config.searched or config.scale == "normalized",
            )
        recipes.append(recipe)
    return recipes
