"""The command that repeats a run or a sweep, as far as its config.json tells."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Mapping
from typing import Any

# Yes or no: --name, or --no-name.
_SWITCHES = ("references", "stratify", "report", "early_stopping")
# Told by themselves, or deciding no figure.
_NOT_FLAGS = ("dataset", "out", "checkpoints", "cost_matrix", "model_parameters", "searched")


def command(config: Mapping[str, Any], name: str = "run", without: Collection[str] = ()) -> str:
    """``fw run`` with every setting spelled out, so that no default can change it.

    What ``--strategy auto`` searched is not: given, it would narrow the search. ``without`` are
    settings that the command called ``name`` does not take.

    Examples
    --------
    >>> command({"dataset": "blobs", "cost_matrix": ["my five.json"], "seed": 3, "stratify": False})
    "fw run blobs --cost-matrix 'my five.json' --seed 3 --no-stratify"
    """
    words = ["fw", name, config["dataset"]]
    for matrix in config.get("cost_matrix", []):
        words += ["--cost-matrix", matrix]
    for parameter, value in config.get("model_parameters", {}).items():
        text = value if isinstance(value, str) else json.dumps(value)
        words += ["--model-parameter", f"{parameter}={text}"]
    searched = config.get("searched", ())
    for setting, value in config.items():
        if value is None or setting in (*_NOT_FLAGS, *searched, *without):
            continue
        flag = setting.replace("_", "-")
        if setting in _SWITCHES:
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [f"--{flag}", str(value)]
    return shlex.join(words)


def given_in_python(origins: Mapping[str, str]) -> list[str]:
    """Matrices without a file: the command cannot name them."""
    return [name for name, origin in origins.items() if origin == "given in Python"]
