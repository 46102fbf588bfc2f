"""The command that repeats a run or a sweep, as far as its config.json tells."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from framework.config.setting import Setting
from framework.config.settings import OPTIONS


def run_command(config: Mapping[str, Any]) -> str:
    """``fw run`` with every setting spelled out, so that no default can change it.

    What ``--strategy auto`` searched is not: given, it would narrow the search.

    Examples
    --------
    >>> run_command({"dataset": "blobs", "cost_matrix": ["my five.json"], "seed": 3, "stratify": False})
    "fw run blobs --cost-matrix 'my five.json' --no-stratify --seed 3"
    >>> run_command({"dataset": "a.csv", "cuts": [8.0, 10.0], "drop": [], "columns": {"b": "date"}})
    'fw run a.csv --cut 8,10 --column b=date'
    >>> run_command({"dataset": "signs", "augment": {"rotation": 0.1, "flip": 0.0}})
    'fw run signs --augment rotation=0.1 --augment flip=0.0'
    """
    return shlex.join(["fw", "run", config["dataset"], *_options(OPTIONS, config)])


def sweep_command(config: Mapping[str, Any], axis: str, points: int) -> str:
    """``fw sweep`` likewise; ``axis`` is the option that says what is swept."""
    swept = [setting for setting in OPTIONS if setting.swept]
    words = shlex.join(["fw", "sweep", config["dataset"], *_options(swept, config)])
    return f"{words} {axis} --points {points}"


def _options(settings: Iterable[Setting], config: Mapping[str, Any]) -> Iterator[str]:
    for setting in settings:
        value = config.get(setting.name)
        if value in (None, []) or setting.written or setting.name in config.get("searched", ()):
            continue
        if setting.repeated:
            for one in _each(value):
                yield from (setting.flag, one)
        elif isinstance(value, list):
            yield from (setting.flag, ",".join(f"{number:g}" for number in value))
        elif setting.metavar:
            yield from (setting.flag, str(value))
        else:
            yield setting.flag if value else setting.no_flag


def _each(value: Sequence[str] | Mapping[str, Any]) -> Iterator[str]:
    """One by one: file names, or parameters as NAME=VALUE."""
    if not isinstance(value, Mapping):
        yield from value
        return
    for name, of in value.items():
        yield f"{name}={of if isinstance(of, str) else json.dumps(of)}"
