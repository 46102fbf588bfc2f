"""Processor time and memory of whole processes that answer: by ONNX Runtime, and as before by Keras.

    python bench/answering.py [--rounds 3]

`fw predict` of one row, and `fw serve` until it has answered one, from the same run folder with its
model.onnx and without: then Keras answers. They are started in turn. Processor time is that of all processes
of a command, memory that of its largest. Byte code is written before, as pip does when it installs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

FW = str(Path(sys.executable).with_name("fw"))
MEGABYTE = 2**10  # of the kilobytes in which Linux tells
ROW = 30
PREDICT_GOAL, SERVE_GOAL = (0.5, 120), (0.7, 150)  # CPU seconds, megabytes


def used(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """CPU seconds and the most megabytes of a process that ends or has been told to."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{process.args} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MEGABYTE


def predicting(run: Path) -> tuple[float, float]:
    command = [FW, "predict", str(run), str(run.parent / "row.csv")]
    return used(subprocess.Popen(command, stdout=subprocess.DEVNULL))


def serving(run: Path) -> tuple[float, float]:
    """What is used until the first answer, and by ending."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [FW, "serve", str(run), "--port", str(port)], stderr=subprocess.DEVNULL
    )
    body = json.dumps([[1.0] * ROW]).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/invocations", body, {"Content-Type": "application/json"}
    )
    while process.poll() is None:
        try:
            urllib.request.urlopen(request).read()
            break
        except OSError:
            time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    return used(process)


def as_before_there_was_onnx(run: Path) -> None:
    for file in run.rglob("*.onnx"):
        file.unlink()
    for file in run.rglob("run.json"):  # which says what files there are
        made = json.loads(file.read_text())
        made.pop("files", None)
        file.write_text(json.dumps(made))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "byte-code")
        by_onnx, by_keras = Path(folder) / "onnx", Path(folder) / "keras"
        command = [FW, "run", "breast_cancer", "--cost-matrix", "medical.json", "--no-report"]
        subprocess.run([*command, "--out", str(by_onnx)], check=True, capture_output=True)
        shutil.copytree(by_onnx, by_keras)
        as_before_there_was_onnx(by_keras)
        signature = json.loads(next(by_onnx.glob("models/*/signature.json")).read_text())
        names = ",".join(signature["feature_names"])
        (Path(folder) / "row.csv").write_text(f"{names}\n{','.join(['1.5'] * ROW)}\n")
        for what, measure, goal in (
            ("fw predict, one row", predicting, PREDICT_GOAL),
            ("fw serve until the first answer", serving, SERVE_GOAL),
        ):
            measure(by_onnx), measure(by_keras)
            found = [(measure(by_onnx), measure(by_keras)) for _ in range(rounds)]
            medians = [
                [statistics.median(one[which][k] for one in found) for k in (0, 1)]
                for which in (0, 1)
            ]
            (cpu, memory), (keras_cpu, keras_memory) = medians
            print(
                f"{what}: {cpu:.2f} CPU s, {memory:.0f} MB (by Keras {keras_cpu:.2f} s, "
                f"{keras_memory:.0f} MB: {cpu / keras_cpu:.2f} and {memory / keras_memory:.2f} of it; "
                f"goal: {goal[0]} s, {goal[1]} MB)"
            )


if __name__ == "__main__":
    main()
