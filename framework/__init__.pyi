from framework.api.capacity import CapacityPlan as CapacityPlan
from framework.api.capacity import capacity as capacity
from framework.api.certify import CertifiedPolicy as CertifiedPolicy
from framework.api.certify import certify as certify
from framework.api.compare import compare as compare
from framework.api.cost_ranges import CostRangesFound as CostRangesFound
from framework.api.cost_ranges import cost_ranges as cost_ranges
from framework.api.estimator.classifier import CostSensitiveClassifier as CostSensitiveClassifier
from framework.api.evaluate import Evaluation as Evaluation
from framework.api.evaluate import decide as decide
from framework.api.evaluate import evaluate as evaluate
from framework.api.explain import explain as explain
from framework.api.monitor import MonitoredDecisions as MonitoredDecisions
from framework.api.monitor import monitor as monitor
from framework.api.run import run as run
from framework.api.run import train as train
from framework.api.scorer import cost_scorer as cost_scorer
from framework.api.slices import SlicedEvaluation as SlicedEvaluation
from framework.api.slices import slices as slices
from framework.api.sweep import sweep as sweep
from framework.api.sweep import sweep_prevalence as sweep_prevalence
from framework.checking.check_plugin import CheckOutcome as CheckOutcome
from framework.checking.check_plugin import check_plugin as check_plugin
from framework.checking.pytest_decorator import (
    parametrize_with_plugin_checks as parametrize_with_plugin_checks,
)
from framework.config.run_config import RunConfig as RunConfig
from framework.core.cases.dataset import Dataset as Dataset
from framework.core.cases.images import Border as Border
from framework.core.cases.images import fit as fit
from framework.core.cases.source import Source as Source
from framework.core.costs.cost_matrix import CostMatrix as CostMatrix
from framework.core.costs.cost_matrix_columns import ColumnCost as ColumnCost
from framework.core.errors import ArtifactError as ArtifactError
from framework.core.errors import ConfigError as ConfigError
from framework.core.errors import CostMatrixError as CostMatrixError
from framework.core.errors import DataError as DataError
from framework.core.errors import EstimatorError as EstimatorError
from framework.core.errors import FrameworkError as FrameworkError
from framework.core.errors import PluginError as PluginError
from framework.core.errors import StorageError as StorageError
from framework.core.errors import TrainingError as TrainingError
from framework.core.errors import TrainingStoppedError as TrainingStoppedError
from framework.core.losses import CostMatrixLoss as CostMatrixLoss
from framework.core.losses import CrossEntropyPlusCost as CrossEntropyPlusCost
from framework.core.losses import ExpectedCost as ExpectedCost
from framework.core.losses import WeightedCrossEntropy as WeightedCrossEntropy
from framework.core.metrics import DollarsPerCase as DollarsPerCase
from framework.core.metrics import Savings as Savings
from framework.core.uncertainty.intervals import mean_interval as mean_interval
from framework.core.uncertainty.intervals import paired_difference as paired_difference
from framework.core.uncertainty.intervals import reach as reach
from framework.core.uncertainty.intervals import support as support
from framework.data.pictures import pictures as pictures
from framework.experiment.results.run_result import RunResult as RunResult
from framework.experiment.stored_runs.stored_run import read_run as read_run
from framework.experiment.stored_runs.unlabelled_cases import (
    PrevalenceEstimate as PrevalenceEstimate,
)
from framework.experiment.stored_runs.unlabelled_cases import (
    estimate_prevalence as estimate_prevalence,
)
from framework.inference.model_folder import load as load
from framework.inference.scoring import Score as Score
from framework.inference.scoring import score as score
from framework.inference.trained_model import TrainedModel as TrainedModel
from framework.plugins.hookspecs import hookimpl as hookimpl
from framework.plugins.loss_checks import check_loss as check_loss
from framework.plugins.registry import Registry as Registry
from framework.plugins.specs import DatasetSpec as DatasetSpec
from framework.plugins.specs import DecisionRuleSpec as DecisionRuleSpec
from framework.plugins.specs import EstimatorSpec as EstimatorSpec
from framework.plugins.specs import LossSpec as LossSpec
from framework.plugins.specs import ModelSpec as ModelSpec
from framework.plugins.specs import TableShape as TableShape
from framework.studies.sweeping.prevalence import PrevalenceSweep as PrevalenceSweep
from framework.studies.sweeping.run import SweepResult as SweepResult
