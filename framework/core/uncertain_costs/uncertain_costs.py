"""The numbers of a cost matrix that nobody knows exactly: drawn, at their means, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from framework.core.arrays import BoolArray, FloatArray
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_cells import REFER, place
from framework.core.costs.cost_matrix_ranges import RangedCell
from framework.core.costs.cost_matrix_words import cell_name
from framework.core.costs.cost_range import CostRange, point, pooled
from framework.core.errors import CostMatrixError


@dataclass(frozen=True, eq=False)
class UncertainCosts:
    """F independent numbers in dollars, and where in the costs (N, M) they stand.

    Parameters
    ----------
    names : tuple of str
        As the file calls them, or their cell.
    ranges : tuple of CostRange
    cells : array (F, N, M)
        Whether a number is that cell; the last column may be "refer".
    used : array (F,)
        What the matrix uses in their place.
    """

    names: tuple[str, ...]
    ranges: tuple[CostRange, ...]
    cells: BoolArray
    used: FloatArray

    @classmethod
    def of(cls, matrix: CostMatrix) -> UncertainCosts:
        """Those of ``matrix``, in the order of its file."""
        costs = _all_costs(matrix)
        found: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
        ranges: dict[tuple[str, str, str], CostRange] = {}
        for cell in matrix.ranges:
            key = (cell.name, "", "") if cell.name else ("", cell.true, cell.predicted)
            found.setdefault(key, []).append(_position(matrix, cell))
            ranges[key] = cell.range
        names = [name or _name(matrix, *cells[0]) for (name, _, _), cells in found.items()]
        masks = np.zeros((len(found), *costs.shape), dtype=bool)
        for mask, cells in zip(masks, found.values(), strict=True):
            mask[tuple(zip(*cells, strict=True))] = True
        rate = matrix.dollars_per_unit
        return cls(
            tuple(names),
            tuple(ranges[key].scaled(rate) for key in found),
            masks,
            np.array([costs[cells[0]] for cells in found.values()], dtype=np.float64) * rate,
        )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def means(self) -> FloatArray:
        return np.array([one.mean for one in self.ranges], dtype=np.float64)

    @property
    def likely(self) -> FloatArray:
        return np.array([one.likely for one in self.ranges], dtype=np.float64)

    @property
    def ends(self) -> FloatArray:
        """The least and the largest plausible value of each (F, 2)."""
        return np.array([one.ends for one in self.ranges], dtype=np.float64).reshape(-1, 2)

    def draws(self, n: int, seed: int) -> FloatArray:
        """``n`` plausible values of all (n, F), independent of each other.

        One from each n-th of every distribution, in random order (Latin hypercube sampling: McKay,
        Beckman, Conover, Technometrics 21, 1979): means are as unbiased as of plain draws, and steadier.
        """
        rng = np.random.default_rng(seed)
        found = np.empty((n, len(self)))
        for f, one in enumerate(self.ranges):
            found[:, f] = one.drawn((rng.permutation(n) + rng.random(n)) / n)
        return found

    def moved(self, costs: FloatArray, to: FloatArray) -> FloatArray:
        """Dollar ``costs`` (N, M) or (n, N, M) with the numbers at ``to`` (F,) in place of ``used``."""
        return np.asarray(costs + np.tensordot(to - self.used, self.cells, axes=1))


def with_means(matrix: CostMatrix) -> CostMatrix:
    """``matrix`` with the mean of every range in place of the number that is used.

    Costs are linear in each number, so what decisions cost by these is what they are expected to cost.
    """
    return _with_numbers(matrix, [cell.range.mean for cell in matrix.ranges])


def with_middles(matrix: CostMatrix) -> CostMatrix:
    """With the middle between the least and the largest plausible value of every range."""
    return _with_numbers(matrix, [sum(cell.range.ends) / 2 for cell in matrix.ranges])


def side_by_side(matrices: Sequence[CostMatrix]) -> CostMatrix:
    """What several people say, as one matrix: where they differ, each number is one of theirs.

    Labels are those of the first. Each number is drawn apart from the others: nobody is taken to be right,
    or wrong, in all of them.

    Raises
    ------
    CostMatrixError
        When they are of different labels, decisions, units or columns of the data.
    """
    first = matrices[0]
    if len(matrices) == 1:
        return first
    aligned = [first, *(one.aligned(first.labels) for one in matrices[1:])]
    for one in aligned[1:]:
        for what in ("decision_labels", "unit", "dollars_per_unit", "column_costs"):
            if getattr(one, what) != getattr(first, what):
                raise CostMatrixError(
                    f'"{one.name}" and "{first.name}" differ in their {what}: {getattr(one, what)} and '
                    f"{getattr(first, what)}; people's matrices stand side by side when only costs differ"
                )
    opinions = [_opinions_of(one) for one in aligned]
    cells, numbers = [], []
    for key in np.ndindex(*_all_costs(first).shape):
        said = tuple(opinion[key][0] for opinion in opinions)
        if len(set(said)) == 1 and said[0].kind == "point":
            continue
        names = {opinion[key][1] for opinion in opinions}
        i, j = key
        found = said[0] if len(set(said)) == 1 else pooled(_flat(said))
        decision = first.decision_labels[j]
        cells.append(
            RangedCell(first.labels[i], decision, found, names.pop() if len(names) == 1 else "")
        )
        numbers.append(found.likely)
    cells = _one_range_a_name(cells)
    merged = replace(first, name=" | ".join(one.name for one in aligned), ranges=tuple(cells))
    return _with_numbers(merged, numbers)


def _flat(said: tuple[CostRange, ...]) -> tuple[CostRange, ...]:
    """Opinions of opinions have no place in a file: each is repeated as often as all count alike."""
    most = int(np.lcm.reduce([max(1, len(one.opinions)) for one in said]))
    return tuple(
        part
        for one in said
        for part in (one.opinions or (one,)) * (most // max(1, len(one.opinions)))
    )


def _one_range_a_name(cells: list[RangedCell]) -> list[RangedCell]:
    """Names that stand for different ranges now are left out."""
    ranges: dict[str, set[CostRange]] = {}
    for cell in cells:
        ranges.setdefault(cell.name, set()).add(cell.range)
    return [cell if len(ranges[cell.name]) == 1 else replace(cell, name="") for cell in cells]


def _opinions_of(matrix: CostMatrix) -> dict[tuple[int, ...], tuple[CostRange, str]]:
    """What a matrix says of each cell: a range and its name, or a number."""
    said = {key: (point(float(cost)), "") for key, cost in np.ndenumerate(_all_costs(matrix))}
    for cell in matrix.ranges:
        said[_position(matrix, cell)] = cell.range, cell.name
    return said


def _with_numbers(matrix: CostMatrix, numbers: Sequence[float]) -> CostMatrix:
    """With these in place of the numbers that are used for ``matrix.ranges``, one each."""
    costs = _all_costs(matrix).copy()
    for cell, number in zip(matrix.ranges, numbers, strict=True):
        costs[_position(matrix, cell)] = number
    m = len(matrix.acts)
    refer = None if matrix.refer is None else costs[:, m]
    return replace(matrix, costs=costs[:, :m], refer=refer, allow=matrix.allowing(costs[:, :m]))


def _all_costs(matrix: CostMatrix) -> FloatArray:
    """In the matrix's unit (N, M), with those of referrals; of costs of the case, their constants."""
    if matrix.refer is None:
        return matrix.costs
    return np.column_stack([matrix.costs, matrix.refer])


def _position(matrix: CostMatrix, cell: RangedCell) -> tuple[int, int]:
    acts = matrix.acts
    j = acts.index(cell.predicted) if cell.predicted in acts else len(acts)
    return matrix.labels.index(cell.true), j


def _name(matrix: CostMatrix, i: int, j: int) -> str:
    if j < len(matrix.acts):
        return cell_name(matrix, i, j)
    return f"{REFER} if {matrix.labels[i]}"


def check_has_ranges(matrix: CostMatrix) -> None:
    """Raise CostMatrixError where every number of ``matrix`` is known exactly."""
    if not matrix.ranges:
        raise CostMatrixError(
            f'cost matrix "{matrix.name}": none of its costs is a range; write a cell as '
            f'{{"low": 800, "likely": 1300, "high": 4000}}, as in {place("ill", "healthy")}'
        )
