"""``fw serve``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.cli.options import model_of_run, run_dir, whole_number
from framework.serving.limits import MAX_BODY_MB, MAX_CONNECTIONS, REQUEST_SECONDS, Limits


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
@click.option("--watch", is_flag=True, help="Replace the model when RUN_DIR changes, as on SIGHUP.")
def serve(
    run_dir: Path,
    model: str | None,
    host: str,
    port: int,
    decisions: Path | None,
    explore: float,
    explore_within: float | None,
    watch: bool,
    **most: int,
) -> None:
    """Answer over HTTP with a model of RUN_DIR, which may also be the folder of a model.

    POST /invocations takes cases as CSV, JSON, JSON lines, .npy or pictures, and tells decisions,
    probabilities and expected dollars. GET /ping, /metrics and / tell how the server is.
    """
    from framework.serving.recording import Recording
    from framework.serving.server import serve as serve_model

    def ready(url: str) -> None:
        click.echo(f"Serving {run_dir} on {url} (Ctrl-C stops)", err=True)

    limits = Limits(
        body_mb=most["max_body"],
        request_seconds=most["request_seconds"],
        connections=most["max_connections"],
    )
    recording = Recording.of(decisions, explore, explore_within)
    serve_model(
        run_dir,
        host,
        port,
        model=model,
        limits=limits,
        watch=watch,
        recording=recording,
        ready=ready,
    )
