"""A trained model over HTTP: GET /ping, POST /invocations, GET /metrics, GET /.

``serve(folder, host, port)`` runs until it is told to stop; ``create_app(folder)`` is the ASGI
application alone.
"""

from framework.core.lazy import lazily

__all__, __getattr__, __dir__ = lazily(__name__, __file__)
