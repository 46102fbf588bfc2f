"""``fw predict``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from framework.cli.options import (
    model_of_run,
    named_values,
    prevalence,
    refuse_to_overwrite,
    run_dir,
)
from framework.cli.predict_pictures import answered_pictures
from framework.cli.verbosity import tell
from framework.core.errors import ConfigError, DataError
from framework.core.stdout import results

if TYPE_CHECKING:
    import numpy as np

    from framework.core.decisions.price_list import PriceList
    from framework.core.evaluation.promise import Certificate
    from framework.inference.answers import Answers
    from framework.inference.artifact import Artifact
    from framework.inference.trained_model import TrainedModel

    Part = tuple[dict[str, np.ndarray], Answers]


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
@click.option(
    "--picture",
    metavar="COLUMN",
    help="Of a model of pictures: the column of the table FILE that holds their paths, from where it is.",
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
    "--seed",
    metavar="N",
    type=int,
    default=0,
    show_default=True,
    help="Of what --capacity and --prices draw.",
)
@click.option(
    "--prices-out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write there the prices that --capacity came to, for cases that come one by one (--prices; "
    "fw serve).",
)
@click.option(
    "--prices",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Decide each case for itself at the prices that --prices-out has written there, which keeps its "
    "limits in the mean.",
)
@click.option(
    "--certificate",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Decide and refer as fw certify has written there, which keeps its promise.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write there: CSV, or .parquet (default: print CSV).",
)
def predict(
    run_dir: Path,
    file: Path,
    model: str | None,
    keep: tuple[str, ...],
    picture: str | None,
    prevalence: tuple[str, ...],
    capacity: tuple[str, ...],
    seed: int,
    prices_out: Path | None,
    prices: Path | None,
    certificate: Path | None,
    out: Path | None,
) -> None:
    """Decide the cases in FILE with a model of RUN_DIR, as CSV, or Parquet where --out ends so.

    FILE is a table as fw run takes them, whose columns go by name; their order does not matter, other
    columns are ignored. It may be of any size, or many: a folder, or a pattern ("cases/*.parquet"). For
    a model of pictures it is a picture, a folder of them, which may have folders itself, or a table of their
    paths (--picture).
    """
    import numpy as np

    from framework.data.answer_files import answer_file, check_out
    from framework.inference.answers import Answers
    from framework.inference.artifact import read_values
    from framework.inference.folders import find_model

    if out is not None:
        refuse_to_overwrite(out, "--out")
        check_out(out)
    if (bool(capacity), prices is not None, certificate is not None).count(True) > 1:
        raise ConfigError("--capacity, --prices and --certificate: decisions go by one of them")
    if prices_out is not None:
        if not capacity:
            raise ConfigError("--prices-out writes what --capacity comes to; give a limit")
        refuse_to_overwrite(prices_out, "--prices-out")
    folder = find_model(run_dir, model)
    values = read_values(folder)
    shares = named_values(prevalence, "prevalence")
    if values.signature.takes_pictures:
        answered = answered_pictures(folder, file, shares, picture, keep)
    elif picture is not None:
        raise ConfigError(
            f"--picture {picture}: the model takes tables and no pictures; leave it out"
        )
    else:
        answered = _tables(folder, file, keep, shares)
    if capacity:  # of all cases together
        parts = [*answered]
        kept = {name: np.concatenate([of[name] for of, _ in parts]) for name in parts[0][0]}
        answers = Answers.joined([part for _, part in parts])
        answered = iter([(kept, _within(answers, capacity, seed, values, prices_out))])
    elif prices is not None:
        from framework.core.decisions.price_list import read_prices

        answered = _priced(answered, read_prices(prices, values.cost_matrix.decision_labels), seed)
    elif certificate is not None:
        from framework.core.evaluation.promise import read_certificate

        found = read_certificate(certificate, values.cost_matrix.decision_labels)
        answered = ((kept, _certified(answers, found)) for kept, answers in answered)
    with answer_file(out, results()) as write:
        for kept, answers in answered:
            write({**kept, **answers.columns})


def _tables(
    folder: Path, place: Path, keep: tuple[str, ...], shares: Mapping[str, float]
) -> Iterator[Part]:
    """The columns that are kept, as they are written there, and the answers; a part of a file each."""
    from framework.core.cases.table import as_text
    from framework.data.reading import read_chunks, table_files
    from framework.inference.model_folder import load

    trained: TrainedModel | None = None
    ignored: dict[str, None] = {}
    unseen: dict[str, dict[str, None]] = {}
    for file in table_files(place):
        cases = 0
        for table in read_chunks(file, text=keep):
            # After the first part is there: so the memory that reading takes is free again for it.
            trained = trained or load(folder)
            try:
                kept = {n: as_text(of) for n, of in table.only(keep).columns.items()}
                answers = trained.answer(table, prevalence=shares)
            except DataError as error:
                where = f" (from its case {cases + 1} on, which counts as 1)" if cases else ""
                raise DataError(f"{file}{where}: {error}") from error
            yield kept, answers
            cases += len(table)
            ignored |= dict.fromkeys(trained.unknown_columns(table.names))
            for name, levels in trained.unseen(table).items():
                unseen[name] = {**unseen.get(name, {}), **dict.fromkeys(levels)}
    if ignored:
        tell(f"Not features, ignored: {', '.join(ignored)}")
    for name, found in unseen.items():
        shown = ", ".join([*found][:5]) + (", ..." if len(found) > 5 else "")
        tell(f'"{name}": never seen in training, so it tells nothing: {shown}')


def _within(
    answers: Answers,
    capacity: tuple[str, ...],
    seed: int,
    values: Artifact,
    prices_out: Path | None,
) -> Answers:
    """Decided anew, all together; says what the limits come to."""
    from framework.core.decisions.capacity import ration
    from framework.core.decisions.capacity_limits import limits_of
    from framework.core.decisions.price_list import PriceList
    from framework.core.words import currency

    limits = limits_of(capacity, answers.decision_labels)
    rationed = ration(-answers.expected_dollars, limits, seed)
    with currency(*values.cost_matrix.money):
        for text in rationed.sentences():
            tell(text)
    if prices_out is not None:
        PriceList.of(rationed, answers.decision_labels).write(prices_out)
    return answers.redecided(rationed.decisions, "least expected cost within capacity")


def _priced(answered: Iterator[Part], found: PriceList, seed: int) -> Iterator[Part]:
    """Decided anew, each for itself, at prices that were found on other cases; says how much that uses."""
    import numpy as np

    from framework.core.decisions.price_list import BY_PRICES

    rng = np.random.default_rng(seed)
    counts = np.zeros(len(found.decisions), np.int64)
    for kept, answers in answered:
        answers = answers.redecided(found.policy.decide(-answers.expected_dollars, rng), BY_PRICES)
        counts += np.bincount(answers.decisions, minlength=len(counts))
        yield kept, answers
    for limit, used, there in zip(found.limits, *found.use(counts.tolist()), strict=True):
        tell(f"{limit}: {used:,.10g} used, {there:,.10g} in the mean of such cases")


def _certified(answers: Answers, found: Certificate) -> Answers:
    """Decided anew, each for itself, by the policy of a certificate."""
    from framework.core.evaluation.certifying import referring

    return answers.redecided(referring(-answers.expected_dollars, found), found.rule)
