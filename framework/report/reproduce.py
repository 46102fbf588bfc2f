"""The command that repeats a run, as far as its config.json tells."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

# Settings that only Python can give, or that do not decide a figure.
_NOT_FLAGS = ("dataset", "out", "references", "stratify", "cost_matrix", "model_parameters")


def command(config: Mapping[str, Any]) -> str:
    """``fw run`` with every setting spelled out, so that no default can change it.

    Examples
    --------
    >>> command({"dataset": "blobs", "cost_matrix": ["five.json"], "seed": 3, "stratify": False})
    'fw run blobs --cost-matrix five.json --no-stratify --seed 3'
    """
    words = ["fw", "run", config["dataset"]]
    for matrix in config.get("cost_matrix", []):
        words += ["--cost-matrix", matrix]
    for name in ("references", "stratify"):
        if name in config:
            words.append(f"--{name}" if config[name] else f"--no-{name}")
    for name, value in config.get("model_parameters", {}).items():
        words += ["--model-parameter", f"{name}={value}"]
    for name, value in config.items():
        if name not in _NOT_FLAGS and value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def given_in_python(origins: Mapping[str, str]) -> list[str]:
    """Matrices without a file: the command cannot name them."""
    return [name for name, origin in origins.items() if origin == "given in Python"]
