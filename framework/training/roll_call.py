"""Who of several hosts is there: before they train together, and when one has gone.

TensorFlow waits for a host that never comes with no word and no end, in code that no signal
interrupts, and tells one that has gone as an error of a graph. So the hosts call each other here
first, in Python: each listens at its own address of TF_CONFIG, and keeps a connection to every
other. TensorFlow takes the addresses over once all have come; the connections stay, and end when
their process ends, however that does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import time
from collections.abc import Iterator, Sequence

from framework.core.errors import TrainingError

DEADLINE_SECONDS = 600.0
SECONDS_BETWEEN_LINES = 15.0
SECONDS_BETWEEN_TRIES = 0.25
# An end of a connection comes with TensorFlow's error, or moments later.
SECONDS_FOR_AN_END = 5.0
LONGEST_LINE = 64
HERE, READY, LOST = "here", "ready", "lost"

_log = logging.getLogger(__name__)


def deadline_seconds() -> float:
    """How long to wait for the others (default: 600; FW_HOSTS_WAIT_SECONDS)."""
    return float(os.environ.get("FW_HOSTS_WAIT_SECONDS", DEADLINE_SECONDS))


class RollCall:
    """This host, ``index`` of ``addresses`` (HOST:PORT each), and its connections to the others."""

    def __init__(self, addresses: Sequence[str], index: int) -> None:
        self.addresses, self.index = tuple(addresses), index
        hosts = [address.rpartition(":")[0] for address in addresses]
        self.names = tuple(hosts if len(set(hosts)) == len(hosts) else addresses)
        self._others: dict[int, _Connection] = {}

    def wait(self, seconds: float) -> None:
        """Until all have come, and know that all have.

        Raises
        ------
        TrainingError
            When some have not within ``seconds``: which; or when one has gone meanwhile.
        """
        start = time.monotonic()
        told = start
        strangers: list[_Connection] = []
        with self._listening() as listener:
            while self.missing:
                self._call(strangers, listener)
                now = time.monotonic()
                if now - start > seconds:
                    raise TrainingError(
                        f"{', '.join(self.missing)} did not come within {seconds:.0f} s "
                        f"(FW_HOSTS_WAIT_SECONDS), of the hosts {', '.join(self.names)}; see the "
                        "log of each for why, and whether they may connect to each other"
                    )
                if now - told >= SECONDS_BETWEEN_LINES:
                    told = now
                    _log.warning(
                        "waiting for %s (%.0f s, %.0f at most)",
                        ", ".join(self.missing),
                        now - start,
                        seconds,
                    )
        for stranger in strangers:
            stranger.close()

    @property
    def missing(self) -> list[str]:
        """Names of those that have not said that they see all others."""
        return [
            name
            for number, name in enumerate(self.names)
            if number != self.index
            and (number not in self._others or READY not in self._others[number].words)
        ]

    def gone(self, seconds: float = SECONDS_FOR_AN_END) -> str | None:
        """The name of the host that has gone, the first to; None when none has in ``seconds``.

        The others are told, so that they name the same one and not this host, which will end too.
        """
        end = time.monotonic() + seconds
        while True:
            self._read()
            ended = {n for n, one in self._others.items() if one.ended}
            blamed = {int(one.words[LOST]) for one in self._others.values() if LOST in one.words}
            silent = {n for n in ended if LOST not in self._others[n].words}
            first = min(blamed or silent, default=None)
            if first is not None:
                for one in self._others.values():
                    one.say(LOST, first)
                return self.names[first]
            if time.monotonic() >= end:
                return None
            time.sleep(0.05)

    def _call(self, strangers: list[_Connection], listener: socket.socket) -> None:
        """One try: call those before this host, hear those after it, say so when all are there."""
        for number in range(self.index):
            if number not in self._others:
                self._connect(number)
        waiting = [one.socket for one in (*strangers, *self._others.values()) if not one.ended]
        select.select([listener, *waiting], [], [], SECONDS_BETWEEN_TRIES)
        with contextlib.suppress(BlockingIOError):
            while True:
                strangers.append(_Connection(listener.accept()[0]))
        for one in list(strangers):
            one.read()
            number = int(one.words.get(HERE, -1))
            if one.ended or HERE in one.words:
                strangers.remove(one)
            if not one.ended and self.index < number < len(self.names):
                self._others[number] = one
            elif one.ended or HERE in one.words:
                one.close()
        self._read()
        for number in [n for n, one in self._others.items() if one.ended]:
            # Gone before it began: it may be started again.
            self._others.pop(number).close()
        if len(self._others) == len(self.names) - 1:
            for one in self._others.values():
                one.say(READY, self.index)

    def _connect(self, number: int) -> None:
        host, _, port = self.addresses[number].rpartition(":")
        try:
            connected = socket.create_connection((host, int(port)), timeout=1.0)
        except OSError:  # not there yet, or not even its name
            return
        self._others[number] = _Connection(connected)
        self._others[number].say(HERE, self.index)

    def _read(self) -> None:
        for one in self._others.values():
            one.read()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        port = int(self.addresses[self.index].rpartition(":")[2])
        try:
            listener = socket.create_server(("", port))
        except OSError as error:
            raise TrainingError(
                f"this host, {self.names[self.index]}, cannot listen at port {port}: "
                f"{error.strerror}; choose another in TF_CONFIG"
            ) from error
        listener.setblocking(False)
        with listener:
            yield listener


class _Connection:
    """Lines "WORD NUMBER" both ways; ``words`` are those that came, ``ended`` whether it is over."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        # A machine that is cut off closes nothing.
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.socket, self.ended = connected, False
        self.words: dict[str, str] = {}
        self._said: set[str] = set()
        self._rest = b""

    def say(self, word: str, number: int) -> None:
        """Once."""
        if word in self._said or self.ended:
            return
        self._said.add(word)
        with contextlib.suppress(OSError):
            self.socket.sendall(f"{word} {number}\n".encode())

    def read(self) -> None:
        while not self.ended:
            try:
                received = self.socket.recv(4096)
            except BlockingIOError:
                return
            except OSError:
                received = b""
            self.ended = not received
            *lines, self._rest = (self._rest + received).split(b"\n")
            self.ended = self.ended or len(self._rest) > LONGEST_LINE
            for line in lines:
                word, _, number = line.decode(errors="replace").partition(" ")
                if word in (HERE, READY, LOST) and number.isdecimal():
                    self.words[word] = number

    def close(self) -> None:
        self.socket.close()
