"""``fw serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from framework.cli.options import model_of_run, run_dir, whole_number
from framework.core.errors import ConfigError
from framework.serving.limits import MAX_BODY_MB, MAX_CONNECTIONS, REQUEST_SECONDS, Limits
from framework.serving.media import ANSWERS, JSON


@click.command(short_help="Answer over HTTP with a model of a run.")
@run_dir
@model_of_run
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: all of them.")
@whole_number("--port", 0, 8080, "0: a free one.", most=65535)
@whole_number("--max-body", 1, MAX_BODY_MB, "Largest body of a request.", metavar="MB")
@whole_number(
    "--request-seconds",
    1,
    REQUEST_SECONDS,
    "Longest work on one request, then 504.",
    metavar="SECONDS",
)
@whole_number("--max-connections", 1, MAX_CONNECTIONS, "Open at once.")
@whole_number("--workers", 1, 1, "Processes that decide; each has the model.")
@click.option(
    "--accept",
    type=click.Choice(ANSWERS),
    default=JSON,
    show_default=True,
    help="Form of answers to requests that ask for none.",
)
@click.option(
    "--models", is_flag=True, help="Serve several models: POST /models loads those below RUN_DIR."
)
@click.option(
    "--decisions",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Append a line of JSON there for each case that is decided, for fw monitor; a folder gets a new "
    "file every day and 100 MB.",
)
@click.option(
    "--explore",
    metavar="SHARE",
    type=float,
    default=0.0,
    help="Of so many cases (0.02: two in a hundred) draw the decision, with its odds in --decisions, to "
    "learn what comes of the others.",
)
@click.option(
    "--explore-within",
    metavar="DOLLARS",
    type=float,
    help="Draw from those that are expected to cost at most so much more (default: from all).",
)
@click.option(
    "--prices",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Decide at the prices that fw predict --capacity --prices-out has written there, which keeps its "
    "limits in the mean; GET /metrics tells how much is used.",
)
@click.option("--watch", is_flag=True, help="Replace the model when RUN_DIR changes, as on SIGHUP.")
def serve(
    run_dir: Path, host: str, port: int, model: str | None, models: bool, **options: Any
) -> None:
    """Answer over HTTP with a model of RUN_DIR, which may also be the folder of a model.

    POST /invocations takes cases as CSV, JSON, JSON lines, .npy, Parquet, Arrow or pictures, and tells
    decisions, probabilities and expected dollars. GET /ping, /metrics and / tell how the server is.
    """
    from framework.serving.recording import Recording
    from framework.serving.server import serve as serve_model

    def ready(url: str) -> None:
        click.echo(f"Serving {run_dir} on {url} (Ctrl-C stops)", err=True)

    limits = Limits(
        body_mb=options["max_body"],
        request_seconds=options["request_seconds"],
        connections=options["max_connections"],
        workers=options["workers"],
    )
    if models and (model is not None or options["watch"]):
        raise ConfigError("--models loads whichever are asked for: leave out --model and --watch")
    if options["prices"] is not None and (models or options["explore"]):
        raise ConfigError(
            "--prices are those of one model, and draw by themselves: leave out --models and --explore"
        )
    serve_model(
        run_dir,
        host,
        port,
        limits=limits,
        ready=ready,
        model=model,
        models=models,
        watch=options["watch"],
        accept=options["accept"],
        prices=options["prices"],
        recording=Recording.of(options["decisions"], options["explore"], options["explore_within"]),
    )
