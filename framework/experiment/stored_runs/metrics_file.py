"""metrics.json as it is read again: what everything else rests on, checked once, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import IntArray
from framework.core.errors import ArtifactError
from framework.core.json_fields import Fields
from framework.core.plain_numbers import is_whole

# Of a model; those of a run, or of a comparison, are looked at where they are shown.
NUMBERS = ("dollars_per_case", "dollars_total", "train_seconds")
TEXTS = ("name", "role", "strategy", "decision_rule")


@dataclass(frozen=True)
class Metrics:
    """What metrics.json says that other files must agree with."""

    labels: tuple[str, ...]
    decisions: tuple[str, ...]
    models: tuple[str, ...]

    @classmethod
    def read(cls, data: Any, where: Path) -> Metrics:
        """Of the parsed file ``where``.

        Raises
        ------
        ArtifactError
            Naming the key that is missing or of another kind.
        """
        told = Fields(data, where)
        models = told.objects("models")
        names = [model.text("name") for model in models]
        if not names or len(set(names)) < len(names):
            told.refuse("models", "models, each once", names)
        for model in models:
            _check_model(model)
        if told.fields("served").text("model") not in names:
            told.refuse("served", "one of the models", told.fields("served").text("model"))
        bounds = told.fields("bounds")
        for key in ("constant_dollars_per_case", "oracle_dollars_per_case"):
            bounds.number(key)
        told.text("dataset")
        told.text("verdict")
        decisions = told.names("decisions")  # a class may be called "refer" as well
        return cls(told.texts("labels"), decisions, tuple(names))


def _check_model(model: Fields) -> None:
    for key in NUMBERS:
        if key in model.data:
            model.number(key)
    for key in TEXTS:
        model.text(key)
    if "dollars_per_case_interval" in model:
        low, high = model.numbers("dollars_per_case_interval", 2)
        if low > high:
            model.refuse("dollars_per_case_interval", "its lower end first", [low, high])
    model.fields("validation")


def check_counts(
    model: Mapping[str, Any], y_true: IntArray, decisions: IntArray, where: Path
) -> None:
    """Raise ArtifactError where a ``model``'s confusion matrix is not that of its predictions (n,)."""
    told = Fields(model, f'{where}, "{model["name"]}"')
    found = told.any("confusion_matrix")
    counted = np.zeros(np.shape(found) if _is_table(found) else (0, 0), dtype=np.int64)
    fits = counted.size and y_true.max() < counted.shape[0] and decisions.max() < counted.shape[1]
    if fits:
        np.add.at(counted, (y_true, decisions), 1)
    if not fits or counted.tolist() != found:
        raise ArtifactError(
            f"{told.where}: its confusion matrix does not count what its file in predictions/ holds; one "
            "of them has been changed"
        )


def _is_table(found: Any) -> bool:
    return (
        isinstance(found, list)
        and len(found) > 0
        and all(isinstance(row, list) and len(row) == len(found[0]) for row in found)
        and all(set(map(type, row)) == {int} or all(map(is_whole, row)) for row in found)
    )
