"""A trained model over HTTP: GET /ping, POST /invocations, GET /metrics, GET /.

``serve(folder, host, port)`` runs until it is told to stop; ``create_app(folder)`` is the ASGI
application alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from framework.serving.app import create_app
    from framework.serving.server import serve

# Imported when first asked for: the command line needs neither Starlette nor TensorFlow for --help.
_HOMES = {"create_app": "framework.serving.app", "serve": "framework.serving.server"}

__all__ = ["create_app", "serve"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'framework.serving' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
