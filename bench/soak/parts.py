"""The parts of `make soak`, each in a process of its own that ends when its time is over.

python bench/soak/parts.py figures --seconds 60 --seed 1 --rows rows.json
"""

import argparse
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from rows import Row

HERE = Path(__file__).parent
# By module in this folder, its share of the time.
PARTS: Mapping[str, float] = {"kills": 0.46, "inputs": 0.22, "serving": 0.22, "figures": 0.10}
# What a part may take beyond its time, on a slow machine: to start, and to end what it is at.
LEEWAY = 300.0


def rows_of(
    part: str,
    seconds: float,
    seed: int,
    *,
    short: bool,
    folder: Path = HERE,
    leeway: float = LEEWAY,
) -> list[Row]:
    """What came of one part: its rows, or one that says why there are none.

    The module ``part`` of ``folder`` defines ``soak(seconds, seed, *, short)``, which returns rows. What
    it prints goes to stderr. When it is not through ``leeway`` seconds after its time, it is killed with
    all that it has started.
    """
    with tempfile.TemporaryDirectory() as scratch:
        written = Path(scratch) / "rows.json"
        command = [sys.executable, str(Path(__file__)), part, "--folder", str(folder)]
        command += ["--seconds", str(seconds), "--seed", str(seed), "--rows", str(written)]
        child = subprocess.Popen(
            [*command, *["--short"] * short], stdout=sys.stderr.fileno(), start_new_session=True
        )
        try:
            code = child.wait(seconds + leeway)
        except subprocess.TimeoutExpired:
            return [_none(part, f"killed after {seconds + leeway:.0f} s")]
        finally:  # also what it has left behind, and when this process is told to stop
            _kill_group(child.pid)
            child.wait()
        if not written.exists():
            return [_none(part, f"ended with exit code {code}; what it said is on stderr")]
        return [
            Row(**{**row, "found": tuple(row["found"])}) for row in json.loads(written.read_text())
        ]


def _none(part: str, why: str) -> Row:
    """The row of a part that has given none."""
    return Row(f"the part {part}", 0, why, "its rows", ok=False)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # nobody is left in it
        return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part")
    parser.add_argument("--folder", type=Path, default=HERE)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--rows", type=Path, required=True)
    given = parser.parse_args()
    sys.path.insert(0, str(given.folder))
    rows = importlib.import_module(given.part).soak(given.seconds, given.seed, short=given.short)
    given.rows.write_text(json.dumps([asdict(row) for row in rows]))


if __name__ == "__main__":
    main()
