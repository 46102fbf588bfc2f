"""What one request, one connection and all of them together may take."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 2**20
MAX_BODY_MB = 25  # SageMaker's own limit for a real-time endpoint
REQUEST_SECONDS = 30
MAX_CONNECTIONS = 1000
# SageMaker kills 30 s after SIGTERM; requests in work are finished before.
GRACE_SECONDS = 25
# Longer than load balancers keep idle connections, lest one is closed while a request is on it.
KEEP_ALIVE_SECONDS = 75
# Cost matrices of requests that are remembered, and the longest of them, in characters.
CACHED_MATRICES = 64
LARGEST_CACHED = 2**16
# A model's process that has not loaded by then never will.
START_SECONDS = 300


@dataclass(frozen=True)
class Limits:
    """Of one server; what is in seconds may have a fraction.

    Attributes
    ----------
    body_mb : float
        Megabytes of the largest body.
    in_flight_mb : int
        Megabytes of all bodies above ``small_body`` that are read, waiting or in work.
    small_body : int
        Bytes of a body that is always read, and decided together with others.
    request_seconds : float
        Of deciding one request, the processors' seconds as well: then 504, and a new process.
    stuck_seconds : float
        That one request may be in work before GET /ping says 503.
    burst_seconds : float
        Of work, as estimated, that may wait; more of it is an overload.
    head_bytes, headers : int
        Of one request's head.
    head_seconds, body_seconds : float
        Until a head must be complete; a body has a second more for every ``bytes_per_second``.
    write_seconds : float
        That a client may take to read what is sent to it.
    connections : int
        Open at once; further ones take the place of those that keep the server waiting.
    workers : int
        Processes that decide, of each model.
    models_mb : int
        Megabytes of the processes of all models together, where several are served; 0: what there is.
    """

    body_mb: float = MAX_BODY_MB
    in_flight_mb: int = 256
    small_body: int = 2**16
    request_seconds: float = REQUEST_SECONDS
    stuck_seconds: float = 10
    burst_seconds: float = 0.5
    head_bytes: int = 2**16
    headers: int = 100
    head_seconds: float = 10
    body_seconds: float = 10
    bytes_per_second: int = 2**18
    write_seconds: float = 60
    connections: int = MAX_CONNECTIONS
    workers: int = 1
    models_mb: int = 0

    @property
    def body(self) -> int:
        """Bytes of the largest body."""
        return int(self.body_mb * MEGABYTE)

    @property
    def in_flight(self) -> int:
        """Bytes of all bodies: of the largest one at least."""
        return max(self.in_flight_mb * MEGABYTE, self.body)
