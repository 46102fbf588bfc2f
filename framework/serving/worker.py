"""The process that decides: loads one model, then answers questions until nobody asks any more.

Whatever one request does to it (endless work, all memory, a crash in a library), the server that
started it goes on, and starts another.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from framework.core.errors import FrameworkError
from framework.core.files import slug
from framework.serving.framing import Blob, answered, message, questions_of, read


def main(
    folder: str, model: str, cpu_seconds: float, recording: str = "", prices: str = ""
) -> None:
    """Speak over the socket that is standard input.

    The first message is what ``describe`` tells of the model, or a sentence why there is none. A
    question that takes more than ``cpu_seconds`` of the processors ends the process (SIGPROF). ``recording``
    is what a ``Recording`` says, as JSON; ``prices`` a file of those at which is decided.
    """
    channel = socket.socket(fileno=os.dup(0))
    # What plugins and libraries print is for the log.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    # Ctrl-C and SIGTERM may go to the whole group; this process ends when the server hangs up.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("framework.serving").setLevel(logging.INFO)
    try:
        deciding, ready = _load(Path(folder), model or None, recording, prices)
    except (FrameworkError, MemoryError) as error:
        kind = "MemoryError" if isinstance(error, MemoryError) else type(error).__name__
        _send(channel, message({"error": str(error), "kind": kind}))
        return
    _send(channel, message(ready))
    with channel.makefile("rb") as questions:
        _answer(questions, channel, deciding, cpu_seconds)


def _answer(questions: BinaryIO, channel: socket.socket, deciding: Any, cpu_seconds: float) -> None:
    while (asked := read(questions)) is not None:
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        answers = deciding.answers(questions_of(*asked))
        signal.setitimer(signal.ITIMER_PROF, 0)
        try:
            _send(channel, answered(answers))
        except OSError:
            return
        del asked, answers  # before the next ones are read


def _send(channel: socket.socket, parts: Sequence[Blob]) -> None:
    for part in parts:
        channel.sendall(part)


def _load(
    folder: Path, name: str | None, recording: str, prices: str
) -> tuple[Any, dict[str, Any]]:
    from framework.core.decisions.price_list import read_prices
    from framework.inference.folders import find_model
    from framework.inference.model_folder import load
    from framework.serving.deciding import Deciding
    from framework.serving.description import describe
    from framework.serving.recording import Recording

    path = find_model(folder, name)
    digest = digest_of(path)
    model = load(path)
    about = describe(path, model, ())
    about["version"] = f"{slug(about['model'])}@{digest}"  # a header holds it: ASCII
    kept = Recording(**json.loads(recording)) if recording else None
    listed = read_prices(Path(prices), model.decisions) if prices else None
    deciding = Deciding(model, about["version"], kept, listed)
    about["limits"] = list(listed.limits) if listed else []
    about["content_types"] = list(deciding.bodies.content_types)
    model.warm()
    started = time.perf_counter()
    model.warm()
    return deciding, {"about": about, "seconds": time.perf_counter() - started}


def digest_of(folder: Path) -> str:
    """Twelve digits that tell this model folder from any other."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), *sys.argv[4:])
