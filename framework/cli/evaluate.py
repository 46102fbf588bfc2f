"""``fw evaluate``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framework.cli import completion
from framework.cli.options import as_json, find_matrix_of, named_values, print_json
from framework.core.errors import ConfigError, DataError

if TYPE_CHECKING:
    import numpy as np

    from framework.core.cases.table import Table
    from framework.core.costs.cost_matrix import CostMatrix


@click.command(short_help="Judge any model by its answers in a file.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--truth", metavar="COLUMN", required=True, help="The column of the true labels.")
@click.option(
    "--probabilities",
    metavar="PATTERN",
    help='The columns of probabilities, with * for the label: "p_*". Of two classes one will do. '
    "Decided is then at least expected cost.",
)
@click.option("--decision", metavar="COLUMN", help="The column of decisions, in place of those.")
@click.option(
    "--cost-matrix",
    metavar="FILE",
    shell_complete=completion.matrices,
    help="The matrix that judges: a file, or the name of one that a dataset ships.",
)
@click.option(
    "--cost",
    metavar="TRUE->PREDICTED=COST",
    multiple=True,
    help="Instead of a matrix, as of fw run: what a kind of mistake costs; may be repeated, the last that "
    "fits counts.",
)
@click.option("--groups", metavar="COLUMN", help="Cases of one group count as one observation.")
@click.option(
    "--prevalence",
    metavar="LABEL=SHARE",
    multiple=True,
    help="Share of a label among the cases that will be decided; may be repeated. What is not named shares "
    "the rest as in FILE (default: the matrix's, else as in FILE).",
)
@as_json
def evaluate(
    file: Path,
    truth: str,
    probabilities: str | None,
    decision: str | None,
    cost_matrix: str | None,
    cost: tuple[str, ...],
    groups: str | None,
    prevalence: tuple[str, ...],
    as_json: bool,
) -> None:
    """Judge any model by the probabilities or decisions in FILE, a table, in dollars.

    FILE may be of any size, or many: a folder, or a pattern ("answers/*.parquet"). Costs that depend on the
    case find their columns in FILE.
    """
    from framework.core.evaluation.judging import judge
    from framework.experiment.loading.stated_costs import stated_matrix

    if (probabilities is None) == (decision is None):
        raise ConfigError("expected either --probabilities PATTERN or --decision COLUMN")
    if (cost_matrix is None) != bool(cost):
        raise ConfigError("expected either --cost-matrix FILE or --cost TRUE->PREDICTED=COST")
    if cost_matrix is not None:
        matrix = find_matrix_of(cost_matrix).matrix
    else:
        words = [name for name in (truth, decision) if name is not None]
        matrix = stated_matrix(cost, _labels(file, words, probabilities))
    words = [name for name in (truth, decision, groups) if name is not None]
    columns, found = _columns(file, words, probabilities, matrix)
    answers: Any = columns[decision] if decision is not None else found
    with _named(file):
        judged = judge(
            columns[truth],
            answers,
            matrix,
            labels=matrix.labels,
            columns=columns,
            groups=columns.get(groups or ""),
            prevalence=named_values(prevalence, "prevalence"),
        )
    if as_json:
        return print_json(judged.to_json())
    from framework.report.console import show
    from framework.report.evaluation.text import evaluation_text

    show(evaluation_text(judged))


def _labels(place: Path, words: list[str], pattern: str | None) -> tuple[str, ...]:
    """What the columns called ``words`` say, and those of probabilities are called after."""
    from framework.core.cases.table import as_text
    from framework.data.recognition import in_order
    from framework.data.scores import columns_of

    found: set[str | None] = set()
    for _, table, columns in _chunks(place, words, words):
        found.update(*(as_text(values).tolist() for values in columns.values()))
        if pattern is not None and pattern != "*":
            found.update(columns_of(pattern, table.names))
    return in_order([label for label in found if label is not None])


def _columns(
    place: Path, words: list[str], pattern: str | None, matrix: CostMatrix
) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
    """Those called ``words``, as text, and those that costs depend on, (n,) each; probabilities (n, N).

    Nothing else of the files is held, and of equal texts one.
    """
    import numpy as np

    from framework.core.cases.table import as_text
    from framework.data.scores import probabilities_in

    parts: dict[str, list[np.ndarray]] = {
        name: [] for name in dict.fromkeys([*words, *matrix.columns])
    }
    probabilities: list[np.ndarray] = []
    held: dict[str | None, str | None] = {}
    for file, table, found in _chunks(place, [*parts], words):
        if pattern is not None:
            with _named(file):
                probabilities.append(probabilities_in(table, pattern, matrix.labels))
        for name, values in found.items():
            if name in words:
                texts = as_text(values).tolist()
                values = np.array([held.setdefault(text, text) for text in texts], object)
            parts[name].append(values)
    columns = {name: np.concatenate(of) for name, of in parts.items()}
    return columns, np.concatenate(probabilities) if probabilities else None


def _chunks(
    place: Path, names: list[str], words: list[str]
) -> Iterator[tuple[Path, Table, Mapping[str, np.ndarray]]]:
    """The tables of ``place`` part by part, each with its file and its columns called ``names``."""
    from framework.data.reading import read_chunks, table_files

    for file in table_files(place):
        for table in read_chunks(file, text=words):
            with _named(file):
                columns = table.only(names).columns
            yield file, table, columns


@contextmanager
def _named(file: Path) -> Iterator[None]:
    try:
        yield
    except DataError as error:
        raise DataError(f"{file}: {error}") from error
