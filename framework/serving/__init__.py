"""A trained model over HTTP: GET /ping, POST /invocations, GET /metrics, GET /.

``serve(folder, host, port)`` runs until it is told to stop; ``create_app(folder)`` is the ASGI
application alone.
"""

from typing import TYPE_CHECKING

from framework.core.lazy import lazily

if TYPE_CHECKING:
    from framework.serving.app import create_app as create_app
    from framework.serving.server import serve as serve

__all__, __getattr__, __dir__ = lazily(__name__, __file__)
