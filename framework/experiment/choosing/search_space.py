"""What a row of the comparison uses, or searches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from framework.config.defaults import PICTURES, TABLE
from framework.config.resolved_config import ResolvedConfig, SettledConfig
from framework.config.run_config import PROMISE_RULE
from framework.core.cases.dataset import Dataset
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import ConfigError
from framework.experiment.choosing.candidates import Candidate, Role
from framework.experiment.fitting.offers import EQUAL_COSTS, Offers
from framework.experiment.fitting.recipe import AnyRecipe, EstimatorRecipe, Recipe
from framework.experiment.fitting.strategy import Strategy
from framework.plugins import guards
from framework.plugins.families import POOLED
from framework.plugins.registry import Offer, Registry
from framework.plugins.specs import DecisionRuleSpec, EstimatorSpec, ModelSpec, TableShape

# Of tables, how strongly the kernels of the run's own network are shrunk.
TABLE_L2 = (0.001, 0.01, 0.1)
# Networks that are trained with the costs, one of them of each loss, join the pool of a matrix.
COST_LOSSES = ("weighted_cross_entropy", "cross_entropy_plus_cost")
# What networks of the pool are trained with, unless it is given, whatever the dataset's defaults are.
FREE = {"scale": "normalized", "cost_weight": 1.0, "warm_up": None}
# Of pictures, networks alone, which take long: so many, that differ in what they started from.
PICTURE_MEMBERS = 3


@dataclass(frozen=True)
class Family:
    """Recipes of one kind, of which the pool takes the ``best`` ones by log loss in validation."""

    recipes: tuple[AnyRecipe, ...]
    best: int = 1


@dataclass(frozen=True)
class Search:
    """What ``--strategy auto`` pools: the best of every family, and how the pool decides.

    Nothing is chosen by dollars: what a few hundred cases cost is mostly luck. A ``compact`` pool has as
    few members as do nearly as well.
    """

    families: tuple[Family, ...]
    way: Strategy
    compact: bool = False

    @property
    def recipes(self) -> tuple[AnyRecipe, ...]:
        """All that are tried."""
        return tuple(recipe for family in self.families for recipe in family.recipes)


def strategy_of(
    config: SettledConfig, offers: Offers, dataset: Dataset, row: Candidate
) -> Strategy | Search:
    """A strategy as the settings say; or, with ``strategy="auto"``, all that is pooled.

    Raises
    ------
    ConfigError
        For a rule of two classes where there are more, or a model that is not for such cases.
    """
    rule = offers.rule(config.decision_rule)
    if rule.binary_only and dataset.n_classes != 2:
        raise ConfigError(
            f'the decision rule "{rule.name}" is for two classes; "{config.dataset}" has '
            f"{dataset.n_classes}"
        )
    if isinstance(offers.models[config.model].spec, EstimatorSpec) and dataset.X.ndim != 2:
        raise ConfigError(
            f'the model "{config.model}" is for tables; "{config.dataset}" has cases of shape '
            f"{dataset.X.shape[1:]}, which are for a network: name one with --model (see fw plugins)"
        )
    if row.role is Role.EQUAL_AUTO:
        return _search(config, offers, dataset, None)
    if row.role is Role.TRAINED and config.strategy == "auto":
        return _search(config, offers, dataset, row.matrix)
    recipe = _fixed_recipe(config, offers, row.matrix)
    if row.role is Role.DECISION:
        least = config.robust == "regret"  # of regret, or of expected cost
        cheapest = rule if least else offers.rule("minimum_expected_cost")
        return Strategy((recipe,), cheapest, {}, "bias")
    if row.role is Role.BASELINE:
        if config.strategy == "auto" or rule.name != "threshold":
            rule = offers.rule("argmax")  # as anyone does who does not know the costs
        return _decided(config, rule, (recipe,), "none")
    return _decided(config, rule, (recipe,), config.calibration)


def wanted_offers(config: ResolvedConfig, registry: Registry) -> Offers:
    """All that ``strategies`` may come to, whatever the data are like."""
    models = [config.model] if config.model else [TABLE["model"], PICTURES["model"]]
    losses = [EQUAL_COSTS, config.loss]
    rules = [config.decision_rule, "argmax", "minimum_expected_cost", "threshold"]
    rules += [PROMISE_RULE] if config.promise is not None else []
    if config.strategy == "auto":
        models += POOLED
        losses += COST_LOSSES
    return Offers.of(registry, models, losses, rules)


def _fixed_recipe(config: SettledConfig, offers: Offers, matrix: CostMatrix | None) -> AnyRecipe:
    """As the settings say."""
    if isinstance(offers.models[config.model].spec, ModelSpec):
        return _network_recipe(config, offers, matrix)
    return EstimatorRecipe(config.model, tuple(config.model_parameters.items()), matrix)


def _network_recipe(
    config: SettledConfig, offers: Offers, matrix: CostMatrix | None, loss: str | None = None
) -> Recipe:
    """Of the run's own network, with a ``matrix`` by that loss (default: the settings')."""
    members = config.members or 1
    if matrix is None:
        equal = offers.loss(EQUAL_COSTS)
        return Recipe(equal, None, l2=config.l2, warm_up=equal.warm_up, members=members)
    spec = offers.loss(loss or config.loss)
    return Recipe(
        spec,
        matrix,
        cost_weight=config.cost_weight,
        l2=config.l2,
        warm_up=spec.warm_up if config.warm_up is None else config.warm_up,
        normalize=config.scale == "normalized",
        members=members,
    )


def _decided(
    config: SettledConfig, rule: DecisionRuleSpec, recipes: tuple[AnyRecipe, ...], method: str
) -> Strategy:
    """``recipes`` with the rule and the threshold of the settings."""
    parameters = dict(rule.parameters)
    found = None
    if rule.name == "threshold":
        found = config.threshold if isinstance(config.threshold, str) else None
        if isinstance(config.threshold, float):
            parameters["threshold"] = config.threshold
    return Strategy(recipes, rule, parameters, method, found)


def _search(
    config: SettledConfig, offers: Offers, dataset: Dataset, matrix: CostMatrix | None
) -> Search:
    """All that is pooled; settings that were given narrow it. Without a matrix, what needs no costs:
    those recipes are the same ones, so nothing is trained twice.
    """
    free = {name: value for name, value in FREE.items() if name in config.searched}
    networks = config.model_copy(update=free)
    if dataset.X.ndim == 2:
        families = _table_families(networks, offers, dataset, matrix)
    else:
        families = _picture_families(networks, offers, matrix)
    rule = offers.rule("minimum_expected_cost")
    if "decision_rule" not in config.searched or "threshold" not in config.searched:
        rule = offers.rule(config.decision_rule)
    method = "none" if "calibration" in config.searched else config.calibration
    way = replace(_decided(config, rule, (), method), pooled=True)
    return Search(
        tuple(family for family in families if family.recipes), way, compact=config.compact
    )


def _table_families(
    config: SettledConfig, offers: Offers, dataset: Dataset, matrix: CostMatrix | None
) -> list[Family]:
    l2_values = TABLE_L2 if "l2" in config.searched else (config.l2,)
    families = []
    if isinstance(offers.models[config.model].spec, ModelSpec):
        equal = _network_recipe(config, offers, None)
        families = [Family(tuple(replace(equal, l2=l2) for l2 in l2_values))]
        if matrix is not None:
            families += [
                Family(
                    tuple(
                        replace(_network_recipe(config, offers, matrix, loss), l2=l2)
                        for l2 in l2_values
                    )
                )
                for loss in _losses(config, COST_LOSSES)
            ]
    own = () if families else (config.model,)
    shape = TableShape(len(dataset), dataset.X.shape[1], dataset.n_classes)
    for name in dict.fromkeys((*own, *POOLED)):
        offer = cast("Offer[EstimatorSpec]", offers.models[name])
        spec = offer.spec
        if name in own or spec.most_cases is None or len(dataset) <= spec.most_cases:
            families.append(Family(_estimator_recipes(config, offer, shape), best=2))
    return families


def _estimator_recipes(
    config: SettledConfig, offer: Offer[EstimatorSpec], shape: TableShape
) -> tuple[EstimatorRecipe, ...]:
    """One for each setting; of the run's own model, with the parameters that were given."""
    name = offer.spec.name
    given = config.model_parameters if name == config.model else {}
    settings = [{**setting, **given} for setting in guards.tried(offer, shape)]
    recipes = [EstimatorRecipe(name, tuple(setting.items())) for setting in settings]
    return tuple(dict.fromkeys(recipes))


def _picture_families(
    config: SettledConfig, offers: Offers, matrix: CostMatrix | None
) -> list[Family]:
    """One trained with costs is only among them if its loss is asked for: see docs/pictures.md."""
    members = config.members or PICTURE_MEMBERS
    families = [Family((replace(_network_recipe(config, offers, None), members=members),))]
    if matrix is not None and "loss" not in config.searched:
        families.append(Family((_network_recipe(config, offers, matrix),)))
    return families


def _losses(config: SettledConfig, tried: tuple[str, ...]) -> tuple[str, ...]:
    return tried if "loss" in config.searched else (config.loss,)
