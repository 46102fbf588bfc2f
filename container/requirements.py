"""Prints what an image needs to install: [--kind KIND] (PYPROJECT [EXTRA...] | --tensorflow)

Of KIND "cpu" (default) it is all that PYPROJECT requires, with these extras; of "cuda" TensorFlow comes with
NVIDIA's libraries; of "answering" (--answering, for short) it is what `fw predict` and `fw serve` need for
models that are stored for ONNX Runtime: all but TensorFlow and what else only trains or draws.

With --tensorflow, TensorFlow alone: nothing where KIND has none.
"""

import argparse
import platform
import re
import tomllib

TRAINING_ONLY = {"keras", "matplotlib", "onnx", "tensorflow", "tensorflow-cpu"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=("cpu", "cuda", "answering"), default="cpu")
    parser.add_argument("--answering", dest="kind", action="store_const", const="answering")
    parser.add_argument("--tensorflow", action="store_true")
    parser.add_argument("pyproject", nargs="?")
    parser.add_argument("extras", nargs="*", metavar="EXTRA")
    asked = parser.parse_args()
    needed = tensorflow(asked.kind) if asked.tensorflow else needed_by(asked)
    print(*needed, sep="\n", end="\n" if needed else "")


def tensorflow(kind: str) -> list[str]:
    """Of this machine's processor: the smaller package is for one of them alone."""
    small = "tensorflow-cpu" if platform.machine() in ("x86_64", "AMD64") else "tensorflow"
    return {
        "cpu": ["keras", small],
        "cuda": ["keras", "tensorflow[and-cuda]"],
        "answering": [],
    }[kind]


def needed_by(asked: argparse.Namespace) -> list[str]:
    with open(asked.pyproject, "rb") as file:
        project = tomllib.load(file)["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *(line for name in asked.extras for line in extras[name])]
    if asked.kind == "cpu":
        return needed
    left_out = TRAINING_ONLY if asked.kind == "answering" else {"tensorflow", "tensorflow-cpu"}
    kept = [line for line in needed if re.split(r"[^\w-]", line)[0] not in left_out]
    return kept + [line for line in tensorflow(asked.kind) if line.startswith("tensorflow")]


if __name__ == "__main__":
    main()
