"""The image's server, in a process of its own."""

import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager


@contextmanager
def served(folder):
    """The address of the image's server, with the model in ``folder``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = f"from framework.serving import serve; serve({folder!r}, '127.0.0.1', {port})"
    server = subprocess.Popen([sys.executable, "-c", program])
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/ping").close()
                break
            except OSError:
                assert server.poll() is None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
