"""LightGBM and CatBoost: native categories; size of the trees and rounds by log loss out of fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from calibrating import Answer, Task, all_classes, calibrated, log_loss, smoothed
from preparing import categories, of_text

RATE, STEP, MOST_ROUNDS = 0.06, 10, 300
LIGHTGBM_SIZES = ((4, 5), (10, 10), (31, 20))  # leaves of a tree, fewest cases of a leaf
CATBOOST_DEPTHS = (4, 6)


def lightgbm(task: Task) -> Answer:
    from lightgbm import LGBMClassifier

    def model(leaves: int, cases: int, rounds: int = MOST_ROUNDS) -> Any:
        return LGBMClassifier(
            n_estimators=rounds,
            learning_rate=RATE,
            num_leaves=leaves,
            min_child_samples=cases,
            subsample=0.8,
            subsample_freq=1,
            colsample_bytree=0.8,
            reg_lambda=1.0,
            random_state=task.seed,
            n_jobs=task.threads,
            verbose=-1,
        )

    def stages(fitted: Any, X: Any) -> Iterator[np.ndarray]:
        for rounds in range(STEP, MOST_ROUNDS + 1, STEP):
            yield fitted.predict_proba(X, num_iteration=rounds)

    train, test = categories(task.train), categories(task.test, task.train)
    settings = {f"{leaves} leaves of {cases}": (leaves, cases) for leaves, cases in LIGHTGBM_SIZES}
    return _boosted(task, train, test, {k: (model, v) for k, v in settings.items()}, stages)


def catboost(task: Task) -> Answer:
    from catboost import CatBoostClassifier

    def model(depth: int, rounds: int = MOST_ROUNDS) -> Any:
        return CatBoostClassifier(
            iterations=rounds,
            learning_rate=RATE,
            depth=depth,
            cat_features=of_text(task.train),
            random_seed=task.seed,
            thread_count=task.threads,
            allow_writing_files=False,
            verbose=False,
        )

    def stages(fitted: Any, X: Any) -> Iterator[np.ndarray]:
        return fitted.staged_predict_proba(X, ntree_start=STEP - 1, eval_period=STEP)

    settings = {f"depth {depth}": (model, (depth,)) for depth in CATBOOST_DEPTHS}
    return _boosted(task, task.train, task.test, settings, stages)


def _boosted(
    task: Task,
    train: Any,
    test: Any,
    settings: Mapping[str, tuple[Callable[..., Any], tuple[int, ...]]],
    stages: Callable[[Any, Any], Iterator[np.ndarray]],
) -> Answer:
    """The setting and number of rounds with the least log loss out of fold, fitted on all rows."""
    held_out: dict[tuple[str, int], np.ndarray] = {}
    for name, (model, sizes) in settings.items():
        for fit, held in task.folds():
            fitted = model(*sizes).fit(train.iloc[fit], task.y[fit])
            for look, p in enumerate(stages(fitted, train.iloc[held]), start=1):
                empty = np.zeros((len(task.y), task.n_classes))
                of_all = held_out.setdefault((name, look * STEP), empty)
                of_all[held] = all_classes(p, np.unique(task.y[fit]), task.n_classes)
    name, rounds = min(held_out, key=lambda key: log_loss(smoothed(task, held_out[key]), task.y))
    model, sizes = settings[name]
    fitted = model(*sizes, rounds).fit(train, task.y)
    p = all_classes(fitted.predict_proba(test), np.unique(task.y), task.n_classes)
    return calibrated(task, held_out[name, rounds], p, f"{name}, {rounds} rounds")
