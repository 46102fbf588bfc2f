"""Wall and CPU time of the whole `fw run` against a plain Keras script that trains the same models.

    python bench/whole_run.py [--rounds 3]

Both are whole processes, started in turn, so that what else the machine does hits both alike.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
FW = str(Path(sys.executable).with_name("fw"))
IMPORTS = "import framework.core.backend, sklearn.model_selection, sklearn.metrics"


def seconds(command: list[str]) -> tuple[float, float]:
    """By the clock, and of the processors, with all processes that it starts."""
    with tempfile.TemporaryDirectory() as folder:
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return time.perf_counter() - started, used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    commands = {
        "fw run breast_cancer --cost-matrix medical.json --json": [
            *(FW, "run", "breast_cancer", "--cost-matrix", "medical.json", "--json")
        ],
        "plain Keras script, three fits": [sys.executable, str(HERE / "plain_keras.py")],
        "only the imports (TensorFlow, Keras, scikit-learn)": [sys.executable, "-c", IMPORTS],
        "fw --help": [FW, "--help"],
        "fw plugins --help": [FW, "plugins", "--help"],
        'python -c "import framework"': [sys.executable, "-c", "import framework"],
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command))
    print(f"Wall time of whole processes, median of {rounds} (lowest - highest); CPU seconds:")
    for name, values in times.items():
        wall, used = ([value[k] for value in values] for k in (0, 1))
        spread = f"({min(wall):.2f} - {max(wall):.2f})"
        median = statistics.median(wall)
        print(f"  {median:6.2f} s  {spread:>16}  {statistics.median(used):6.2f} s CPU  {name}")
    for k, what in enumerate(("wall", "CPU")):
        ours, theirs, *_ = (statistics.median(v[k] for v in values) for values in times.values())
        goal = " (goal: 0.50)" if what == "CPU" else ""
        print(f"fw run / plain Keras script, {what}: {ours / theirs:.2f}{goal}")


if __name__ == "__main__":
    main()
