"""Wall time of the whole `fw run` against a plain Keras script that trains the same three models.

    python bench/whole_run.py [--rounds 3]

Both are whole processes, started in turn, so that what else the machine does hits both alike.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
FW = str(Path(sys.executable).with_name("fw"))
IMPORTS = "import framework.core.backend, sklearn.model_selection, sklearn.metrics"


def seconds(command: list[str]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return time.perf_counter() - started


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
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command))
    print(f"Wall time of whole processes, median of {rounds} (lowest - highest):")
    for name, values in times.items():
        spread = f"({min(values):.2f} - {max(values):.2f})"
        print(f"  {statistics.median(values):6.2f} s  {spread:>16}  {name}")
    ours, theirs, *_ = (statistics.median(values) for values in times.values())
    print(f"fw run / plain Keras script: {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
