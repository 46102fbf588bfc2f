"""The container's entry point: ``python -m framework.container train`` or ``serve``."""

import time

# Set before anything heavy is imported: the log says how long it took to start.
STARTED = time.monotonic()
