"""Serving in SageMaker's container: what its environment says, as its own toolkits read it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framework.container import STARTED
from framework.core.errors import ConfigError, FrameworkError
from framework.sagemaker.contract import Paths
from framework.serving.limits import MAX_BODY_MB, MEGABYTE, REQUEST_SECONDS, Limits
from framework.serving.media import ANSWERS, JSON
from framework.serving.recording import Recording

PORT = "SAGEMAKER_BIND_TO_PORT"
WORKERS, TIMEOUT = "SAGEMAKER_MODEL_SERVER_WORKERS", "SAGEMAKER_MODEL_SERVER_TIMEOUT"
# The second is a batch transform's own; 0 there: bodies of any size.
BODY, PAYLOAD = "MAX_CONTENT_LENGTH", "SAGEMAKER_MAX_PAYLOAD_IN_MB"
ACCEPT, MANY = "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "SAGEMAKER_MULTI_MODEL"


def serve(paths: Paths) -> int:
    """Serve the model of ``paths``, or those that SageMaker has loaded, until SIGTERM; the exit code."""
    from framework.serving import serve as serve_model

    try:
        folder, port, limits, options = settings(paths, os.environ)
        serve_model(folder, "0.0.0.0", port, limits=limits, ready=_print_ready, **options)
    except FrameworkError as error:
        print(f"Error: {error}", file=sys.stderr, flush=True)
        return 2
    return 0


def settings(
    paths: Paths, environment: Mapping[str, str]
) -> tuple[Path, int, Limits, dict[str, Any]]:
    """What is served, at which port, within which limits, and the options of ``create_app``.

    Raises
    ------
    ConfigError
        Naming the variable that holds what it cannot.
    """

    def number(name: str, least: int, default: int) -> int:
        text = environment.get(name, "").strip()
        if not text:
            return default
        if not text.isdecimal() or int(text) < least:
            raise ConfigError(
                f"{name}: expected a whole number from {least}, received {text[:40]!r}"
            )
        return int(text)

    several = environment.get(MANY, "").strip().lower() == "true"
    accept = environment.get(ACCEPT, "").strip() or JSON
    if accept not in ANSWERS:
        raise ConfigError(
            f"{ACCEPT}: expected one of {', '.join(ANSWERS)}, received {accept[:80]!r}"
        )
    payload = number(PAYLOAD, 0, 0) or MAX_BODY_MB
    recording = Recording.from_environment(environment)
    limits = Limits(
        body_mb=number(BODY, 1, payload * MEGABYTE) / MEGABYTE,
        request_seconds=number(TIMEOUT, 1, REQUEST_SECONDS),
        workers=number(WORKERS, 1, 1),
    )
    folder = paths.models if several else paths.model
    return (
        folder,
        number(PORT, 0, 8080),
        limits,
        {
            "accept": accept,
            "models": several,
            "recording": recording,
        },
    )


def _print_ready(url: str) -> None:
    print(f"serving on {url} after {time.monotonic() - STARTED:.1f} s", flush=True)
