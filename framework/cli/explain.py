"""``fw explain``. Imports nothing heavy before the command runs."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("run_dir", metavar="RUN_DIR", type=click.Path(path_type=Path))
@click.option("--model", "models", metavar="NAME", multiple=True, help="Default: all of the run.")
@click.option(
    "--repeats",
    metavar="N",
    default=20,
    show_default=True,
    type=click.IntRange(2),
    help="Tables: shuffles of every feature.",
)
@click.option(
    "--seed",
    metavar="N",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Tables: of the shuffles.",
)
@click.option(
    "--together",
    metavar="A,B,...",
    multiple=True,
    help="Tables: shuffle these features as one; may be repeated.",
)
@click.option(
    "--pictures",
    metavar="N",
    default=6,
    show_default=True,
    type=click.IntRange(1),
    help="Pictures: how many dearest mistakes, and how many closest calls.",
)
@click.option(
    "--top",
    metavar="N",
    default=10,
    show_default=True,
    type=click.IntRange(1),
    help="Features printed; the files hold all.",
)
@click.option(
    "--data", metavar="DIR", type=click.Path(path_type=Path), help="Where the data are now."
)
@click.option("--test-data", metavar="DIR", type=click.Path(path_type=Path), help="Likewise.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def explain(
    run_dir: Path,
    models: tuple[str, ...],
    repeats: int,
    seed: int,
    together: tuple[str, ...],
    pictures: int,
    top: int,
    data: Path | None,
    test_data: Path | None,
    as_json: bool,
) -> None:
    """Show what the models of RUN_DIR look at, in dollars, on its test part.

    Tables: how many dollars per case are lost when a feature is shuffled. Pictures: which pixels
    speak for and against the decision, for the dearest mistakes and the closest calls. Writes
    importance.html, importance.json and importance.csv into RUN_DIR.
    """
    from framework.explanation.explain import explain as run_explain
    from framework.report.explanation.page import write_explanation

    explanation = run_explain(
        run_dir,
        models,
        repeats=repeats,
        seed=seed,
        together=[[name.strip() for name in names.split(",")] for names in together],
        pictures=pictures,
        data=data,
        test_data=test_data,
    )
    page = write_explanation(explanation, run_dir)
    if as_json:
        click.echo(json.dumps(explanation.to_json(), indent=2, allow_nan=False))
        return
    from framework.report.console import show
    from framework.report.explanation.text import explanation_text

    show(explanation_text(explanation, top))
    click.echo(f"Page: {page}")
