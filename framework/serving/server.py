"""The process that serves until SIGTERM or Ctrl-C."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, Unpack

from framework.core.errors import ConfigError
from framework.serving.limits import GRACE_SECONDS, KEEP_ALIVE_SECONDS, Limits
from framework.serving.recording import Recording


class Options(TypedDict, total=False):
    """Of ``create_app``, besides the folder and the limits."""

    model: str | None
    watch: bool
    accept: str
    models: bool
    recording: Recording | None
    prices: Path | None


def serve(
    folder: str | Path,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    limits: Limits | None = None,
    ready: Callable[[str], None] = lambda url: None,
    **options: Unpack[Options],
) -> None:
    """Load a model and answer over HTTP until SIGTERM or Ctrl-C: then SystemExit(0) is raised.

    To be called from the main thread. Nobody can connect before the model is loaded and has
    predicted once; when told to stop, requests in work are finished first. On SIGHUP the folder is
    loaded anew, beside what is served, and takes its place when it answers.

    Parameters
    ----------
    folder : path
        Of a run (the served model, or the one called ``model``) or of a model; with ``models=True``
        one below which models are loaded when they are asked for.
    host, port : str, int
        Port 0: any that is free.
    limits : Limits, optional
        Of requests and connections; and how many processes decide.
    ready : function of str, optional
        Called with the URL when requests are accepted.
    **options
        ``model``, ``watch`` (load the folder anew whenever its files change, too), ``accept``,
        ``models``, ``recording`` and ``prices``, as ``create_app`` has them.

    Raises
    ------
    ArtifactError
        When there is no such model.
    ConfigError
        When the address cannot be used, the file of decisions cannot be written, or the extra "serve" is
        not installed.
    """
    # Without handlers, process 1 of a container would ignore SIGTERM while the model loads, and
    # uvicorn would raise it again after a clean end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    listener = _bound(host, port)  # before the seconds that loading takes
    try:
        import uvicorn

        from framework.serving.app import create_app
        from framework.serving.connections import Connections
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"serving needs the package {error.name}: pip install 'cost-matrix-framework[serve]'"
        ) from error
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("framework.serving").setLevel(logging.INFO)
    limits = limits or Limits()
    app = create_app(folder, limits=limits, **options)
    service = app.state.service
    signal.signal(signal.SIGHUP, lambda *_: service.reload())
    config = uvicorn.Config(
        app,
        http=Connections(limits, service.refusals).protocol,  # type: ignore[arg-type]
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    listener.listen()  # from here on connections are kept until they are answered
    ready("http://{}:{}".format(*listener.getsockname()[:2]))
    uvicorn.Server(config).run([listener])


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"cannot listen on {host} port {port}: {error}; name another with --host, --port"
        ) from error
    return listener
