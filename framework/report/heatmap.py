"""A cost matrix as a picture, where a table would not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from framework.core.cost_matrix import CostMatrix


def save_heatmap(matrix: CostMatrix, path: Path) -> None:
    """Write dollars lost per case, rows the truth, as a PNG; colours on a log scale."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure

    lost = matrix.dollar_costs({name: np.zeros(1) for name in matrix.columns})
    lost = lost[0] if lost.ndim == 3 else lost
    positive = lost[lost > 0]
    rows, columns = lost.shape
    size = 3 + 0.24 * columns
    figure = Figure(figsize=(size + 1, size), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    low, high = (positive.min(), positive.max()) if len(positive) else (1.0, 10.0)
    norm = LogNorm(low, high if high > low else 10 * low)
    image = axes.imshow(np.where(lost > 0, lost, np.nan), cmap="YlOrRd", norm=norm)
    axes.set_xticks(range(columns), matrix.decision_labels, rotation=90, fontsize=7)
    axes.set_yticks(range(rows), matrix.labels, fontsize=7)
    axes.set_xlabel("decision")
    axes.set_ylabel("truth")
    axes.set_title(f'"{matrix.name}": dollars lost per case (white: nothing, or a gain)')
    figure.colorbar(image, ax=axes, shrink=0.7, label="USD")
    figure.savefig(path, dpi=130)
