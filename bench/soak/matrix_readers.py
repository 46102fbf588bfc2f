"""Doors that cost matrices come through."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from reader import Reader

from framework.core.costs.cost_matrix import CostMatrix
from framework.studies.sweeping.axis import read_axis

MATRIX = {"name": "m", "labels": ["benign", "malignant"], "costs": [[0, 1300.5], [252000, 0]]}
MATRICES = [
    MATRIX,
    {**MATRIX, "refer": [40, 30], "dollars_per_unit": 1.5, "prevalence": {"malignant": 0.01}},
    {**MATRIX, "costs": [[0, {"column": "a", "factor": 0.5, "plus": 3}], [7, 0]], "unit": "EUR"},
    {**MATRIX, "training_costs": [[0, 1], [5, 0]], "source": "x", "description": "y", "allow": []},
    {
        **MATRIX,
        "actions": ["wait", "look", "cut"],
        "costs": [[0, 2, 9], [50, 3, 1]],
        "rows": "truth",
    },
    {
        **{key: MATRIX[key] for key in ("name", "labels")},
        "default": 3,
        "groups": {"bad": ["mal*"]},
        "rules": [{"true": "bad", "predicted": "benign", "cost": 90, "reason": "z"}],
    },
]
TABLES = [
    b"truth\\decision,benign,malignant\nbenign,0,1300\nmalignant,252000,0\n",
    b";benign;malignant;refer\nbenign;0;1,5;2\nmalignant;9;0;2\n",
    b"truth\\action\twait\tcut\nbenign\t0\t5\nmalignant\t50\t1\n",
]


def matrices(folder: Path) -> list[Reader]:
    def from_file(name: str) -> Callable[[bytes], None]:
        path = folder / name

        def read(data: bytes) -> None:
            path.write_bytes(data)
            _looked_at(CostMatrix.from_file(path))

        return read

    def swept(data: bytes) -> None:
        ratio, _, cells = data.decode("utf-8", "replace").partition("|")
        axis = read_axis(ratio or None, cells or None, 5, CostMatrix.from_dict(MATRIX))
        assert np.isfinite(axis.values).all(), "values that are not finite"

    texts = tuple(json.dumps(matrix).encode() for matrix in MATRICES)
    ranges = (
        b"fn:fp=1:1..1000:1|",
        b"|cell=malignant->benign:1..100",
        b"|cell=*->benign:x0.1..x10",
    )
    return [
        Reader("a matrix as JSON", "cost matrices", 0.12, from_file("m.json"), texts, True, True),
        Reader("a matrix as CSV", "cost matrices", 0.06, from_file("m.csv"), tuple(TABLES)),
        Reader("a range of costs", "cost matrices", 0.02, swept, ranges),
    ]


def _looked_at(matrix: CostMatrix) -> None:
    tables = [matrix.costs, matrix.dollar_costs({name: np.ones(2) for name in matrix.columns})]
    assert all(np.isfinite(table).all() for table in tables), "costs that are not finite"
    assert matrix.costs.shape == (len(matrix.labels), len(matrix.acts)), "a shape that does not fit"
    assert all(isinstance(name, str) and name for name in matrix.labels), "labels that are no names"
    json.dumps(matrix.to_dict(), allow_nan=False).encode("utf-8")
