"""Cost-sensitive learning: an N x N cost matrix as a Keras loss and as a judge in dollars."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from framework.api import explain, run
    from framework.config.run_config import RunConfig
    from framework.core.cost_matrix import CostMatrix
    from framework.core.dataset import Dataset
    from framework.core.errors import FrameworkError
    from framework.core.losses import CrossEntropyPlusCost, ExpectedCost, WeightedCrossEntropy
    from framework.core.metrics import DollarsPerCase, Savings
    from framework.experiment.results import RunResult
    from framework.inference.trained_model import load
    from framework.plugins.hookspecs import hookimpl
    from framework.plugins.registry import Registry
    from framework.plugins.specs import DatasetSpec, DecisionRuleSpec, LossSpec, ModelSpec

# Imported when first asked for: TensorFlow takes seconds, and most of these need none of it.
_HOMES = {
    "CostMatrix": "framework.core.cost_matrix",
    "CrossEntropyPlusCost": "framework.core.losses",
    "Dataset": "framework.core.dataset",
    "DatasetSpec": "framework.plugins.specs",
    "DecisionRuleSpec": "framework.plugins.specs",
    "DollarsPerCase": "framework.core.metrics",
    "ExpectedCost": "framework.core.losses",
    "FrameworkError": "framework.core.errors",
    "LossSpec": "framework.plugins.specs",
    "ModelSpec": "framework.plugins.specs",
    "Registry": "framework.plugins.registry",
    "RunConfig": "framework.config.run_config",
    "RunResult": "framework.experiment.results",
    "Savings": "framework.core.metrics",
    "WeightedCrossEntropy": "framework.core.losses",
    "explain": "framework.api",
    "hookimpl": "framework.plugins.hookspecs",
    "load": "framework.inference.trained_model",
    "run": "framework.api",
}

__all__ = [
    "CostMatrix",
    "CrossEntropyPlusCost",
    "Dataset",
    "DatasetSpec",
    "DecisionRuleSpec",
    "DollarsPerCase",
    "ExpectedCost",
    "FrameworkError",
    "LossSpec",
    "ModelSpec",
    "Registry",
    "RunConfig",
    "RunResult",
    "Savings",
    "WeightedCrossEntropy",
    "explain",
    "hookimpl",
    "load",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'framework' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
