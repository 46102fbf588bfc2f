"""What of the installed plugins a run may use: looked up once, before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from framework.core.costs.cost_matrix import CostMatrix
from framework.plugins.registry import Offer, Registry
from framework.plugins.specs import DecisionRuleSpec, EstimatorSpec, LossSpec, ModelSpec

# The loss that needs no costs; of the baseline, and of every warm-up.
EQUAL_COSTS = "cross_entropy"


@dataclass(frozen=True)
class Offers:
    """Models, losses and decision rules by name, each with the plugin it comes from."""

    models: Mapping[str, Offer[ModelSpec | EstimatorSpec]]
    losses: Mapping[str, Offer[LossSpec]]
    rules: Mapping[str, Offer[DecisionRuleSpec]]

    @classmethod
    def of(
        cls, registry: Registry, models: Iterable[str], losses: Iterable[str], rules: Iterable[str]
    ) -> Offers:
        """Those of these names.

        Raises
        ------
        PluginError
            For a name that nobody offers, or that several do.
        """
        return cls(
            {name: registry.offer("model", name) for name in models},
            {name: registry.offer("loss", name) for name in losses},
            {name: registry.offer("decision rule", name) for name in rules},
        )

    def knowing(self, matrix: CostMatrix) -> Offers:
        """With rules that go by the ranges of ``matrix``, where they take them."""
        rules = {
            name: replace(offer, spec=offer.spec.knowing(matrix))
            for name, offer in self.rules.items()
        }
        return replace(self, rules=rules)

    def loss(self, name: str) -> LossSpec:
        return self.losses[name].spec

    def rule(self, name: str) -> DecisionRuleSpec:
        return self.rules[name].spec
