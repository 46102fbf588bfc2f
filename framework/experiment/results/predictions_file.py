"""A model's decisions on the test part as a CSV file: what a judge needs to price them anew.

Probabilities of many classes stand in an array beside it, NAME.npy (n, N), for they would be most of a
folder, and of the time to write and to read it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray
from framework.core.errors import ArtifactError
from framework.core.file_bytes import NotAFileError, check_regular
from framework.core.files import write_csv, written
from framework.core.plain_numbers import number_in
from framework.core.shown import short

if TYPE_CHECKING:
    from framework.experiment.results.held_out import HeldOut
    from framework.experiment.results.model_result import ModelResult

HEADER = ["case", "true", "predicted", "dollars"]
MANY = 100  # classes; of more, probabilities are an array of float32
ROUNDING = 1e-3  # of the sum of a case's probabilities, which networks tell in float32


@dataclass(frozen=True, eq=False)
class Predictions:
    """One CSV file of predictions, column by column."""

    cases: tuple[str, ...]
    truths: tuple[str, ...]
    decisions: tuple[str, ...]
    dollars: FloatArray
    probabilities: FloatArray
    columns: Mapping[str, FloatArray]
    groups: NDArray[Any] | None


def column_names(labels: Sequence[str], columns: Iterable[str] = ()) -> list[str]:
    """What was decided, a probability of each of ``labels``, and the ``columns`` that costs depend on."""
    return [*HEADER, *(f"p({label})" for label in labels), *(f"column({name})" for name in columns)]


def read_predictions(path: Path, labels: tuple[str, ...]) -> Predictions:
    """Read what ``write_predictions`` wrote.

    Raises
    ------
    ArtifactError
        When the file is missing, or is not one of predictions for ``labels``.
    """
    try:
        check_regular(path)
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        cases, truths, decisions, *values = zip(*rows, strict=True)
        if header[:4] != HEADER or len(header) != 3 + len(values):
            raise ValueError(f"its columns are {', '.join(header)[:200]}")
        # The first number is the dollars; one probability for each label follows.
        beside = path.with_suffix(".npy")
        last = 1 if beside.exists() else 1 + len(labels)
        if header[4 : 3 + last] != column_names(labels)[4 : 3 + last]:
            raise ValueError(f"its columns are {', '.join(header)[:200]}")
        dollars, *shares = (
            _numbers(column, name) for column, name in zip(values[:last], header[3:], strict=False)
        )
        if last == 1:
            probabilities = _probabilities_in(beside, (len(cases), len(labels)))
        else:
            probabilities = np.stack(shares, axis=1)
        _check_probabilities(probabilities)
        unknown = set(truths) - set(labels)
        if unknown:
            raise ValueError(f"its truths hold {short(min(unknown))}, which is no label")
        extra = dict(zip(header[3 + last :], values[last:], strict=True))
        groups = extra.pop("group", None)
        columns = {
            name.removeprefix("column(").removesuffix(")"): _numbers(column, name)
            for name, column in extra.items()
        }
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing") from None
    except NotAFileError as error:
        raise ArtifactError(f"{path} {error}") from None
    except (OSError, ValueError, csv.Error) as error:
        raise ArtifactError(f"{path} is not a file of predictions: {error}") from error
    return Predictions(
        cases=cases,
        truths=truths,
        decisions=decisions,
        dollars=dollars,
        probabilities=probabilities,
        columns=columns,
        groups=None if groups is None else np.array(groups),
    )


def _numbers(column: Sequence[str], name: str) -> FloatArray:
    """Of text; one that is none is named with its case."""
    numbers = [number_in(text) for text in column]
    if None in numbers:
        row = numbers.index(None)
        raise ValueError(
            f"line {row + 2}, {name}: expected a number, received {short(column[row])}"
        )
    return np.array(numbers, dtype=np.float64)


def _probabilities_in(path: Path, shape: tuple[int, int]) -> FloatArray:
    check_regular(path)
    found = np.load(path, allow_pickle=False)
    if found.shape != shape or found.dtype != np.float32:
        raise ValueError(
            f"{path.name}: expected an array {shape} of float32, received {found.shape} of {found.dtype}"
        )
    if not np.isfinite(found).all():
        raise ValueError(f"{path.name}: expected numbers, received NaN or infinity")
    return found.astype(np.float64)


def _check_probabilities(p: FloatArray) -> None:
    wrong = (p < 0).any(axis=1) | (np.abs(p.sum(axis=1) - 1) > ROUNDING)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"line {row + 2}: expected probabilities that make up 1, received {short(p[row].tolist())}"
        )


def write_predictions(path: Path, model: ModelResult, test: HeldOut) -> None:
    """What was decided on every case, and what a judge needs to price it anew."""
    labels, decided = test.judge.labels, test.judge.decision_labels
    many = len(labels) > MANY
    header = column_names(() if many else labels, test.columns)
    extra: list[NDArray[Any]] = [*test.columns.values()]
    if test.groups is not None:
        header.append("group")
        extra.append(test.groups)
    if many:
        with written(path.with_suffix(".npy")) as temporary:
            np.save(temporary, model.probabilities.astype(np.float32))

    def rows() -> Iterator[list[Any]]:
        yield header
        for i, case in enumerate(test.names):
            truth, decision = labels[test.y[i]], decided[model.decisions[i]]
            worth = float(f"{model.case_dollars[i]:.15g}") + 0.0
            probabilities = [] if many else map(float, model.probabilities[i])
            columns = [values[i] for values in extra]
            yield [case, truth, decision, worth, *probabilities, *columns]

    write_csv(path, rows())
