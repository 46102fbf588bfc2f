"""Datasets, each of which fails the check that it is named after."""

import os

import numpy as np

from framework import Dataset, DatasetSpec, ModelSpec, hookimpl

LABELS = ("no", "yes")
N = 80


def good(seed=0):
    y = np.arange(N) % 2
    return np.random.default_rng(seed).normal(size=(N, 3)) + 2 * y[:, None], y


def frame():
    """Text, dates, yes/no and gaps, as people have them."""
    from tests.conftest import Frame

    X, y = good()
    columns = {
        "amount": np.where(np.arange(N) % 9 == 0, np.nan, X[:, 0]),
        "plan": np.where(X[:, 1] > 1, "gold", "basic"),
        "opened": np.datetime64("2020-01-01") + (100 * X[:, 2]).astype("timedelta64[D]"),
        "paid": X[:, 1] > 0,
    }
    return Frame(columns), y


def loads():
    return {}["no such key"]


def deterministic():
    X, y = good()
    return X + np.random.default_rng().normal(size=X.shape), y


def repeated():
    X, y = good()
    return np.concatenate([X, X]), np.concatenate([y, y])


def one_group():
    X, y = good()
    return Dataset(X, y, LABELS, groups=np.zeros(N, int))


def finite():
    X, y = good()
    X[::2, 0] = 1.7e308
    X[1::2, 0] = -1.7e308
    return X, y


def noise():
    _, y = good()
    return np.random.default_rng(0).normal(size=(N, 3)), y


def subprocess():
    X, y = good()
    return X + os.getpid(), y


def build_forgetful(input_shape, n_classes):
    from tests.checking.bad.forgetful import forgetful_network

    return forgetful_network(input_shape, n_classes)


@hookimpl
def fw_register_models():
    return [ModelSpec("forgetful_of_a_dataset", build_forgetful)]


@hookimpl
def fw_register_datasets():
    too_fast = {"optimizer": "sgd", "learning_rate": 1e6, "decay": "none"}
    return [
        DatasetSpec("good", LABELS, good, default_model="logistic"),
        DatasetSpec("good_frame", LABELS, frame),
        DatasetSpec("loads", LABELS, loads),
        DatasetSpec("deterministic_load", LABELS, deterministic),
        DatasetSpec("labels", (*LABELS, "never"), good),
        DatasetSpec("groups_apart", LABELS, one_group),
        DatasetSpec("groups_apart_repeated", LABELS, repeated),
        DatasetSpec("finite", LABELS, finite),
        DatasetSpec("matrices_fit", LABELS, good, cost_matrices="costs"),
        DatasetSpec("matrices_fit_column", LABELS, good, cost_matrices="of_a_column"),
        DatasetSpec("matrices_fit_none", LABELS, good, cost_matrices="nowhere"),
        DatasetSpec("matrices_fit_default", LABELS, good, default_cost_matrix="lost.json"),
        DatasetSpec("loss_falls", LABELS, noise, default_model="logistic", defaults=too_fast),
        DatasetSpec("saved_equals_loaded", LABELS, good, default_model="forgetful_of_a_dataset"),
        DatasetSpec("works_in_a_subprocess", LABELS, subprocess),
    ]
