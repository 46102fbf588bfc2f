"""Draws docs/fw-run.svg: the beginning and the end of what `fw run breast_cancer ...` prints.

python docs/make_picture.py
"""

import io
import re
import tempfile
from contextlib import chdir
from pathlib import Path

from rich.console import Console
from rich.text import Text

from framework import RunConfig, run
from framework.experiment.stored_runs.stored_run import read_run
from framework.report.run.text import run_text

HERE = Path(__file__).resolve()
COMMAND = "fw run breast_cancer --cost-matrix medical.json"
WIDTH = 138
LEFT_OUT = ("Where the dollars come from", "Served:")  # from the former to the latter


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        result = run(RunConfig(dataset="breast_cancer", cost_matrix="medical.json"))
        text = run_text(read_run(result.run_dir), result.run_dir)
    printed = Console(width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    printed.print(text)
    lines = Text.from_ansi(printed.file.getvalue()).split("\n")
    first, last = (
        next(k for k, line in enumerate(lines) if line.plain.startswith(start))
        for start in LEFT_OUT
    )
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    console.print(f"$ {COMMAND}", style="bold")
    for line in [*lines[:first], Text("..."), Text(), *lines[last:]]:
        console.print(line)
    svg = console.export_svg(title="fw")
    # Fonts are the reader's own: nothing is fetched.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    HERE.with_name("fw-run.svg").write_text(svg)


if __name__ == "__main__":
    main()
