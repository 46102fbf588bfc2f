"""A digest of what a dataset, model, loss or decision rule gives: alike only where all bits are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from framework.checking.dataset_checks import dataset_of, loaded_afresh
from framework.checking.decision_rule_checks import decided_on_copies
from framework.checking.estimator_checks import fitted
from framework.checking.made_up_cases import CASES, decision_problems, loss_problems
from framework.checking.model_checks import shape_of
from framework.checking.subject import Subject
from framework.core.cases.dataset import Dataset
from framework.core.cases.table import Table
from framework.training.checkpoints import digest


def fingerprint(subject: Subject) -> str:
    """Of a dataset what it loads, of a network its initial weights, else answers to made-up cases."""
    return _OF_KIND[subject.checked_as](subject)


def _of_dataset(subject: Subject) -> str:
    dataset_of(subject)  # where there is none, other checks say so
    dataset = loaded_afresh(subject)
    return digest(*(_plain(getattr(dataset, field.name)) for field in fields(Dataset)))


def _of_model(subject: Subject) -> str:
    from framework.checking.gradients import initial_weights

    return digest(*initial_weights(subject, shape_of(subject)))


def _of_estimator(subject: Subject) -> str:
    X, _ = CASES["table"](3)
    return digest(fitted(subject, 3)(X))


def _of_loss(subject: Subject) -> str:
    from framework.checking.gradients import loss_values

    return digest(*(loss_values(subject.spec, *problem) for problem in loss_problems()))


def _of_rule(subject: Subject) -> str:
    problems = decision_problems(subject.spec)
    return digest(*(decided_on_copies(subject, p, costs) for p, costs in problems))


_OF_KIND = {
    "dataset": _of_dataset,
    "model": _of_model,
    "estimator": _of_estimator,
    "loss": _of_loss,
    "decision rule": _of_rule,
}


def _plain(value: Any) -> Any:
    """As an array of numbers, or what prints the same when it is the same."""
    if isinstance(value, Table):
        value = value.columns
    if isinstance(value, Mapping):
        return [(name, digest(_plain(of))) for name, of in sorted(value.items())]
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return value.tolist()
    return value
