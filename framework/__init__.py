"""Cost-sensitive learning: an N x N cost matrix as a Keras loss and as a judge in dollars.

What is public is here; docs/python.md lists it. Nothing is imported before it is asked for.
"""

from typing import TYPE_CHECKING

from framework.core.lazy import lazily

if TYPE_CHECKING:
    from framework.api import compare as compare
    from framework.api import explain as explain
    from framework.api import run as run
    from framework.api import sweep as sweep
    from framework.config.run_config import RunConfig as RunConfig
    from framework.core.cost_matrix import CostMatrix as CostMatrix
    from framework.core.cost_matrix_cells import ColumnCost as ColumnCost
    from framework.core.dataset import Dataset as Dataset
    from framework.core.errors import ArtifactError as ArtifactError
    from framework.core.errors import ConfigError as ConfigError
    from framework.core.errors import CostMatrixError as CostMatrixError
    from framework.core.errors import DataError as DataError
    from framework.core.errors import FrameworkError as FrameworkError
    from framework.core.errors import PluginError as PluginError
    from framework.core.errors import TrainingError as TrainingError
    from framework.core.errors import TrainingStoppedError as TrainingStoppedError
    from framework.core.images import Border as Border
    from framework.core.images import fit as fit
    from framework.core.intervals import mean_interval as mean_interval
    from framework.core.intervals import paired_difference as paired_difference
    from framework.core.intervals import reach as reach
    from framework.core.intervals import support as support
    from framework.core.losses import CostMatrixLoss as CostMatrixLoss
    from framework.core.losses import CrossEntropyPlusCost as CrossEntropyPlusCost
    from framework.core.losses import ExpectedCost as ExpectedCost
    from framework.core.losses import WeightedCrossEntropy as WeightedCrossEntropy
    from framework.core.metrics import DollarsPerCase as DollarsPerCase
    from framework.core.metrics import Savings as Savings
    from framework.experiment.results import RunResult as RunResult
    from framework.experiment.stored_run import read_run as read_run
    from framework.inference.trained_model import TrainedModel as TrainedModel
    from framework.inference.trained_model import load as load
    from framework.plugins.hookspecs import hookimpl as hookimpl
    from framework.plugins.loss_checks import check_loss as check_loss
    from framework.plugins.registry import Registry as Registry
    from framework.plugins.specs import DatasetSpec as DatasetSpec
    from framework.plugins.specs import DecisionRuleSpec as DecisionRuleSpec
    from framework.plugins.specs import LossSpec as LossSpec
    from framework.plugins.specs import ModelSpec as ModelSpec
    from framework.sweeping.run import SweepResult as SweepResult

__all__, __getattr__, __dir__ = lazily(__name__, __file__)
