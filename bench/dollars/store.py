"""What has been found out, a line of JSON for each split and method; what is there is not run again."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Result:
    """One method on one split.

    ``costs`` are mean dollars a test case (positive = bad) under each matrix, the bench matrix
    first; methods that train for that alone have one. ``oracle`` are those of perfect decisions.
    ``seconds`` are those of the processor, for training and judging. ``failure`` says why there are
    none. ``commit`` is that of the framework's source which made the splits and judged, and, of its own
    methods, answered.
    """

    dataset: str
    split: int
    method: str
    n_test: int = 0
    costs: tuple[float, ...] = ()
    oracle: tuple[float, ...] = ()
    seconds: float = 0.0
    log_loss: float | None = None
    setting: str = ""
    failure: str = ""
    commit: str = ""

    @property
    def key(self) -> tuple[str, int, str]:
        return self.dataset, self.split, self.method


@dataclass
class Store:
    """The file of a folder. Of several lines of one split and method, the last counts."""

    folder: Path
    results: dict[tuple[str, int, str], Result] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._writing = threading.Lock()
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.path.is_file():
            for line in self.path.read_text().splitlines():
                found = json.loads(line)
                lists = {name: tuple(found[name]) for name in ("costs", "oracle")}
                result = Result(**{**found, **lists})
                self.results[result.key] = result

    @property
    def path(self) -> Path:
        return self.folder / "results.jsonl"

    def add(self, result: Result) -> None:
        with self._writing:
            self.results[result.key] = result
            with self.path.open("a") as file:
                file.write(json.dumps(_shortened(asdict(result))) + "\n")

    def missing(
        self, dataset: str, split: int, methods: Sequence[str], again: Sequence[str] = ()
    ) -> list[str]:
        """Those of ``methods`` that are to be run, in their order."""
        return [
            method
            for method in methods
            if method in again or (dataset, split, method) not in self.results
        ]

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results.values())


def _shortened(found: Any) -> Any:
    """Numbers to seven digits: more tell nothing, and the file is kept with the source."""
    if isinstance(found, float):
        return float(f"{found:.7g}")
    if isinstance(found, dict):
        return {name: _shortened(value) for name, value in found.items()}
    return [_shortened(value) for value in found] if isinstance(found, tuple) else found
