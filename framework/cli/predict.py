"""``fw predict``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from framework.cli.options import model_of_run, run_dir


@click.command()
@run_dir
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@model_of_run
def predict(run_dir: Path, file: Path, model: str | None) -> None:
    """Decide the cases in FILE with a model of RUN_DIR; prints CSV.

    FILE is a CSV whose header names the features; their order does not matter, other columns are
    ignored. For a model of pictures it is a picture, or a folder of them.
    """
    import csv

    from framework.core.images import read_images
    from framework.data.reading import read_table
    from framework.inference.trained_model import load

    trained = load(run_dir, model)
    signature = trained.artifact.signature
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if signature.takes_pictures:
        files, X = read_images(file, signature.input_shape, signature.image_border)
        answers = trained.answer(X)
        writer.writerow(["file", *answers.header])
        writer.writerows([path.name, *row] for path, row in zip(files, answers.rows(), strict=True))
        return
    table = read_table(file, signature.feature_names, trained.artifact.cost_matrix.columns)
    if table.ignored:
        click.echo(f"Not features, ignored: {', '.join(table.ignored)}", err=True)
    answers = trained.answer(table.X, table.columns)
    writer.writerow(answers.header)
    writer.writerows(answers.rows())
