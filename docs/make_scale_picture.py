"""Draws docs/scale.svg: processor time and memory of a run against the rows of its table.

python docs/make_scale_picture.py

From the table in docs/scale.md, which `make bench-scale ROWS="1000000 10000000 100000000"` prints.
"""

import re
from pathlib import Path

import matplotlib.pyplot as plt

HERE = Path(__file__).resolve()
HEAD = "| rows | CPU s | million rows a CPU s | MB | scratch, GB |"


def measured() -> list[list[float]]:
    """Rows, CPU seconds, and megabytes of each line of the table."""
    _, _, after = HERE.with_name("scale.md").read_text(encoding="utf-8").partition(HEAD)
    lines = after.partition("\n\n")[0].splitlines()[2:]
    cells = [re.sub(",", "", line).strip("| ").split(" | ") for line in lines]
    return [[float(row[k]) for row in cells] for k in (0, 1, 3)]


def main() -> None:
    plt.rcParams.update({"svg.hashsalt": "scale", "svg.fonttype": "none"})
    rows, seconds, megabytes = measured()
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    millions = [row / 1e6 for row in rows]
    left.loglog(millions, seconds, "o-")
    left.set(ylabel="CPU seconds", ylim=(10, 400), yticks=(10, 30, 100, 300))
    right.loglog(millions, megabytes, "o-", label="the run's process")
    right.loglog(millions, [row * 30 * 8 for row in millions], "--", label="the table, as numbers")
    right.set(ylabel="MB", ylim=(100, 40_000), yticks=(100, 1_000, 10_000))
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set(xlabel="million rows of 30 numbers", xticks=millions)
        axes.minorticks_off()
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:,.0f}")
    figure.savefig(HERE.with_name("scale.svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
