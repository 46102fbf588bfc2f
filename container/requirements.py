"""Prints what a pyproject.toml requires: [--answering] PYPROJECT [EXTRA...]

With --answering, what `fw predict` and `fw serve` need for models that are stored for ONNX Runtime, which is
all but TensorFlow and what else only trains or draws.
"""

import re
import sys
import tomllib

TRAINING_ONLY = {"keras", "matplotlib", "onnx", "tensorflow", "tensorflow-cpu"}

answering = "--answering" in sys.argv
pyproject, *names = (word for word in sys.argv[1:] if word != "--answering")
with open(pyproject, "rb") as file:
    project = tomllib.load(file)["project"]
extras = project["optional-dependencies"]
needed = [*project["dependencies"], *(line for name in names for line in extras[name])]
if answering:
    needed = [line for line in needed if re.split(r"[^\w-]", line)[0] not in TRAINING_ONLY]
print(*needed, sep="\n")
