"""Every finished run in MLflow, at the address that ``--mlflow`` (or MLFLOW_TRACKING_URI) names.

A run there has the settings as parameters, dollars of every model as metrics (the test part's with
their interval, validation's, what is saved over the strongest rival), losses and validation dollars by
epoch, the verdict and the matrix as tags, and the run folder (report, metrics, matrices, models) as
artifacts. ``--mlflow-experiment`` (or MLFLOW_EXPERIMENT_NAME) names the experiment (default: the
dataset's name).
"""

import os
import time
from collections import Counter

from framework import hookimpl

AT_ONCE = 1000  # metrics that MLflow takes in one request
LONGEST_PARAMETER = 6000


@hookimpl
def fw_run_finished(config, result):
    """Log the run; nothing is done where no tracking server is named."""
    uri = config.mlflow or os.environ.get("MLFLOW_TRACKING_URI")
    if not uri:
        return
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    told = result.to_json()
    named = config.mlflow_experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME")
    experiment = _experiment(client, named or told["dataset"])
    run = client.create_run(experiment, run_name=result.run_dir.name).info.run_id
    status = "FAILED"
    try:
        for name, value in _parameters(config).items():
            client.log_param(run, name, value)
        for name, value in _tags(told).items():
            client.set_tag(run, name, value)
        for model in told["models"]:
            for name, value in _metrics(model, told["strongest_rival"]).items():
                client.log_metric(run, f"{_word(model['name'])}.{name}", value)
        served = next(one for one in told["models"] if one["name"] == told["served"]["model"])
        for name, value in _metrics(served, told["strongest_rival"]).items():
            client.log_metric(run, name, value)
        by_epoch = _by_epoch(result.epochs)
        for start in range(0, len(by_epoch), AT_ONCE):
            client.log_batch(run, metrics=by_epoch[start : start + AT_ONCE])
        client.log_artifacts(run, str(result.run_dir))
        status = "FINISHED"
    finally:
        client.set_terminated(run, status)


def _experiment(client, name):
    found = client.get_experiment_by_name(name)
    return client.create_experiment(name) if found is None else found.experiment_id


def _parameters(config):
    """What is set, as text."""
    values = {name: getattr(config, name) for name in sorted(config.model_fields_set)}
    return {
        name: str(value)[:LONGEST_PARAMETER]
        for name, value in values.items()
        if value not in (None, (), {}) and name not in ("mlflow", "mlflow_experiment")
    }


def _tags(told):
    tags = {
        "fw.dataset": told["dataset"],
        "fw.cost_matrix": told["evaluation_matrix"],
        "fw.served": told["served"]["model"],
        "fw.verdict": told["verdict"],
        "fw.image": told["versions"].get("image"),
        "fw.framework": told["versions"]["framework"],
    }
    return {name: value for name, value in tags.items() if value}


def _metrics(model, rival):
    """Dollars a case of one model; negative is a loss."""
    low, high = model["dollars_per_case_interval"] or (None, None)
    figures = {
        "test_dollars_per_case": model["dollars_per_case"],
        "test_dollars_per_case_low": low,
        "test_dollars_per_case_high": high,
        "validation_dollars_per_case": model["validation"]["dollars_per_case"],
    }
    saved = model["saved_against"].get(rival)
    if saved is not None:
        low, high = saved["interval"] or (None, None)
        figures |= {"saved_per_case": saved["mean"]}
        figures |= {"saved_per_case_low": low, "saved_per_case_high": high}
    return {name: float(value) for name, value in figures.items() if value is not None}


def _by_epoch(epochs):
    """Losses of what was trained together, and validation dollars of what is trained with costs.

    Of one name, steps go on counting: the folds of one matrix follow those of another.
    """
    from mlflow.entities import Metric

    now, steps, found = int(time.time() * 1000), Counter(), []
    for epoch in epochs:
        name = f"loss.{_word(epoch.models)}"
        steps[name] += 1
        found.append(Metric(name, epoch.loss, now, steps[name]))
        if epoch.dollars_per_case is not None:
            name = "epoch.validation_dollars_per_case"
            found.append(Metric(name, epoch.dollars_per_case, now, epoch.number))
    return found


def _word(name):
    """Of a model's name, what MLflow takes in a metric's."""
    return "".join(letter if letter.isalnum() or letter in "-_. /" else "_" for letter in name)
