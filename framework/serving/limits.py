"""What holds unless the caller says otherwise."""

MEGABYTE = 2**20
MAX_BODY_MB = 25  # SageMaker's own limit for a real-time endpoint
# Requests in work or waiting for it. With the largest bodies, 1.6 GB.
MAX_WAITING = 64
# SageMaker kills 30 s after SIGTERM; requests in work are finished before.
GRACE_SECONDS = 25
# Longer than load balancers keep idle connections, lest one is closed while a request is on it.
KEEP_ALIVE_SECONDS = 75
# Cost matrices of requests that are remembered, and the longest of them, in characters.
CACHED_MATRICES = 64
LARGEST_CACHED = 2**20
