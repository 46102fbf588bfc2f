"""AutoGluon's tabular predictor, with as much of the processor's time as the framework takes."""

from __future__ import annotations

import tempfile
import time

import numpy as np
from calibrating import Answer, Task, calibrated

PRESETS = "best_quality"  # its documentation's for the most accurate predictor without a GPU
LEFT_OVER = 0.9  # of the time: it goes a little over its limit


def autogluon(task: Task) -> Answer:
    """Bagged and stacked, by log loss; calibrated with its own out-of-fold probabilities."""
    from autogluon.tabular import TabularPredictor

    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor(
            "class",
            problem_type="binary" if task.n_classes == 2 else "multiclass",
            eval_metric="log_loss",
            path=folder,
            verbosity=0,
        )
        predictor.fit(
            task.train.assign(**{"class": task.y}),
            presets=PRESETS,
            time_limit=LEFT_OVER * task.seconds * slowdown(),
            num_cpus=task.threads,
            num_gpus=0,
            dynamic_stacking=False,  # it would spend a quarter of a short time on a trial of stacking
            ag_args_ensemble={"fold_fitting_strategy": "sequential_local"},
        )
        held_out = predictor.predict_proba_oof().reindex(columns=range(task.n_classes))
        test = predictor.predict_proba(task.test).reindex(columns=range(task.n_classes))
        setting = f"{predictor.model_best} of {len(predictor.model_names())} models"
    return calibrated(task, np.nan_to_num(held_out), np.nan_to_num(test), setting)


def slowdown() -> float:
    """How many seconds pass for one of the processor's: more than 1 where others share the machine."""
    passed, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < 0.5:
        pass
    return (time.perf_counter() - passed) / (time.process_time() - used)
