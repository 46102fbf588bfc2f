"""A SageMaker training job: what it is told, one run, what it leaves."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framework.container.cluster import tf_config
from framework.container.install import install
from framework.container.log import Epochs, check_objective, print_models
from framework.core.errors import ConfigError, FrameworkError, TrainingStoppedError
from framework.core.file_bytes import LARGEST_JSON, read_bytes
from framework.core.json_text import NotJsonError, parse_json
from framework.plugins.registry import RAISED
from framework.sagemaker.contract import PLUGINS, Paths, from_hyperparameters, is_tuned

if TYPE_CHECKING:
    from framework.experiment.results.model_result import ModelResult
    from framework.experiment.results.run_result import RunResult

STOPPED = 128 + signal.SIGTERM


def train(paths: Paths) -> int:
    """Run the job; the exit code. Whatever goes wrong is told in ``paths.failure``.

    A stopped job (SIGTERM) leaves checkpoints and no failure: started again, it goes on.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stdout)
    logging.getLogger("framework").setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, _stop)  # until training saves on it
    try:
        _train(paths)
    except TrainingStoppedError as stopped:
        print(stopped, flush=True)
        return STOPPED
    except _Stopped:
        return STOPPED
    except RAISED as error:
        known = isinstance(error, FrameworkError)
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        reason = " ".join(reason.split())
        print(f"Error: {reason}", file=sys.stderr, flush=True)
        paths.failure.parent.mkdir(parents=True, exist_ok=True)
        paths.failure.write_text(f"{reason}\n\n{traceback.format_exc()}", encoding="utf-8")
        return 2 if known else 1
    return 0


class _Stopped(BaseException):
    """Told to stop; nothing that guards a plugin's code takes it for an error of the plugin."""


def _stop(*_: object) -> None:
    raise _Stopped


def _train(paths: Paths) -> None:
    channels = paths.channels()
    if PLUGINS in channels:
        install(channels[PLUGINS])
    cluster = tf_config(paths.resources)
    if cluster is not None:
        os.environ["TF_CONFIG"] = cluster
    told = _hyperparameters(paths)
    config = from_hyperparameters(told, channels)
    with tempfile.TemporaryDirectory() as scratch:
        settings = {name: getattr(config, name) for name in config.model_fields_set}
        settings |= {"out": Path(scratch) / "run", "checkpoints": paths.own_checkpoints(told)}

        from framework.experiment.run import run
        from framework.plugins.registry import Registry
        from framework.report.run.page import write_report
        from framework.training.hosts import join

        add = write_report if config.report else lambda _: None
        epochs = Epochs(every=is_tuned(told))
        result = run(type(config)(**settings), Registry(), epochs, add)
        if join().is_chief:
            served = result.model(result.served.model)
            print_models(result, served)
            _publish(result, served, paths)
            if is_tuned(told):
                check_objective(result)
        join().wait()  # the SDK's local mode ends all hosts with the first


def _publish(result: RunResult, served: ModelResult, paths: Paths) -> None:
    from framework.inference.folders import model_folder

    shutil.copytree(result.run_dir, paths.run, dirs_exist_ok=True)
    shutil.copytree(model_folder(result.run_dir, served.name), paths.model, dirs_exist_ok=True)


def _hyperparameters(paths: Paths) -> dict[str, Any]:
    try:
        values = parse_json(read_bytes(paths.hyperparameters, LARGEST_JSON))
    except (OSError, NotJsonError) as error:
        raise ConfigError(f"{paths.hyperparameters}: cannot be read as JSON ({error})") from error
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise ConfigError(f"{paths.hyperparameters}: expected an object of strings")
    return values
