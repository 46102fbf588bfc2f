"""From the trained members of a strategy to the model that is saved."""

from __future__ import annotations

from collections.abc import Sequence

from framework.core.decisions.pooling import Pool
from framework.core.scaling import UNSCALED, Scaling
from framework.experiment.fitting.recipe import AnyRecipe, Recipe, TrainedMember, TrainedNetwork
from framework.experiment.fitting.trainer import Trainer
from framework.inference.keras_model import KerasModel
from framework.inference.members import Member
from framework.inference.pooled_model import PooledModel
from framework.training import composing


def assemble(
    trainer: Trainer,
    recipes: Sequence[AnyRecipe],
    members: Sequence[Sequence[TrainedMember]],
    pool: Pool | None,
) -> KerasModel | PooledModel:
    """Raw features in, probabilities out: ``members`` of one recipe or more, alone or as the ``pool``.

    Networks alone become one network.
    """
    scaling = scaling_of(members)
    found: dict[str, Member] = {}
    for number, (recipe, of_recipe) in enumerate(zip(recipes, members, strict=True)):
        networks = [member for member in of_recipe if isinstance(member, TrainedNetwork)]
        if isinstance(recipe, Recipe):
            network = KerasModel(trainer.network(networks), scaling)
            found[f"{number}-{trainer.config.model}"] = network
        else:
            (fitted,) = (member for member in of_recipe if not isinstance(member, TrainedNetwork))
            found[f"{number}-{recipe.model}"] = fitted.member
    models = [member.model for member in found.values() if isinstance(member, KerasModel)]
    if len(models) < len(found):
        return PooledModel(found, pool)
    model = models[0] if pool is None else composing.pooled(models, pool, "pool")
    return KerasModel(model, scaling)


def scaling_of(members: Sequence[Sequence[TrainedMember]]) -> Scaling:
    """What is done to features before the networks among ``members``."""
    scalings = [
        member.scaling
        for of_recipe in members
        for member in of_recipe
        if isinstance(member, TrainedNetwork)
    ]
    if any(scaling is not scalings[0] for scaling in scalings):
        raise ValueError("networks of different training parts have no scaling in common")
    return scalings[0] if scalings else UNSCALED
