"""What a tuning job varies: ``NAME=LOW..HIGH[:log]`` or ``NAME=A,B,C``, checked like settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.config.run_config import RunConfig
from framework.config.settings import OPTIONS
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.errors import ConfigError, FrameworkError
from framework.core.plain_numbers import number_in
from framework.plugins.specs import DatasetSpec, EstimatorSpec, ModelSpec

REAL, WHOLE, CHOICES = (
    tuple(setting.name for setting in OPTIONS if setting.varied == kind)
    for kind in ("real", "whole", "choice")
)
LENGTHS = ("updates", "epochs")  # either one
PARAMETER = "model_parameters."
RATIO = "cost_ratio"
# Ratios that LOW..HIGH stands for; SageMaker takes 30 values of a choice at most.
RATIOS = 12
LONGEST_CHOICE, MOST_CHOICES = 256, 30


@dataclass(frozen=True)
class Range:
    """One hyperparameter: bounds ``low`` and ``high``, or the ``values`` to choose from."""

    name: str
    low: str = ""
    high: str = ""
    whole: bool = False
    logarithmic: bool = False
    values: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        if self.values:
            return {"Name": self.name, "Values": list(self.values)}
        scaling = "Logarithmic" if self.logarithmic else "Linear"
        return {
            "Name": self.name,
            "MinValue": self.low,
            "MaxValue": self.high,
            "ScalingType": scaling,
        }


def parse(text: str, config: RunConfig, model: ModelSpec | EstimatorSpec | None) -> Range:
    """The range that ``text`` means for runs like ``config``.

    Raises
    ------
    ConfigError
        For a name that cannot be varied, and for bounds or values that a run would refuse.
    """
    name, equals, rest = text.partition("=")
    if not equals or not rest:
        raise ConfigError(
            f"--range: expected NAME=LOW..HIGH[:log] or NAME=A,B,C, received {text!r}"
        )
    _check_name(name, config, model)
    body, colon, scaling = rest.partition(":")
    low, dots, high = body.partition("..")
    if not dots:
        values = tuple(rest.split(","))
        if len(set(values)) != len(values) or not all(values):
            raise ConfigError(f"--range {text}: expected different values, none of them empty")
        _check_choices(name, values)
        for value in values:
            _check_value(text, name, value, config)
        return Range(name, values=values)
    if name in CHOICES:
        raise ConfigError(f"--range {text}: {name} is chosen by name; expected {name}=A,B,C")
    if colon and scaling != "log":
        raise ConfigError(f"--range {text}: expected :log or nothing at its end")
    lowest, highest = _number(text, low), _number(text, high)
    if not lowest < highest:
        raise ConfigError(f"--range {text}: {low} is not below {high}")
    if scaling == "log" and lowest <= 0:
        raise ConfigError(f"--range {text}: a logarithmic range starts above 0")
    for value in (low, high):
        _check_value(text, name, value, config)
    whole = name in WHOLE or _is_whole_parameter(name, model)
    if whole and not (low.isdigit() and high.isdigit()):
        raise ConfigError(f"--range {text}: {name} takes whole numbers")
    return Range(name, low, high, whole, logarithmic=scaling == "log")


def ratio_matrices(text: str, spec: DatasetSpec) -> list[CostMatrix]:
    """The training matrices that ``cost_ratio=LOW..HIGH`` or ``cost_ratio=A,B,C`` means.

    At ratio r, missing the second class costs r, a false alarm 1. LOW..HIGH stands for RATIOS
    ratios, evenly spaced by factor.
    """
    body = text.partition("=")[2].removesuffix(":log")
    if len(spec.labels) != 2:
        raise ConfigError(
            f'--range {text}: a ratio is for two classes; "{spec.name}" has {len(spec.labels)}. '
            "Write matrix files, and vary them: --range cost_matrix=A.json,B.json"
        )
    low, dots, high = body.partition("..")
    if dots:
        lowest, highest = _number(text, low), _number(text, high)
        if not 0 < lowest < highest:
            raise ConfigError(f"--range {text}: expected ratios above 0, the lower one first")
        ratios = [float(f"{r:.3g}") for r in np.geomspace(lowest, highest, RATIOS)]
    else:
        ratios = [_number(text, part) for part in body.split(",")]
    if min(ratios) <= 0 or len(set(ratios)) != len(ratios) or len(ratios) > MOST_CHOICES:
        raise ConfigError(
            f"--range {text}: expected up to {MOST_CHOICES} different ratios above 0, "
            f"received {body}"
        )
    costs = [np.array([[0.0, 1.0], [ratio, 0.0]]) for ratio in ratios]
    return [
        CostMatrix(f"{ratio:g}:1", spec.labels, cost)
        for ratio, cost in zip(ratios, costs, strict=True)
    ]


def to_json(ranges: list[Range]) -> dict[str, Any]:
    """The ranges as ``ParameterRanges``."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for one in ranges:
        kind = "Categorical" if one.values else "Integer" if one.whole else "Continuous"
        kinds.setdefault(f"{kind}ParameterRanges", []).append(one.to_json())
    return kinds


def _check_name(name: str, config: RunConfig, model: ModelSpec | EstimatorSpec | None) -> None:
    if name.startswith(PARAMETER):
        parameter = name.removeprefix(PARAMETER)
        if model is not None and parameter not in model.parameters:
            raise ConfigError(
                f'--range: the model "{model.name}" has no parameter {parameter}; it has: '
                f"{', '.join(model.parameters) or 'none'}"
            )
        taken = parameter in config.model_parameters
    elif name in (*REAL, *WHOLE, *CHOICES):
        taken = name != "cost_matrix" and name in config.model_fields_set
    else:
        known = ", ".join((RATIO, *REAL, *WHOLE, *CHOICES, f"{PARAMETER}NAME"))
        raise ConfigError(f'--range: "{name}" cannot be varied; what can: {known}')
    if taken:
        raise ConfigError(f"--range: {name} is set to one value already; leave one of them out")


def _check_choices(name: str, values: tuple[str, ...]) -> None:
    if len(values) > MOST_CHOICES or max(map(len, values)) > LONGEST_CHOICE:
        raise ConfigError(
            f"--range {name}: SageMaker takes up to {MOST_CHOICES} values, each of up to "
            f"{LONGEST_CHOICE} characters"
        )


def _check_value(text: str, name: str, value: str, config: RunConfig) -> None:
    if name.startswith(PARAMETER) or name == "cost_matrix":
        return  # the model itself has the last word; matrix files are checked where they are read
    other = {length: getattr(config, length) for length in LENGTHS if name in LENGTHS}
    try:
        RunConfig(**{"dataset": config.dataset, **other, name: value})
    except FrameworkError as error:
        raise ConfigError(f"--range {text}: {error}") from None


def _is_whole_parameter(name: str, model: ModelSpec | EstimatorSpec | None) -> bool:
    if model is None or not name.startswith(PARAMETER):
        return False
    default = model.parameters[name.removeprefix(PARAMETER)]
    return isinstance(default, int) and not isinstance(default, bool)


def _number(text: str, number: str) -> float:
    value = number_in(number)
    if value is None:
        raise ConfigError(f"--range {text}: expected a number, received {number!r}")
    return value
