"""A cost matrix as it shows itself at a Python prompt and in a notebook."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from framework.core.arrays import FloatArray
from framework.core.costs.cost_matrix_cells import REFER
from framework.core.costs.cost_matrix_fields import CostMatrixFields
from framework.core.costs.cost_matrix_words import (
    cell_in_words,
    ends_in_words,
    mistakes_in_words,
    plain,
)
from framework.core.notebook import heat_cell, html_table, paragraph, text_table

LARGEST_TEXT = 6  # classes of the largest matrix that is shown as lines of text
LARGEST_TABLE = 15  # and as a table of HTML
LARGEST_PICTURE = 120  # and as a picture; a larger one is told in sentences alone
_SHADES = 5
_PIXELS = 5  # of a cell in the picture


def matrix_text(matrix: CostMatrixFields) -> str:
    """At most ten lines: the costs, or of many classes what the dearest mistakes cost."""
    lines = [_heading(matrix)]
    if matrix.n_classes <= LARGEST_TEXT:
        lines += text_table([("", *matrix.decision_labels), *_rows(matrix)])
    else:
        lines += [f"  {sentence}" for sentence in mistakes_in_words(matrix)]
    return "\n".join(lines)


def matrix_html(matrix: CostMatrixFields) -> str:
    """A table whose cells are coloured by what they cost; of many classes a picture of it."""
    parts = [Markup("<p><b>{}</b></p>").format(_heading(matrix))]
    if matrix.n_classes <= LARGEST_TABLE:
        heat = _heat(matrix)
        rows = [
            (name, *(heat_cell(text, heat[i, j]) for j, text in enumerate(cells)))
            for i, (name, *cells) in enumerate(_rows(matrix))
        ]
        acted = "" if matrix.actions else "as "
        columns = ("truth", *(f"{acted}{name}" for name in matrix.decision_labels))
        parts.append(html_table(columns, rows))
    elif matrix.n_classes <= LARGEST_PICTURE:
        parts.append(_picture(matrix))
    parts += [paragraph(sentence) for sentence in mistakes_in_words(matrix)]
    return str(Markup().join(parts))


def _heading(matrix: CostMatrixFields) -> str:
    many = f"{matrix.n_classes} labels, " if matrix.n_classes > LARGEST_TEXT else ""
    rate = ""
    if matrix.currency != matrix.unit:
        rate = f"; 1 {matrix.unit} = {plain(matrix.dollars_per_unit)} {matrix.currency}"
    own = "; with training costs of its own" if matrix.training_costs is not None else ""
    acts = ", columns what is done" if matrix.actions else ""
    costs = f"costs of a case in {matrix.currency}, rows the truth{acts}"
    return f'CostMatrix "{matrix.name}": {many}{costs}{rate}{own}'


def _rows(matrix: CostMatrixFields) -> list[tuple[str, ...]]:
    """Every truth with what each decision costs, in words."""
    rows = []
    for i, name in enumerate(matrix.labels):
        cells = [cell_in_words(matrix, i, j, say=_short) for j in range(len(matrix.acts))]
        if matrix.refer is not None:
            cost = _short(matrix.refer[i] * matrix.dollars_per_unit)
            cells.append(cost + ends_in_words(matrix, name, REFER, say=_short))
        rows.append((name, *cells))
    return rows


def _short(amount: float) -> str:
    """Six digits tell enough: 1,287.67."""
    return plain(float(f"{amount:.6g}"))


def _heat(matrix: CostMatrixFields) -> FloatArray:
    """How dear each decision is (N, M), from 0 to 1; of costs of the case, their constant."""
    costs = matrix.costs
    if matrix.refer is not None:
        costs = np.column_stack([costs, matrix.refer])
    largest = float(costs.max())
    return np.clip(costs / largest, 0, 1) if largest > 0 else np.zeros_like(costs)


def _picture(matrix: CostMatrixFields) -> Markup:
    """The cells as squares, a path for each of a few shades: small, however many there are."""
    shades = np.ceil(_heat(matrix) * _SHADES).astype(int)
    paths = Markup()
    for shade in range(1, _SHADES + 1):
        squares = "".join(f"M{j} {i}h1v1h-1z" for i, j in np.argwhere(shades == shade))
        paths += Markup('<path d="{}" fill="#e0532b" fill-opacity="{:.2f}"/>').format(
            squares, shade / _SHADES
        )
    height, width = shades.shape
    return Markup(
        '<svg role="img" aria-label="{alt}" viewBox="0 0 {w} {h}" width="{pw}" height="{ph}" '
        'style="border:1px solid currentColor">{paths}</svg>'
    ).format(
        alt=f"What each decision costs, rows the truth, in the order of {matrix.n_classes} labels; "
        "the darker, the dearer",
        w=width,
        h=height,
        pw=width * _PIXELS,
        ph=height * _PIXELS,
        paths=paths,
    )
