"""What the value of a setting may be: types that pydantic checks, alike from Python and from text."""

from __future__ import annotations

import re
from itertools import pairwise
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from framework.config.plain_number import plain_number
from framework.core.cases.augmentation import Augmentation
from framework.core.costs.given_matrix import GivenMatrix, given_matrices, given_matrix
from framework.core.costs.prevalence import problem
from framework.core.evaluation.promise import Promise
from framework.core.plain_numbers import number_in
from framework.core.shown import short

LARGEST_SIDE = 4096  # pixels
SECONDS = {"s": 1, "m": 60, "h": 3600}
_SIZE = re.compile(r"(\d{1,6})(?:\s*x\s*(\d{1,6}))?")

# Numbers.
Number = Annotated[float, BeforeValidator(plain_number), Field(allow_inf_nan=False)]
Share = Annotated[Number, Field(gt=0, lt=1)]
ZeroOrShare = Annotated[Number, Field(ge=0, lt=1)]
ZeroToOne = Annotated[Number, Field(ge=0, le=1)]
NonNegativeNumber = Annotated[Number, Field(ge=0, le=1e30)]
PositiveNumber = Annotated[Number, Field(gt=0, le=1e30)]
# Epochs, updates, cases of a batch: whatever it counts, nobody counts further.
PositiveInt = Annotated[int, BeforeValidator(plain_number), Field(gt=0, le=10**9)]
Seed = Annotated[int, BeforeValidator(plain_number), Field(ge=0, lt=2**31)]

# Words.
Scale = Literal["normalized", "raw"]
Calibration = Literal["none", "temperature", "bias"]
Decay = Literal["none", "cosine"]
StrategyName = Literal["fixed", "auto"]


def _in_seconds(value: Any) -> Any:
    found = re.fullmatch(r"\s*([\d.]+)\s*([smh])\s*", value) if isinstance(value, str) else None
    seconds = None if found is None else number_in(found[1])
    return value if found is None or seconds is None else seconds * SECONDS[found[2]]


def _one_or_several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _width_and_height(value: Any) -> Any:
    if value is None:
        return None
    found = _SIZE.fullmatch(str(value).strip().lower())
    if found is None:
        raise ValueError(f"expected pixels as 32 or 48x32, received {short(value)}")
    width, height = int(found[1]), int(found[2] or found[1])
    if not all(1 <= side <= LARGEST_SIDE for side in (width, height)):
        raise ValueError(f"expected 1 to {LARGEST_SIDE} pixels a side, received {short(value)}")
    return f"{width}x{height}"


def _numbers(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


def _rising(value: tuple[float, ...]) -> tuple[float, ...]:
    if any(low >= high for low, high in pairwise(value)):
        raise ValueError("expected rising numbers")
    return value


def _options_of_augmentation(value: dict[str, float]) -> dict[str, float]:
    Augmentation.of(value)
    return value


def _finite(value: dict[str, Any]) -> dict[str, Any]:
    for name, one in value.items():
        inner = one.values() if isinstance(one, dict) else [one]
        if any(isinstance(number, float) and not isfinite(number) for number in inner):
            raise ValueError(f'"{name}": expected finite numbers, received {short(one)}')
    return value


def _shares(value: dict[str, Any]) -> dict[str, float]:
    shares = {label: _number(of) for label, of in value.items()}
    told = problem(shares, (*shares, "any other"))  # the labels are not known yet
    if told is not None:
        raise ValueError(told)
    return shares


def _number(value: Any) -> Any:
    """A number that came as text, from a hyperparameter; else what it is."""
    number = number_in(value) if isinstance(value, str) else None
    return value if number is None else number


def _matrix(value: Any) -> Any:
    return None if value is None else given_matrix(value)


def _promise(value: Any) -> Any:
    return None if value is None else str(Promise.of(value))


def _address_of_mlflow(value: str | None) -> str | None:
    if value is not None and not re.match(r"[a-z][a-z0-9+.-]*:", value):
        raise ValueError(
            f"expected an address as http://localhost:5000, sqlite:///mlflow.db or an ARN, received "
            f"{short(value)}"
        )
    if value is not None and re.match(r"[^/]*://[^/@]*:[^/@]*@", value):
        raise ValueError(  # a run's settings are written to its folder
            "a password does not belong into settings, and one was received; give it by "
            "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        )
    return value


# What has a form of its own.
Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_several)]
Cuts = Annotated[tuple[Number, ...], BeforeValidator(_numbers), AfterValidator(_rising)]
Kinds = Annotated[dict[str, str | dict[str, Any]], AfterValidator(_finite)]
Parameters = Annotated[dict[str, int | float | bool | str], AfterValidator(_finite)]
Augmented = Annotated[dict[str, Number], AfterValidator(_options_of_augmentation)]
Prevalence = Annotated[dict[str, Any], AfterValidator(_shares)]
PictureSize = Annotated[str | None, BeforeValidator(_width_and_height)]
Matrix = Annotated[GivenMatrix | None, BeforeValidator(_matrix)]
Matrices = Annotated[tuple[GivenMatrix, ...], BeforeValidator(given_matrices)]
Dollars = Annotated[str | None, BeforeValidator(_promise)]
Duration = Annotated[PositiveNumber, BeforeValidator(_in_seconds)]
Address = Annotated[str | None, AfterValidator(_address_of_mlflow)]
