"""``fw predict``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from framework.cli.options import (
    model_of_run,
    named_values,
    prevalence,
    refuse_to_overwrite,
    run_dir,
)
from framework.cli.verbosity import tell
from framework.core.errors import ConfigError, DataError
from framework.core.files import written
from framework.core.stdout import results

if TYPE_CHECKING:
    from framework.core.table import Table
    from framework.inference.answers import Answers
    from framework.inference.trained_model import TrainedModel


@click.command(short_help="Decide new cases with a model of a run.")
@run_dir
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@model_of_run
@click.option(
    "--keep",
    metavar="COLUMN",
    multiple=True,
    help="Repeat this column of FILE before the decisions; may be repeated.",
)
@prevalence
@click.option(
    "--capacity",
    metavar="LIMIT",
    multiple=True,
    help='What can be done only so often: "biopsy<=40/1000" of the cases, "refer<=50" of FILE; may be '
    "repeated. Decided is then at least expected cost within the limits.",
)
@click.option(
    "--seed", metavar="N", type=int, default=0, show_default=True, help="Of what --capacity draws."
)
@click.option(
    "--certificate",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Decide and refer as fw certify has written there, which keeps its promise.",
)
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path), help="Write there (default: print)."
)
def predict(
    run_dir: Path,
    file: Path,
    model: str | None,
    keep: tuple[str, ...],
    prevalence: tuple[str, ...],
    capacity: tuple[str, ...],
    seed: int,
    certificate: Path | None,
    out: Path | None,
) -> None:
    """Decide the cases in FILE with a model of RUN_DIR, as CSV.

    FILE is a table as fw run takes them, whose columns go by name; their order does not matter, other
    columns are ignored. For a model of pictures it is a picture, or a folder of them.
    """
    from framework.data.reading import read_table
    from framework.inference.artifact import read_values
    from framework.inference.folders import find_model
    from framework.inference.trained_model import load

    if out is not None:
        _check_out(out)
    if capacity and certificate is not None:
        raise ConfigError("--capacity and --certificate: decisions go by one or the other")
    folder = find_model(run_dir, model)
    pictures = read_values(folder).signature.takes_pictures
    if pictures and keep:
        raise DataError(f"--keep {keep[0]}: pictures have no columns; leave it out")
    # Before the model is there: so the memory that reading takes is free again for it.
    table = None if pictures else read_table(file, text=keep)
    trained = load(folder)
    shares = named_values(prevalence, "prevalence")
    if table is None:
        header, cells, answers = _pictures(trained, file, shares)
    else:
        header, cells, answers = _table(trained, file, table, keep, shares)
    if capacity:
        answers = _within(answers, capacity, seed, trained)
    if certificate is not None:
        answers = _certified(answers, certificate)
    with _written(out) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*header, *answers.header])
        writer.writerows([*own, *row] for own, row in zip(cells, answers.rows(), strict=True))


def _pictures(
    trained: TrainedModel, file: Path, shares: Mapping[str, float]
) -> tuple[list[str], Iterable[Any], Answers]:
    from framework.core.images import read_images

    signature = trained.artifact.signature
    files, X = read_images(file, signature.input_shape, signature.image_border)
    return ["file"], [[path.name] for path in files], trained.answer(X, prevalence=shares)


def _table(
    trained: TrainedModel,
    file: Path,
    table: Table,
    keep: tuple[str, ...],
    shares: Mapping[str, float],
) -> tuple[list[str], Iterable[Any], Answers]:
    """The columns that are kept, as they are written in ``file``, and the answers."""
    from framework.core.table import as_text

    try:
        kept = [as_text(column).tolist() for column in table.only(keep).columns.values()]
        answers = trained.answer(table, prevalence=shares)
    except DataError as error:
        raise DataError(f"{file}: {error}") from error
    for text in trained.remarks(table):
        tell(text)
    cells = zip(*kept, strict=True) if kept else ([] for _ in range(len(table)))
    return list(keep), cells, answers


def _within(
    answers: Answers, capacity: tuple[str, ...], seed: int, trained: TrainedModel
) -> Answers:
    """Decided anew, all together; says what the limits come to."""
    from framework.core.capacity import ration
    from framework.core.capacity_limits import limits_of
    from framework.core.words import currency

    limits = limits_of(capacity, answers.decision_labels)
    rationed = ration(-answers.expected_dollars, limits, seed)
    with currency(*trained.artifact.cost_matrix.money):
        for text in rationed.sentences():
            tell(text)
    return answers.redecided(rationed.decisions, "least expected cost within capacity")


def _certified(answers: Answers, file: Path) -> Answers:
    """Decided anew, each for itself, by the policy of a certificate."""
    from framework.core.certifying import referring
    from framework.core.promise import read_certificate

    found = read_certificate(file, answers.decision_labels)
    return answers.redecided(referring(-answers.expected_dollars, found), found.rule)


def _check_out(out: Path) -> None:
    refuse_to_overwrite(out, "--out")
    if not out.parent.is_dir():
        raise ConfigError(f"--out {out}: there is no folder {out.parent}; make it, or name another")
    if out.suffix.lower() in (".xlsx", ".xlsm", ".parquet", ".json"):
        raise ConfigError(f"--out {out}: what is written is CSV; name a file that ends in .csv")


@contextmanager
def _written(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield results()
        return
    with written(out) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        yield file
