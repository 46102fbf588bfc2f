"""A cost matrix as a picture, where a table would not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from framework.core.cost_matrix import CostMatrix
from framework.core.words import currency, money_word


def save_heatmap(matrix: CostMatrix, path: Path) -> None:
    """Write what is lost per case, rows the truth, as a PNG; colours on a log scale.

    Cells that depend on the case are hatched: their constants alone would look like costs.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    lost = matrix.costs * matrix.dollars_per_unit
    if matrix.refer is not None:
        lost = np.column_stack([lost, matrix.refer * matrix.dollars_per_unit])
    of_the_case = np.argwhere(matrix.of_the_case)
    lost[tuple(of_the_case.T)] = np.nan
    positive = lost[lost > 0]
    rows, columns = lost.shape
    size = 3 + 0.24 * columns
    figure = Figure(figsize=(size + 1, size), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    low, high = (positive.min(), positive.max()) if len(positive) else (1.0, 10.0)
    norm = LogNorm(low, high if high > low else 10 * low)
    image = axes.imshow(np.where(lost > 0, lost, np.nan), cmap="YlOrRd", norm=norm)
    for i, j in of_the_case:
        axes.add_patch(
            Rectangle((j - 0.5, i - 0.5), 1, 1, hatch="////", fill=False, edgecolor="0.5")
        )
    axes.set_xticks(range(columns), matrix.decision_labels, rotation=90, fontsize=7)
    axes.set_yticks(range(rows), matrix.labels, fontsize=7)
    axes.set_xlabel("decision")
    axes.set_ylabel("truth")
    hatched = ";\nhatched: by a column of the data" if len(of_the_case) else ""
    with currency(matrix.currency):
        title = f"{money_word()} lost per case (white: nothing, or a gain{hatched})"
    axes.set_title(f'"{matrix.name}": {title}')
    figure.colorbar(image, ax=axes, shrink=0.7, label=matrix.currency)
    figure.savefig(path, dpi=130)
