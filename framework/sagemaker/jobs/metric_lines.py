"""Figures in a job's log: the lines that training prints, and how SageMaker reads them.

The dollars, but for the objective's, are those of the model that is left in /opt/ml/model: on the
test part and on the validation cases.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

_NUMBER = r"([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)"
_EPOCH, _MODEL, _SERVED = "epoch", "model", "served model"
# What a tuner maximises: validation dollars of the model that the first cost matrix trains. Test
# dollars would be a boast of what they chose, and the served model's may be those of one that no
# varied setting of training with costs touches.
OBJECTIVE = "tuned_validation_dollars_per_case"
# What a gate asks of the served model: the lower end of the 95% interval of what it saves over the
# strongest rival, in dollars a case.
SAVED_AT_LEAST = "saved_per_case_at_least"


def epoch_line(number: str, models: str, loss: float, objective: float | None = None) -> str:
    """An epoch's loss, and what a tuner maximises, where that is known as training goes.

    Examples
    --------
    >>> epoch_line("2/30", "4 (0 of 4 done)", 0.25)
    'epoch=2/30; models=4 (0 of 4 done); loss=0.25;'
    """
    known = objective is not None and math.isfinite(objective)
    told = f" {OBJECTIVE}={objective:.10g};" if known else ""
    return f"{_EPOCH}={number}; models={models}; loss={loss:.6g};{told}"


def model_line(name: str, served: bool, figures: Mapping[str, float | None]) -> str:
    """A model's figures, by their names in METRICS; what is None, or no finite number, is left out.

    Examples
    --------
    >>> model_line("mine", True, {"dollars_per_case": -2.5, "savings": None})
    'served model=mine; dollars_per_case=-2.5;'
    """
    text = "".join(
        f" {key}={value:.10g};"
        for key, value in figures.items()
        if value is not None and math.isfinite(value)
    )
    return f"{_SERVED if served else _MODEL}={name};{text}"


def _metric(name: str, line: str) -> dict[str, str]:
    return {"Name": name, "Regex": rf"{line}=.*; {name}={_NUMBER};"}


METRICS = [
    _metric("dollars_per_case", _SERVED),
    _metric("savings", _SERVED),
    _metric(SAVED_AT_LEAST, _SERVED),
    _metric("validation_dollars_per_case", _SERVED),
    _metric(OBJECTIVE, f"(?:{_MODEL}|{_EPOCH})"),
    _metric("loss", _EPOCH),
]
