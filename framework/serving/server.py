"""One process that serves one model until SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from framework.errors import ConfigError

MAX_BODY_MB = 25
# SageMaker kills 30 s after SIGTERM; requests in work are finished before.
GRACE_SECONDS = 25
# Longer than load balancers keep idle connections, lest one is closed while a request is on it.
KEEP_ALIVE_SECONDS = 75


def serve(
    folder: str | Path,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    model: str | None = None,
    max_body_mb: int = MAX_BODY_MB,
    ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Load a model and answer over HTTP; returns, or raises SystemExit(0), when told to stop.

    Nobody can connect before the model is loaded and has predicted once.

    Parameters
    ----------
    folder : path
        Of a run (the cheapest model, or the one called ``model``) or of a model.
    host, port : str, int
        Port 0: any that is free.
    ready : function of str, optional
        Called with the URL when requests are accepted.

    Raises
    ------
    ArtifactError
        When there is no such model.
    ConfigError
        When the address cannot be used, or the extra "serve" is not installed.
    """
    # As process 1 of a container, SIGTERM would otherwise be ignored while the model loads.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = _bound(host, port)  # before the seconds that loading takes
    try:
        import uvicorn

        from framework.serving.app import MEGABYTE, create_app
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"serving needs the package {error.name}: pip install 'cost-matrix-framework[serve]'"
        ) from error
    app = create_app(folder, model, max_body_mb * MEGABYTE)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
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
