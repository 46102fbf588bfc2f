"""Part of `make soak`: dollars of many cases against exact integers, and the same bits from the same seed.

python bench/soak/figures.py --seconds 60 --seed 1
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from rows import Row
from table import as_markdown

from framework import CostMatrix
from framework.core.evaluation.evaluation import evaluate

CASES, SHORT_CASES, CHUNK, HOSTS = 100_000_000, 2_000_000, 1_000_000, 7
LABELS = tuple(f"c{k}" for k in range(5))
# What sums of floats do badly with: no binary fraction, the same again and again, cents beside millions.
CENTS = (1, 10, 30, 1_234, 9_999_999, 123_456_789)
EXACT = 1e-9
RUNS = {
    "a table": ("breast_cancer", "--cost-matrix", "medical.json", "--epochs", "3"),
    "pictures": ("street_signs", "--epochs", "1"),
}
# Keys of metrics.json whose values may differ between two such runs.
OF_THE_MOMENT = ("train_seconds", "run_dir")
RUN_SECONDS = 300


def soak(seconds: float, seed: int, *, short: bool) -> list[Row]:
    """Rows of the figures that must hold; ends about ``seconds`` after it has begun."""
    n = SHORT_CASES if short else CASES
    until = time.monotonic() + seconds
    rows = [_by_a_matrix(n, seed), _by_the_case(n, seed)]
    return [*rows, *_same_bits(seed, until, short)]


def _by_a_matrix(n: int, seed: int) -> Row:
    """Dollars of counts: whole, in chunks, and by host."""
    rng = np.random.default_rng(seed)
    cents = rng.choice(CENTS, (len(LABELS), len(LABELS))) * (
        1 - np.eye(len(LABELS), dtype=np.int64)
    )
    matrix = CostMatrix("cents", LABELS, cents / 100)
    y = np.empty(n, dtype=np.uint8)  # 10^8 cases in 200 MB
    decisions = np.empty(n, dtype=np.uint8)
    exact = 0
    for part in _chunks(n):
        y[part], decisions[part] = rng.integers(0, len(LABELS), (2, part.stop - part.start))
        exact += int(cents[y[part], decisions[part]].sum())
    bounds = np.linspace(0, n, HOSTS + 1, dtype=np.int64)
    ways = {
        "whole": [slice(0, n)],
        "in chunks": list(_chunks(n)),
        "by host": [slice(*pair) for pair in pairwise(bounds)],
    }
    errors = {
        way: _error(
            [evaluate(y[part], decisions[part], matrix).dollars_total for part in parts], exact
        )
        for way, parts in ways.items()
    }
    return _row(f"dollars of {n:.0e} cases by a matrix: {', '.join(ways)}", n, errors, seed)


def _by_the_case(n: int, seed: int) -> Row:
    """Dollars of costs that depend on the case, in chunks; and of ten cents again and again."""
    rng = np.random.default_rng(seed)
    matrix = CostMatrix.of([[0, {"column": "amount"}], [{"column": "amount"}, 0]], ["no", "yes"])
    errors = {}
    for name, drawn in (("amounts", CENTS), ("ten cents each", (10,))):
        dollars, exact = [], 0
        for part in _chunks(n):
            cents = rng.choice(drawn, part.stop - part.start)
            y, decisions = rng.integers(0, 2, (2, len(cents)))
            found = evaluate(y, decisions, matrix, columns={"amount": cents / 100})
            dollars.append(found.dollars_total)
            exact += int(cents[y != decisions].sum())
        errors[name] = _error(dollars, exact)
    return _row(f"dollars of {n:.0e} cases, costs by the case", 2 * n, errors, seed)


def _same_bits(seed: int, until: float, short: bool) -> list[Row]:
    """Runs of one seed, each in a process of its own: their predictions and metrics, bit by bit."""
    tried, differ, left = 0, [], 0
    for name, command in RUNS.items():
        if short and name == "pictures":
            continue
        started = time.monotonic()
        first, second = (_digest(command, seed) for _ in range(2))
        tried += 1
        if first != second:
            differ.append(
                f"{name}: fw run {' '.join(command)} --seed {seed}, twice: {first} and {second}"
            )
        if time.monotonic() + (time.monotonic() - started) > until:
            left = len(RUNS) - tried
            break
    measured = f"{tried - len(differ)} of {tried} identical" + (
        f", no time for {left}" if left else ""
    )
    return [
        Row(
            "the same seed twice: bits of predictions and metrics",
            tried,
            measured,
            "all",
            not differ,
            tuple(differ),
        )
    ]


def _digest(command: tuple[str, ...], seed: int) -> str:
    """Of the files of a run that are to be the same each time."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "run"
        words = [*command, "--seed", str(seed), "--no-report", "--quiet", "--out", str(out)]
        program = "from framework.cli.main import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program, "run", *words],
            capture_output=True,
            text=True,
            cwd=scratch,
            timeout=RUN_SECONDS,
            env={**os.environ, "PYTHONHASHSEED": "random"},
        )
        if done.returncode:
            return f"exit code {done.returncode}: {done.stderr.strip()[-200:]}"
        found = hashlib.sha256()
        for path in sorted((out / "predictions").iterdir()):
            found.update(path.read_bytes())
        metrics = json.loads((out / "metrics.json").read_text())
        found.update(json.dumps(_lasting(metrics), sort_keys=True).encode())
        return found.hexdigest()[:16]


def _lasting(value: object) -> object:
    """``value`` without what is of the moment."""
    if isinstance(value, dict):
        return {key: _lasting(of) for key, of in value.items() if key not in OF_THE_MOMENT}
    return [_lasting(of) for of in value] if isinstance(value, list) else value


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, min(start + CHUNK, n)) for start in range(0, n, CHUNK))


def _error(dollars: list[float], cents: int) -> float:
    """How far the sum of ``dollars``, which are losses, is from ``cents``, relatively."""
    return abs(-sum(dollars) * 100 - cents) / cents


def _row(what: str, n: int, errors: dict[str, float], seed: int) -> Row:
    worst = max(errors.values())
    found = [
        f"{way}: {error:.1e} (python bench/soak/figures.py --seed {seed})"
        for way, error in errors.items()
        if error > EXACT
    ]
    return Row(what, n, f"{worst:.1e} off", f"<= {EXACT:.0e}", not found, tuple(found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args()
    print(as_markdown(soak(given.seconds, given.seed, short=given.short)))
