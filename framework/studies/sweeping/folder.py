"""The folder a sweep leaves behind.

run.json             in which format it is written, digests of its files (see framework.core.folder_format)
config.json          all settings, resolved
cost_matrix.json     the matrix that judged, as it stands
sweep.json           what ``fw sweep --json`` prints
sweep.csv            one line per model
break_even.csv       for every two models, above which value the first is the cheaper one
recommended.json     a matrix that trains the recommended model, where training makes it
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from framework.config.repeating_command import sweep_command
from framework.config.resolved_config import ResolvedConfig
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.files import read_json, write_csv, write_json
from framework.core.folder_format import check_format
from framework.experiment.stored_runs.stored_run import SWEPT_PREVALENCE

_MODEL_COLUMNS = (
    "dollars_per_case",
    "constant",
    "slope",
    "accuracy",
    "recall",
    "precision",
    "swept_mistakes",
    "on_pareto_front",
)


def write(
    folder: Path,
    config: ResolvedConfig,
    data: dict[str, Any],
    judge: CostMatrix,
    break_evens: list[dict[str, Any]],
    to_train: CostMatrix | None,
) -> None:
    """Write a sweep into ``folder``, but for run.json and the page."""
    write_json(folder / "config.json", config.to_json())
    write_json(folder / "sweep.json", data)
    judge.to_file(folder / "cost_matrix.json")
    if to_train is not None:
        to_train.to_file(folder / "recommended.json")
    _write_models(folder / "sweep.csv", data["models"])
    rows = [
        [pair["above"], pair["below"], pair["at"], *(pair["interval"] or ("", ""))]
        for pair in break_evens
    ]
    head = ["first", "second", "first_is_cheaper_above", "low", "high"]
    write_csv(folder / "break_even.csv", [head, *rows])


def read(run_dir: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What sweep.json and config.json hold.

    Raises
    ------
    ArtifactError
        When one is missing or cannot be read, or the folder is of a newer format.
    """
    check_format(run_dir, "")
    return read_json(run_dir / "sweep.json"), read_json(run_dir / "config.json")


def command_of(data: dict[str, Any], config: dict[str, Any]) -> str:
    """``fw sweep`` with every setting spelled out: what made this sweep.json and config.json."""
    axis = data["axis"]
    return sweep_command(config, axis["option"], len(axis["values"]))


def axis_of(run_dir: Path) -> dict[str, Any]:
    """What was swept, as keywords of ``framework.studies.sweeping.run.sweep``; {} of no sweep's folder."""
    path, swept = run_dir / "sweep.json", run_dir / SWEPT_PREVALENCE
    if swept.is_file():
        found = read_json(swept)
        ends = found["shares"][0], found["shares"][-1]
        return {
            "prevalence": {found["label"]: "..".join(map(repr, ends))},
            "points": len(found["shares"]),
        }
    if not path.is_file():
        return {}
    axis = read_json(path)["axis"]
    flag, text = shlex.split(axis["option"])
    name = "ratio" if flag == "--ratio" else "cells"
    return {name: text, "points": len(axis["values"])}


def _write_models(path: Path, models: list[dict[str, Any]]) -> None:
    measures = [name for name in _MODEL_COLUMNS if name in models[0]["test"]]
    parts = ("validation", "test")
    head = ["model", "family", "at"] + [f"{part}_{name}" for part in parts for name in measures]
    rows = [
        [model["name"], model["family"], model["at"]]
        + [model[part][name] for part in parts for name in measures]
        for model in models
    ]
    write_csv(path, [head, *rows])
