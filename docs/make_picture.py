"""Draws docs/fw-run.svg: what `fw run breast_cancer --cost-matrix medical.json` prints.

python docs/make_picture.py
"""

import io
import re
import tempfile
from contextlib import chdir
from pathlib import Path

from rich.console import Console

from framework import RunConfig, run
from framework.experiment.stored_run import read_run
from framework.report.run.text import run_text

HERE = Path(__file__).resolve()
COMMAND = "fw run breast_cancer --cost-matrix medical.json"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        result = run(RunConfig(dataset="breast_cancer", cost_matrix="medical.json"))
        text = run_text(read_run(result.run_dir), result.run_dir)
    console = Console(record=True, width=96, file=io.StringIO(), highlight=False)
    console.print(f"$ {COMMAND}", style="bold")
    console.print(text)
    svg = console.export_svg(title="fw")
    # Fonts are the reader's own: nothing is fetched.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    HERE.with_name("fw-run.svg").write_text(svg)


if __name__ == "__main__":
    main()
