"""The framework's own models, losses and decision rules, through the same door as a stranger's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from framework.core.decisions import decision
from framework.plugins.families import families
from framework.plugins.hookspecs import hookimpl
from framework.plugins.specs import DecisionRuleSpec, EstimatorSpec, LossSpec, ModelSpec

if TYPE_CHECKING:
    from framework.core.costs.cost_matrix import CostMatrix


@hookimpl
def fw_register_models() -> list[ModelSpec | EstimatorSpec]:
    return [
        *families(),
        ModelSpec(
            "logistic",
            _network("logistic"),
            {},
            "one Dense layer: sigmoid for 2 classes, else softmax",
        ),
        ModelSpec(
            "mlp",
            _network("mlp"),
            {"units": 64, "layers": 2, "dropout": 0.0},
            "Dense ReLU layers, then softmax",
        ),
        ModelSpec(
            "random_features",
            _network("random_features"),
            {"features": 512, "gamma": 1.0},
            "the features and fixed random waves (a Gaussian kernel), one Dense layer; for tables",
        ),
        ModelSpec(
            "cnn",
            _network("cnn"),
            {"filters": 16, "units": 64, "dropout": 0.25},
            "three 3x3 convolutions with pooling, one Dense layer, softmax; for images",
        ),
        ModelSpec(
            "convnet",
            _network("convnet"),
            {"width": 24, "blocks": 3, "dropout": 0.4, "units": 128, "head_dropout": 0.3},
            "blocks of two 3x3 convolutions with batch normalisation, augmented; for images",
            {
                "augment": {
                    "rotation": 0.18,
                    "scale": 0.15,
                    "aspect": 0.1,
                    "shear": 0.15,
                    "shift": 0.1,
                    "contrast": 0.5,
                    "brightness": 0.4,
                },
                "optimizer": "adamw",
                "weight_decay": 0.001,
                "learning_rate": 0.002,
                "learning_rate_warm_up": 1 / 15,
                "decay": "cosine",
                "batch_size": 64,
                "updates": 3000,
                "early_stopping": False,
            },
        ),
    ]


@hookimpl
def fw_register_losses() -> list[LossSpec]:
    expected_cost = _loss("expected_cost")
    return [
        LossSpec(
            "cross_entropy",
            _loss("cross_entropy"),
            description="Keras's own; all mistakes are equal (the baseline)",
            estimates="probabilities",
        ),
        LossSpec(
            "expected_cost",
            expected_cost,
            description="the cost expected under the model's own probabilities",
            estimates="decision",
        ),
        LossSpec(
            "weighted_cross_entropy",
            _loss("weighted_cross_entropy"),
            description="cross-entropy, cases weighted by the mean cost of their mistakes",
            estimates="weighted probabilities",
        ),
        LossSpec(
            "cross_entropy_plus_cost",
            _loss("cross_entropy_plus_cost"),
            description="cross-entropy plus cost_weight times the expected cost",
            estimates="tilted probabilities",
        ),
        LossSpec(
            "cross_entropy_then_cost",
            expected_cost,
            warm_up=0.7,
            description="7 in 10 epochs cross-entropy, then expected cost",
            estimates="decision",
        ),
    ]


@hookimpl
def fw_register_decision_rules() -> list[DecisionRuleSpec]:
    return [
        DecisionRuleSpec(
            "argmax", decision.argmax, refers=False, description="the most probable class"
        ),
        DecisionRuleSpec(
            "threshold",
            decision.threshold,
            {"threshold": 0.5},
            binary_only=True,
            refers=False,
            description="the positive class from this probability on",
        ),
        DecisionRuleSpec(
            "minimum_expected_cost",
            decision.minimum_expected_cost,
            description="the class with the least expected cost (Bayes decision)",
        ),
        DecisionRuleSpec(
            "promise",
            decision.referring_above,
            {"refer_above": 0.0},
            description="the least expected cost, referred where it is dearer by so much: --promise",
        ),
        DecisionRuleSpec(
            "minimax_regret",
            decision.minimum_expected_cost,
            description="where costs are ranges, the class whose largest regret is the least",
            of_ranges=_minimax_regret,
        ),
    ]


def _minimax_regret(matrix: CostMatrix) -> Callable[..., Any]:
    from framework.core.uncertain_costs.minimax_regret import minimax_regret
    from framework.core.uncertain_costs.uncertain_costs import UncertainCosts

    return partial(minimax_regret, numbers=UncertainCosts.of(matrix))


def _network(name: str) -> Callable[..., Any]:
    """The architecture of that name, imported (with TensorFlow) when it is first built."""

    def build(input_shape: tuple[int, ...], n_classes: int, **parameters: Any) -> Any:
        from framework.plugins import networks

        return getattr(networks, name)(input_shape, n_classes, **parameters)

    return build


def _loss(name: str) -> Callable[..., Any]:
    """The loss of that name in core, imported (with TensorFlow) when it is first called."""

    def function(y_true: Any, y_pred: Any, cost_rows: Any) -> Any:
        from framework.core import losses

        return getattr(losses, name)(y_true, y_pred, cost_rows)

    return function
