"""A worker as the server sees it: started, asked, ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from framework.core import errors
from framework.core.errors import ArtifactError
from framework.serving import memory
from framework.serving.framing import (
    PREFIX,
    Answer,
    Blob,
    Question,
    answers_of,
    asked,
    read,
    taken_apart,
)
from framework.serving.limits import START_SECONDS
from framework.serving.recording import Recording

RECEIVED = 2**18  # bytes at a time


class WorkerDiedError(Exception):
    """The process ended, by itself or killed, with a question in work or without; says how."""


class WorkerProcess:
    """A process of ``framework.serving.worker``, begun at once; ``wait`` until it has loaded its model.

    ``about`` is then what ``describe`` tells of the model, with its ``version``; ``seconds`` is what
    deciding one case took.
    """

    about: dict[str, Any]
    seconds: float

    def __init__(
        self,
        folder: Path,
        model: str | None,
        request_seconds: float,
        recording: Recording | None = None,
        prices: Path | None = None,
    ) -> None:
        self.busy_since: float | None = None
        ours, its = socket.socketpair()
        # The same packages as here; and not what happens to lie in the working directory.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-P", "-m", "framework.serving.worker"]
        told = {} if recording is None else {**asdict(recording), "decisions": ""}
        command += [str(folder), model or "", str(request_seconds)]
        command += [json.dumps(told) if told else "", str(prices or "")]
        with its:
            self._process = subprocess.Popen(command, stdin=its.fileno(), env=environment)
        self._channel = ours
        # Also when it is forgotten: an application that nobody ran.
        self._end = weakref.finalize(self, _end, self._process, ours)

    def wait(self) -> None:
        """Until it has loaded its model and predicted once: not for the thread of an event loop.

        Raises
        ------
        FrameworkError
            What the worker says of the folder: it has no such model, or none that can be loaded.
        MemoryError
            When there is too little for it.
        """
        ready = self._first_message()
        if "error" in ready:
            self.kill()
            if ready["kind"] == "MemoryError":
                raise MemoryError(ready["error"])
            raise getattr(errors, ready["kind"])(ready["error"])
        self.about, self.seconds = ready["about"], ready["seconds"]
        self._channel.setblocking(False)

    @property
    def version(self) -> str:
        return str(self.about["version"])

    def _first_message(self) -> dict[str, Any]:
        self._channel.settimeout(START_SECONDS)
        try:
            with self._channel.makefile("rb") as file:
                received = read(file)
        except TimeoutError:
            self.kill()
            raise ArtifactError(f"the model has not loaded in {START_SECONDS} s") from None
        if received is None:
            code = self._process.wait()
            self.kill()
            if code == -signal.SIGKILL:  # as Linux does when memory runs out
                raise MemoryError("the process that loads the model was killed")
            raise ArtifactError("the process that loads the model ended; the log says why")
        found: dict[str, Any] = received[0]
        return found

    async def ask(self, questions: Sequence[Question], seconds: float) -> list[Answer]:
        """One answer for each, in at most ``seconds``; beyond that the process is killed.

        Raises
        ------
        WorkerDiedError
            When it ends without an answer.
        TimeoutError
            When it was killed for its slowness: by the clock, or by its processors' seconds.
        """
        self.busy_since = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await self._send(asked(questions))
                return answers_of(*await self._receive())
        except OSError as error:  # a TimeoutError is one
            self._process.kill()
            self._channel.close()
            code = await asyncio.to_thread(self._process.wait)
            if isinstance(error, TimeoutError) or code == -signal.SIGPROF:
                raise TimeoutError from None
            raise WorkerDiedError(f"ended with {code}") from None
        finally:
            self.busy_since = None

    async def _send(self, parts: Sequence[Blob]) -> None:
        for part in parts:
            await asyncio.get_running_loop().sock_sendall(self._channel, part)

    async def _receive(self) -> tuple[Any, list[bytes]]:
        buffer = bytearray()
        await self._until(PREFIX.size, buffer)
        header, rest = PREFIX.unpack_from(buffer)
        start = PREFIX.size + header
        await self._until(start + rest, buffer)
        with memoryview(buffer) as view:
            return taken_apart(bytes(view[PREFIX.size : start]), view[start:])

    async def _until(self, size: int, buffer: bytearray) -> None:
        loop = asyncio.get_running_loop()
        while len(buffer) < size:
            received = await loop.sock_recv(self._channel, RECEIVED)
            if not received:
                raise ConnectionResetError
            buffer += received

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def bytes(self) -> int:
        """Of memory that it has to itself, as far as the system tells."""
        return memory.of_process(self._process.pid)

    def kill(self) -> None:
        """End it at once; whoever asks it just now is told so."""
        self._process.kill()
        if self.busy_since is None:  # a socket that is closed while it is waited for tells nobody
            self._channel.close()

    def close(self) -> None:
        """Let it end, and wait for that: not for the thread of an event loop."""
        self._end()


def _end(process: subprocess.Popen[bytes], channel: socket.socket) -> None:
    channel.close()  # nobody can ask it any more
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
