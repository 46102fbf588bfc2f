"""``fw serve``."""

from __future__ import annotations

from pathlib import Path

import click

from framework.serving.limits import MAX_BODY_MB
from framework.serving.server import serve as run_server


@click.command()
@click.argument("run_dir", metavar="RUN_DIR", type=click.Path(path_type=Path))
@click.option("--model", metavar="NAME", help="Which model of the run (default: the served one).")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: all of them.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: a free one."
)
@click.option(
    "--max-body",
    metavar="MB",
    default=MAX_BODY_MB,
    show_default=True,
    type=click.IntRange(1),
    help="Largest body of a request.",
)
def serve(run_dir: Path, model: str | None, host: str, port: int, max_body: int) -> None:
    """Answer over HTTP with a model of RUN_DIR, which may also be the folder of a model.

    POST /invocations takes cases as CSV, JSON, JSON lines, .npy or pictures, and tells decisions,
    probabilities and expected dollars. GET /ping, /metrics and / tell how the server is.
    """

    def ready(url: str) -> None:
        click.echo(f"Serving {run_dir} on {url} (Ctrl-C stops)", err=True)

    run_server(run_dir, host, port, model=model, max_body_mb=max_body, ready=ready)
