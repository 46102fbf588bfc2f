"""Tuning jobs: the settings that lose the fewest dollars in validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from framework.config.run_config import RunConfig
from framework.core.errors import ConfigError
from framework.core.json_text import NotJsonError, parse_json
from framework.plugins.registry import Registry
from framework.sagemaker.aws.calls import Call
from framework.sagemaker.aws.sending import Requests
from framework.sagemaker.contract import to_hyperparameters
from framework.sagemaker.jobs import ranges
from framework.sagemaker.jobs.job_matrices import matrix_files
from framework.sagemaker.jobs.metric_lines import OBJECTIVE
from framework.sagemaker.jobs.ranges import RATIO, Range
from framework.sagemaker.jobs.training_job import Order, checkpoints, definition, gather, tags
from framework.sagemaker.launching.instances import check_instance
from framework.sagemaker.launching.launch import LONGEST_TUNING_NAME, checked_name, job_name

# Folds of the validation, where the user does not say: how run() does it for tables.
FOLDS = 5


@dataclass(frozen=True)
class Search:
    """How a tuning job searches, and when it ends.

    Parameters
    ----------
    ranges : sequence of str
        What varies.
    strategy : str
        As SageMaker names it.
    resources : (int, int), optional
        Of Hyperband: the fewest and most epochs of a job.
    stop_early : bool
        Whether jobs whose objective falls behind are ended. Hyperband does that itself.
    warm_start : sequence of str
        Tuning jobs to begin with what they have found.
    target : float, optional
        Validation dollars a case that are good enough.
    patience : int, optional
        Ends after so many jobs without a better one.
    until_converged : bool
        Ends when SageMaker finds that more will hardly help.
    """

    ranges: Sequence[str]
    strategy: str = "Bayesian"
    jobs: int = 20
    parallel: int = 2
    seed: int = 0
    resources: tuple[int, int] | None = None
    stop_early: bool = False
    warm_start: Sequence[str] = ()
    target: float | None = None
    patience: int | None = None
    until_converged: bool = False


def tuning_requests(
    order: Order, search: Search, time: str, scratch: Path, name: str | None = None
) -> Requests:
    """A tuning job over the ranges of ``search``; the matrix of ``order`` (one) judges.

    ``scratch`` is a folder for matrix files that are made for ``cost_ratio``.
    """
    config, registry, launch = order.config, order.registry, order.launch
    if not search.ranges:
        raise ConfigError("nothing to tune: give --range NAME=LOW..HIGH, for example cost_weight")
    if len(config.cost_matrix) > 1:
        raise ConfigError(
            "one --cost-matrix judges a tuning job; vary others with --range cost_matrix=A.json,..."
        )
    _check_search(search)
    check_instance(launch.instance_type, launch.image_given)
    config = validated(config, "validation_data" in order.folders)
    found, files = _ranges(config, search.ranges, registry, scratch)
    if any(one.name == "cost_matrix" for one in found):
        config = judged_alike(config, registry)
    name = checked_name(name, LONGEST_TUNING_NAME) or job_name(
        config.short_name, time, longest=LONGEST_TUNING_NAME
    )
    inputs = gather(replace(order, config=config), files)
    fixed = to_hyperparameters(config)
    for one in found:
        fixed.pop(one.name, None)
    parameters = {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": _how(search, found),
        "TrainingJobDefinition": {
            "StaticHyperParameters": fixed,
            **definition(inputs, launch),
            **checkpoints(launch, name),
            "StoppingCondition": launch.stopping,
            "EnableManagedSpotTraining": launch.spot,
        },
        **_warm_start(search),
        "Tags": tags(config, launch, name),
    }
    call = Call("sagemaker", "CreateHyperParameterTuningJob", parameters)
    return Requests((name,), inputs.uploads, (call,))


def validated(config: RunConfig, has_data: bool) -> RunConfig:
    """``config`` so that every job validates, and trains no reference matrix.

    Beside the model that is tuned, whose validation dollars are the objective, a job has what is
    free (the equal-cost baseline), and serves whichever is best in validation. ``has_data``: there
    is validation data, which is asked for by being there.
    """
    update: dict[str, Any] = {"references": False}
    if config.strategy != "auto" and config.folds is None and not has_data:
        update["folds"] = FOLDS
    return config.model_copy(update=update)


def judged_alike(config: RunConfig, registry: Registry) -> RunConfig:
    """``config`` with the matrix that judges named, since the first cost matrix will vary."""
    if config.evaluation_matrix is not None:
        return config
    judge = config.cost_matrix[0] if config.cost_matrix else None
    if judge is None and not config.is_table:
        judge = registry.dataset(config.dataset).default_cost_matrix
    if judge is None:
        raise ConfigError("which matrix judges the jobs? Give it with --cost-matrix")
    return config.model_copy(update={"evaluation_matrix": judge})


def best(answer: dict[str, Any]) -> tuple[str, dict[str, str], float] | None:
    """Name, tuned settings and objective of the best job so far, by what AWS says of a tuning."""
    job = answer.get("BestTrainingJob")
    if not job:
        return None
    metric = job["FinalHyperParameterTuningJobObjectiveMetric"]
    return job["TrainingJobName"], dict(job["TunedHyperParameters"]), float(metric["Value"])


def _check_search(search: Search) -> None:
    between = [text for text in search.ranges if ".." in text and not text.startswith(f"{RATIO}=")]
    if search.strategy == "Grid" and between:
        raise ConfigError(
            f"--search grid takes values to choose from (NAME=A,B,C), received {between[0]}"
        )
    if search.resources is not None and search.strategy != "Hyperband":
        raise ConfigError("--resources are Hyperband's; add --search hyperband, or leave them out")
    if search.strategy == "Hyperband" and search.stop_early:
        raise ConfigError(
            "--stop-early: Hyperband ends hopeless jobs in its own way; leave one of them out"
        )


def _how(search: Search, found: list[Range]) -> dict[str, Any]:
    return {
        "Strategy": search.strategy,
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": OBJECTIVE},
        "ResourceLimits": _limits(search),
        "ParameterRanges": ranges.to_json(found),
        "RandomSeed": search.seed,
        "TrainingJobEarlyStoppingType": "Auto" if search.stop_early else "Off",
        **_resources(search),
        **_completion(search),
    }


def _resources(search: Search) -> dict[str, Any]:
    if search.resources is None:
        return {}
    fewest, most = search.resources
    hyperband = {"MinResource": fewest, "MaxResource": most}
    return {"StrategyConfig": {"HyperbandStrategyConfig": hyperband}}


def _completion(search: Search) -> dict[str, Any]:
    criteria: dict[str, Any] = {}
    if search.target is not None:
        criteria["TargetObjectiveMetricValue"] = search.target
    if search.patience is not None:
        patience = {"MaxNumberOfTrainingJobsNotImproving": search.patience}
        criteria["BestObjectiveNotImproving"] = patience
    if search.until_converged:
        criteria["ConvergenceDetected"] = {"CompleteOnConvergence": "Enabled"}
    return {"TuningJobCompletionCriteria": criteria} if criteria else {}


def _warm_start(search: Search) -> dict[str, Any]:
    """Data, ranges and costs may have changed since: what was found is a hint, not a result."""
    if not search.warm_start:
        return {}
    parents = [{"HyperParameterTuningJobName": name} for name in search.warm_start]
    config = {"ParentHyperParameterTuningJobs": parents, "WarmStartType": "TransferLearning"}
    return {"WarmStartConfig": config}


def _limits(search: Search) -> dict[str, int]:
    limits = {"MaxParallelTrainingJobs": search.parallel}
    # A grid says itself how many jobs it is.
    return (
        limits if search.strategy == "Grid" else {"MaxNumberOfTrainingJobs": search.jobs, **limits}
    )


def _ranges(
    config: RunConfig, texts: Sequence[str], registry: Registry, scratch: Path
) -> tuple[list[Range], list[Path]]:
    """The ranges, and the matrix files they name."""
    known = {offer.spec.name for offer in registry.of_kind("dataset")}
    spec = registry.dataset(config.dataset) if config.dataset in known else None
    model_name = config.model
    if model_name is None and spec is not None:
        model_name = spec.defaults.get("model") or spec.default_model
    models = {offer.spec.name for offer in registry.of_kind("model")}
    model = registry.model(str(model_name)) if model_name in models else None
    found: list[Range] = []
    files: list[Path] = []
    for text in texts:
        name = text.partition("=")[0]
        if name == RATIO and config.is_table:
            raise ConfigError(
                f"--range {RATIO}: goes with the dataset of a plugin, whose labels are known; give "
                "matrix files instead: --range cost_matrix=A.csv,B.csv"
            )
        if name == RATIO:
            for matrix in ranges.ratio_matrices(text, registry.dataset(config.dataset)):
                files.append(scratch / f"ratio-{matrix.name.removesuffix(':1')}.json")
                matrix.to_file(files[-1])
            found.append(Range("cost_matrix", values=tuple(file.name for file in files)))
            continue
        one = ranges.parse(text, config, model)
        if name == "cost_matrix":
            files += matrix_files(one.values, config.dataset, registry)
            one = Range(name, values=tuple(Path(value).name for value in one.values))
        found.append(one)
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"--range: {name} is varied twice (cost_ratio varies cost_matrix)")
    if set(ranges.LENGTHS) <= set(names):
        raise ConfigError(
            "--range: updates and epochs both say how long to train; vary one of them"
        )
    return found, files


def quoted(settings: Mapping[str, str]) -> str:
    """Tuned settings as words; SageMaker puts quotes around some."""
    said = []
    for name, value in sorted(settings.items()):
        if name.startswith("_"):
            continue
        try:
            plain = parse_json(value)
        except NotJsonError:
            plain = value
        said.append(f"{name} {plain if isinstance(plain, str) else value}")
    return ", ".join(said)
