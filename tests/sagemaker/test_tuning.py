"""Tuning jobs: what varies, by which figure the best is found, and what cannot be varied."""

import json
import re

import pytest

from framework.core.costs.cost_matrix import CostMatrix
from framework.sagemaker.contract import from_hyperparameters
from framework.sagemaker.jobs.metric_lines import METRICS

from .conftest import BUCKET, client, fw, ok, requests

TUNE = ("tune", "breast_cancer", "--cost-matrix", "medical.json")


def test_cost_ratios_and_settings_vary_and_validation_dollars_decide(account):
    ok(
        *(*TUNE, "--range", "cost_ratio=1,20,200", "--range", "learning_rate=0.001..0.1:log"),
        *("--range", "batch_size=8..64", "--range", "model_parameters.units=8,32"),
        *("--model", "mlp", "--name", "best", "--no-wait", "--jobs", "9", "--parallel", "3"),
    )
    job = client("sagemaker").describe_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="best"
    )
    told = job["HyperParameterTuningJobConfig"]
    objective = told["HyperParameterTuningJobObjective"]
    assert objective == {"Type": "Maximize", "MetricName": "tuned_validation_dollars_per_case"}
    assert objective["MetricName"] in {metric["Name"] for metric in METRICS}
    limits = {"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 3}
    assert told["ResourceLimits"].items() >= limits.items()
    assert told["ParameterRanges"] == {
        "CategoricalParameterRanges": [
            {
                "Name": "cost_matrix",
                "Values": ["ratio-1.json", "ratio-20.json", "ratio-200.json"],
            },
            {"Name": "model_parameters.units", "Values": ["8", "32"]},
        ],
        "ContinuousParameterRanges": [
            {
                "Name": "learning_rate",
                "MinValue": "0.001",
                "MaxValue": "0.1",
                "ScalingType": "Logarithmic",
            }
        ],
        "IntegerParameterRanges": [
            {"Name": "batch_size", "MinValue": "8", "MaxValue": "64", "ScalingType": "Linear"}
        ],
    }
    definition = job["TrainingJobDefinition"]
    # The judge stays the same whatever matrix is trained with; there is a validation in every job.
    static = definition["StaticHyperParameters"]
    assert static == {
        "dataset": "breast_cancer",
        "evaluation_matrix": "medical.json",
        "references": "false",
        "model": "mlp",
        "folds": "5",
    }
    # One choice of SageMaker's, read as the container reads it.
    start = f"s3://{BUCKET}/cost-matrix-framework/inputs/matrices-[0-9a-f]+/"
    (place,) = re.findall(start, json.dumps(definition["InputDataConfig"]))
    key = place.removeprefix(f"s3://{BUCKET}/") + "ratio-200.json"
    client("s3").download_file(BUCKET, key, "ratio-200.json")
    config = from_hyperparameters(
        {
            **static,
            "cost_matrix": "ratio-200.json",
            "learning_rate": "0.05",
            "batch_size": "16",
            "model_parameters.units": "32",
            "_tuning_objective_metric": "tuned_validation_dollars_per_case",
        },
        {"matrices": account},
    )
    assert (config.learning_rate, config.batch_size) == (0.05, 16)
    assert config.model_parameters == {"units": 32}
    assert config.cost_matrix == (str(account / "ratio-200.json"),)
    matrix = CostMatrix.from_file(account / "ratio-200.json")
    assert matrix.labels == ("benign", "malignant")
    assert matrix.costs.tolist() == [[0, 1], [200, 0]]


def test_a_range_of_ratios_is_spaced_by_factor(account):
    *_, job = requests(*TUNE, "--range", "cost_ratio=1..1000", "--search", "grid")
    told = job["parameters"]["HyperParameterTuningJobConfig"]
    ((values),) = [one["Values"] for one in told["ParameterRanges"]["CategoricalParameterRanges"]]
    assert (values[0], values[-1], len(values)) == ("ratio-1.json", "ratio-1000.json", 12)
    assert told["Strategy"] == "Grid"
    assert "MaxNumberOfTrainingJobs" not in told["ResourceLimits"]


def test_with_strategy_auto_or_ones_own_folds_nothing_is_added(account):
    *_, job = requests(*TUNE, "--range", "epochs=5..50", "--strategy", "auto")
    static = job["parameters"]["TrainingJobDefinition"]["StaticHyperParameters"]
    assert "folds" not in static
    *_, job = requests(*TUNE, "--range", "epochs=5..50", "--folds", "1", "--spot")
    definition = job["parameters"]["TrainingJobDefinition"]
    assert definition["StaticHyperParameters"]["folds"] == "1"
    *_, job = requests(*TUNE, "--range", "epochs=5..50", "--validation-data", "s3://b/v")
    assert "folds" not in job["parameters"]["TrainingJobDefinition"]["StaticHyperParameters"]
    assert definition["EnableManagedSpotTraining"] is True
    assert definition["CheckpointConfig"]["S3Uri"].endswith("/checkpoints")


def test_a_tuning_job_that_ends_in_time_and_begins_with_what_is_known(account):
    ends = ("--target", "-12.5", "--patience", "5", "--until-converged", "--warm-start", "before")
    *_, job = requests(*TUNE, "--range", "epochs=5..50", "--stop-early", *ends)
    told = job["parameters"]["HyperParameterTuningJobConfig"]
    assert told["TrainingJobEarlyStoppingType"] == "Auto"
    assert told["TuningJobCompletionCriteria"] == {
        "TargetObjectiveMetricValue": -12.5,
        "BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 5},
        "ConvergenceDetected": {"CompleteOnConvergence": "Enabled"},
    }
    assert job["parameters"]["WarmStartConfig"] == {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "before"}],
        "WarmStartType": "TransferLearning",
    }
    ok(*TUNE, "--range", "epochs=5..50", "--stop-early", *ends, "--no-wait")


def test_hyperband_spends_epochs(account):
    hyperband = ("--search", "hyperband", "--resources", "4..100")
    *_, job = requests(*TUNE, "--range", "l2=0..0.1", *hyperband)
    told = job["parameters"]["HyperParameterTuningJobConfig"]
    assert told["Strategy"] == "Hyperband"
    resources = {"HyperbandStrategyConfig": {"MinResource": 4, "MaxResource": 100}}
    assert told["StrategyConfig"] == resources


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to tune: give --range"),
        (["--range", "epochs"], "expected NAME=LOW..HIGH[:log] or NAME=A,B,C, received 'epochs'"),
        (
            ["--range", "dataset=a,b"],
            '"dataset" cannot be varied; what can: cost_ratio, frozen, cost_weight, ',
        ),
        (["--range", "epochs=9..3"], "9 is not below 3"),
        (["--range", "epochs=1.5..3"], "epochs: input should be a valid integer"),
        (["--range", "learning_rate=0..1:log"], "a logarithmic range starts above 0"),
        (["--range", "warm_up=0..2"], "warm_up: input should be less than 1"),
        (["--range", "learning_rate=a..b"], "expected a number, received 'a'"),
        (["--range", "learning_rate=0.1..1:exp"], "expected :log or nothing at its end"),
        (["--range", "loss=a..b"], "loss is chosen by name; expected loss=A,B,C"),
        (["--range", "loss=a,a"], "expected different values, none of them empty"),
        (["--range", "cost_ratio=0..9"], "expected ratios above 0"),
        (["--range", "cost_ratio=1,1"], "different ratios above 0, received 1,1"),
        (["--range", "epochs=1..9", "--epochs", "5"], "epochs is set to one value already"),
        (["--range", "epochs=1..9", "--updates", "500"], "both say how long to train; give one"),
        (
            ["--range", "epochs=1..9", "--range", "updates=1..9"],
            "updates and epochs both say how long to train; vary one of them",
        ),
        (["--range", "decay=none,linear"], "decay: input should be 'none' or 'cosine'"),
        (["--range", "model_parameters.x=1..9"], 'the model "logistic" has no parameter x'),
        (["--range", "epochs=1..9", "--range", "epochs=2..3"], "epochs is varied twice"),
        (["--range", "epochs=1..9", "--search", "grid"], "--search grid takes values to choose"),
        (["--range", "l2=0..1", "--resources", "9"], "--resources: expected MIN..MAX, as 4..100"),
        (
            ["--range", "l2=0..1", "--resources", "1..9"],
            "--resources are Hyperband's; add --search",
        ),
        (
            ["--range", "l2=0..1", "--search", "hyperband", "--stop-early"],
            "--stop-early: Hyperband ends hopeless jobs in its own way",
        ),
        (["--range", "epochs=1..9", "--cost-matrix", "x.json"], "one --cost-matrix judges"),
        (
            ["--range", "cost_matrix=nope.csv,five_to_one.json"],
            "nope.csv: no such cost matrix file",
        ),
    ],
)
def test_a_mistake_is_one_sentence(account, arguments, message):
    done = fw(*TUNE, *arguments)
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_ratio_is_for_two_classes(account):
    done = fw("tune", "street_signs", "--range", "cost_ratio=1..9")
    assert done.exit_code == 2
    assert 'a ratio is for two classes; "street_signs" has 28' in done.stderr
