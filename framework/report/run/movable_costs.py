"""The numbers of a cost matrix that a page can move: its cells, prices, and what a unit is worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.cost_matrix_cells import REFER
from framework.core.words import plural, quoted

# Up to so many classes every cell can be moved; beyond, cells of one price move together.
CELLS_UP_TO = 12
# Prices that can be moved apart; the cheaper ones then move together, by a factor.
PRICES = 40
NAMED = 2  # labels that a group of cells names, of each side

PRICE, TIMES, FACTOR, REFERRAL, RATE = "price", "times", "factor", "referral", "rate"


@dataclass(frozen=True)
class Movable:
    """A number that can be moved, in the matrix's unit, and the cells (truth, decision) that it is of.

    ``kind`` says what it is: the price of all its cells, a factor on their prices ("times"), what a
    column of the data is multiplied by ("factor"), one price of referring whatever the truth is, or
    the dollars that a unit is worth ("rate"). ``start`` is None where no case can be referred.
    """

    kind: str
    label: str
    start: float | None
    cells: tuple[tuple[int, int], ...] = ()
    column: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def movables(matrix: CostMatrix) -> tuple[Movable, ...]:
    """All that can be moved of ``matrix``, in the order of its file; ranges as the numbers they stand for."""
    written = replace(matrix, ranges=()).to_dict()
    costs, refer = written["costs"], written.get(REFER)
    cells = [(i, j) for i, row in enumerate(costs) for j in range(len(row))]
    if refer is not None and len(set(refer)) > 1:
        cells += [(i, len(costs[i])) for i in range(len(costs))]
    cells.sort()
    prices = {
        (i, j): _constant(costs[i][j] if refer is None or j < len(costs[i]) else refer[i])
        for i, j in cells
    }
    found = list(
        _each_cell(matrix, prices) if matrix.n_classes <= CELLS_UP_TO else _by_price(matrix, prices)
    )
    for cell in matrix.column_costs:
        at = matrix.position(cell)
        label = f"{_cell(matrix, *at)}, for each unit of {cell.column}"
        found.append(Movable(FACTOR, label, cell.factor, (at,), cell.column))
    if refer is None or len(set(refer)) == 1:
        price = None if refer is None else float(refer[0])
        found.append(Movable(REFERRAL, "Referring a case to a person", price))
    if matrix.currency != matrix.unit:
        label = f"What 1 {matrix.unit} is worth, in USD"
        found.append(Movable(RATE, label, float(matrix.dollars_per_unit)))
    return tuple(found)


def _constant(written: Any) -> float:
    """Of a cell as a file has it, what does not depend on the case."""
    return float(written["plus"] if isinstance(written, dict) else written)


def _each_cell(matrix: CostMatrix, prices: dict[tuple[int, int], float]) -> Iterator[Movable]:
    for at, price in prices.items():
        yield Movable(PRICE, _cell(matrix, *at), price, (at,))


def _by_price(matrix: CostMatrix, prices: dict[tuple[int, int], float]) -> Iterator[Movable]:
    """Mistakes of one price together, dearest first; right decisions stay."""
    alike: dict[float, list[tuple[int, int]]] = {}
    fixed = {matrix.position(cell) for cell in matrix.column_costs}
    for (i, j), price in prices.items():
        if matrix.labels[i] != matrix.decision_labels[j] and (i, j) not in fixed:
            alike.setdefault(price, []).append((i, j))
    dearest = sorted(alike, reverse=True)
    apart = dearest if len(dearest) <= PRICES else dearest[: PRICES - 1]
    for price in apart:
        yield Movable(PRICE, _cells(matrix, alike[price]), price, tuple(alike[price]))
    rest = tuple(at for price in dearest[len(apart) :] for at in alike[price])
    if rest:
        yield Movable(TIMES, f"All {len(rest):,} cheaper kinds of mistakes, times", 1.0, rest)


def _cell(matrix: CostMatrix, i: int, j: int) -> str:
    return f"{quoted(matrix.labels[i])} decided {quoted(matrix.decision_labels[j])}"


def _cells(matrix: CostMatrix, cells: Sequence[tuple[int, int]]) -> str:
    """Several cells in a few words: as truths and decisions, where all pairs of them are meant."""
    truths = list(dict.fromkeys(i for i, _ in cells))
    decisions = list(dict.fromkeys(j for _, j in cells))
    pairs = sum(matrix.labels[i] != matrix.decision_labels[j] for i in truths for j in decisions)
    if pairs > len(cells):
        more = plural(len(cells) - 1, "more kind of mistake", "more kinds of mistakes")
        return f"{_cell(matrix, *cells[0])}, and {more}"
    truth = _some([matrix.labels[i] for i in truths])
    if len(decisions) >= len(matrix.decision_labels) - 1:
        named = matrix.labels[truths[0]] in matrix.decision_labels
        return f"{truth} decided {'anything else' if named else 'anything'}"
    return f"{truth} decided {_some([matrix.decision_labels[j] for j in sorted(decisions)])}"


def _some(labels: Iterable[str]) -> str:
    first, *others = map(quoted, labels)
    if len(others) < NAMED:
        return " or ".join([first, *others])
    return f"{first} or {len(others)} others"
