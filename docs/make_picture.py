"""Draws docs/fw-run.svg: what `fw run breast_cancer --cost-matrix medical.json` prints.

    python docs/make_picture.py
"""

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console

from framework import RunConfig, run
from framework.report.text import run_report

COMMAND = "fw run breast_cancer --cost-matrix medical.json"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = RunConfig(
            dataset="breast_cancer", cost_matrix="medical.json", out=Path(folder) / "breast_cancer"
        )
        report = run_report(run(config))
    console = Console(record=True, width=134, file=io.StringIO(), highlight=False)
    console.print(f"$ {COMMAND}", style="bold")
    console.print(report)
    # The run folder of the picture is a temporary one; fonts are the reader's own.
    svg = console.export_svg(title="fw").replace(folder, "runs")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    Path(__file__).with_name("fw-run.svg").write_text(svg)


if __name__ == "__main__":
    main()
