"""``fw serve``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.cli.options import model_of_run, run_dir, whole_number
from framework.serving.limits import MAX_BODY_MB


@click.command(short_help="Answer over HTTP with a model of a run.")
@run_dir
@model_of_run
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: all of them.")
@whole_number("--port", 0, 8080, "0: a free one.", most=65535)
@whole_number("--max-body", 1, MAX_BODY_MB, "Largest body of a request.", metavar="MB")
def serve(run_dir: Path, model: str | None, host: str, port: int, max_body: int) -> None:
    """Answer over HTTP with a model of RUN_DIR, which may also be the folder of a model.

    POST /invocations takes cases as CSV, JSON, JSON lines, .npy or pictures, and tells decisions,
    probabilities and expected dollars. GET /ping, /metrics and / tell how the server is.
    """
    from framework.serving.server import serve as serve_model

    def ready(url: str) -> None:
        click.echo(f"Serving {run_dir} on {url} (Ctrl-C stops)", err=True)

    serve_model(run_dir, host, port, model=model, max_body_mb=max_body, ready=ready)
