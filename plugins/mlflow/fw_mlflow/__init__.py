"""Every finished run in MLflow, where the variable MLFLOW_TRACKING_URI says where that is.

A run there has the settings as parameters, dollars of every model as metrics (the test part's with
their interval, validation's, what is saved over the strongest rival), the verdict and the matrix as
tags, and the run folder (report, metrics, matrices, models) as artifacts. MLFLOW_EXPERIMENT_NAME names
the experiment (default: the dataset's name).
"""

import os

from framework import hookimpl


@hookimpl
def fw_run_finished(config, result):
    """Log the run; nothing is done where no tracking server is named."""
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    if not uri:
        return
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    told = result.to_json()
    experiment = _experiment(client, os.environ.get("MLFLOW_EXPERIMENT_NAME") or told["dataset"])
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
        client.log_artifacts(run, str(result.run_dir))
        status = "FINISHED"
    finally:
        client.set_terminated(run, status)


def _experiment(client, name):
    found = client.get_experiment_by_name(name)
    return client.create_experiment(name) if found is None else found.experiment_id


def _parameters(config):
    """What is set, as text; MLflow takes 6,000 characters."""
    values = {name: getattr(config, name) for name in sorted(config.model_fields_set)}
    return {
        name: str(value)[:6000] for name, value in values.items() if value not in (None, (), {})
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
    low, high = model["dollars_per_case_interval"]
    figures = {
        "test_dollars_per_case": model["dollars_per_case"],
        "test_dollars_per_case_low": low,
        "test_dollars_per_case_high": high,
        "validation_dollars_per_case": model["validation"]["dollars_per_case"],
    }
    saved = model["saved_against"].get(rival)
    if saved is not None:
        figures["saved_per_case"] = saved["mean"]
        figures["saved_per_case_low"], figures["saved_per_case_high"] = saved["interval"]
    return {name: float(value) for name, value in figures.items() if value is not None}


def _word(name):
    """Of a model's name, what MLflow takes in a metric's."""
    return "".join(letter if letter.isalnum() or letter in "-_. /" else "_" for letter in name)
