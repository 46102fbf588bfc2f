"""Which file a cost matrix name means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.given_matrix import BareCosts, GivenMatrix
from framework.core.errors import CostMatrixError
from framework.plugins.specs import DatasetSpec


@dataclass(frozen=True)
class FoundMatrix:
    """A cost matrix and where it was found, in words."""

    matrix: CostMatrix
    origin: str


def find_matrix(name: GivenMatrix, specs: Iterable[DatasetSpec]) -> FoundMatrix:
    """The matrix that ``name`` means.

    A ``CostMatrix`` means itself, numbers without labels have those of the first dataset. A path
    means that file. A bare file name means the file of that name in the working directory, else the
    one that one of the dataset plugins ships.

    Raises
    ------
    CostMatrixError
        When no such file is found, or several datasets ship one of that name.
    """
    if isinstance(name, CostMatrix):
        return FoundMatrix(name, "given in Python")
    if isinstance(name, BareCosts):
        labels = next((spec.labels for spec in specs), None)
        return FoundMatrix(CostMatrix.of(name.cells, labels, name.name), "given in Python")
    path = Path(name)
    bare = path.name == name
    if path.is_file() or not bare:
        where = "in the working directory" if bare else "as a path"
        return FoundMatrix(CostMatrix.from_file(path), f"{path} ({where})")
    shipped = [
        (spec.name, file)
        for spec in specs
        for shipped_name, file in spec.shipped_matrices().items()
        if shipped_name == name
    ]
    if len(shipped) == 1:
        dataset, file = shipped[0]
        matrix = CostMatrix.from_file(file)
        return FoundMatrix(matrix, f"{name} (shipped with the dataset {dataset})")
    if shipped:
        owners = ", ".join(dataset for dataset, _ in shipped)
        raise CostMatrixError(
            f"{name}: several datasets ship a matrix of that name ({owners}); say which with --dataset"
        )
    return _not_found(name, specs)


def _not_found(name: str, specs: Iterable[DatasetSpec]) -> FoundMatrix:
    offered = {
        file: f"{file} (shipped with {spec.name})"
        for spec in specs
        for file in spec.shipped_matrices()
    }
    near = get_close_matches(name, offered, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    raise CostMatrixError(
        f"{name}: no such cost matrix file in the working directory, nor shipped with the dataset; "
        f"{hint}Shipped: {', '.join(offered.values()) or 'none'}"
    )
