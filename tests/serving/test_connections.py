"""Clients that send slowly, too much, or nothing at all take nothing from the others."""

import contextlib
import json
import socket
import time

import pytest

from tests.serving.conftest import Client, started, waits

GOOD = json.dumps([[1.0] * 30]).encode()
HEAD = b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
BODY = 2**22  # bytes that are announced


@pytest.fixture(scope="module")
def hurried(serve, cancer_run):
    """A server that waits half a second for a head, as long for a body, and takes 32 MB of bodies."""
    soon = {"head_seconds": 0.5, "body_seconds": 0.5, "write_seconds": 0.5, "in_flight_mb": 32}
    return serve(cancer_run, "medical", bytes_per_second=2**40, connections=20, **soon)


@contextlib.contextmanager
def connected(client, data=b"", buffer=None):
    host, port = client.url.removeprefix("http://").split(":")
    with socket.socket() as connection:
        if buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.connect((host, int(port)))
        connection.sendall(data)
        yield connection


def answer(connection):
    """All that comes until the server hangs up."""
    connection.settimeout(30)
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(2**16):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        (b"", "head"),
        (b"POST /invoc", "head"),
        (HEAD + b"X-A: b\r\n", "head"),
        (HEAD + b"Content-Length: 1048576\r\n\r\n[", "body"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n", "body"),
    ],
    ids=["nothing", "half a line", "half a head", "half a body", "half the chunks"],
)
def test_what_is_not_complete_in_time_is_given_up(hurried, sent, what):
    before = hurried.metric(f'fw_refused_total{{reason="slow {what}"}}')
    with connected(hurried, sent) as connection:
        told = answer(connection)
    assert told.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert f"the {what} of the request was not complete in 0.5 s".encode() in told
    assert hurried.metric(f'fw_refused_total{{reason="slow {what}"}}') == before + 1


def test_a_head_that_comes_byte_by_byte_gets_no_more_time(hurried):
    with connected(hurried) as connection, contextlib.suppress(OSError):
        started = time.monotonic()
        for byte in HEAD * 100:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)
    assert time.monotonic() - started < 0.02 * len(HEAD) * 100


def test_a_second_head_on_a_connection_has_a_limit_too(hurried):
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % len(GOOD) + GOOD
    with connected(hurried, whole) as connection:
        assert connection.recv(2**16).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET /pi")
        assert b"408 Request Timeout" in answer(connection)


def test_the_rest_of_a_body_that_was_refused_has_a_limit_too(hurried):
    head = HEAD.replace(b"json", b"zip") + b"Content-Length: 1048576\r\n\r\n["
    with connected(hurried, head) as connection:
        assert b"HTTP/1.1 415" in answer(connection)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /ping HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(101)) + b"\r\n",
        b"GET /ping HTTP/1.1\r\nX-A: " + b"y" * 2**16 + b"\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nX-A: " + b"y" * 2**20,
        b"GET /" + b"y" * 2**20,
    ],
    ids=["101 headers", "64 KB", "a header of 1 MB without end", "a path of 1 MB without end"],
)
def test_a_head_that_is_too_large_is_refused(hurried, head):
    with connected(hurried) as connection:
        with contextlib.suppress(OSError):  # it does not read to the end
            connection.sendall(head)
        told = answer(connection)
    assert told.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n") or not told
    assert hurried.metric('fw_refused_total{reason="head"}') >= 1
    assert hurried.get("/ping").status == 200


def test_a_hundred_headers_are_taken(hurried):
    headers = b"".join(b"X-%d: y\r\n" % i for i in range(99))
    with connected(hurried, b"GET /ping HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n") as connection:
        assert connection.recv(2**16).startswith(b"HTTP/1.1 200")


def test_half_heads_beyond_the_limit_make_room_for_who_asks(hurried):
    with contextlib.ExitStack() as open_ones:
        for _ in range(40):
            open_ones.enter_context(connected(hurried, b"GET /pi"))
        assert Client(hurried.url).get("/ping").status == 200
        assert Client(hurried.url).post(GOOD).status == 200
    assert hurried.metric('fw_refused_total{reason="connections"}') >= 20


def test_large_bodies_beyond_what_may_be_in_flight_are_refused_before_they_are_read(hurried):
    head = HEAD + b"Content-Length: %d\r\n\r\n[" % BODY
    with contextlib.ExitStack() as open_ones:
        for _ in range(8):
            open_ones.enter_context(connected(hurried, head))
        with connected(hurried, head) as ninth:
            assert ninth.recv(2**16).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert hurried.post(GOOD).status == 200  # a small one is always read
    waits(hurried, 'fw_refused_total{reason="bytes in flight"}', 1)
    assert hurried.post(b" " * BODY).status == 400  # they have gone, and their bytes with them


def test_an_answer_that_is_not_read_is_given_up(hurried):
    rows = b"[" + b",".join([GOOD[1:-1]] * 30_000) + b"]"  # more comes back than the kernel buffers
    head = HEAD + b"Content-Length: %d\r\n\r\n" % len(rows)
    with connected(hurried, head + rows, buffer=2**12):
        waits(hurried, 'fw_refused_total{reason="slow reader"}', 1)


def test_the_log_has_one_line_for_many_refusals(hurried, caplog):
    for _ in range(5):
        with connected(hurried, b"GET /ping HTTP/1.1\r\nX-A: " + b"y" * 2**17) as connection:
            answer(connection)
    told = [r.getMessage() for r in caplog.records if r.getMessage().startswith("heads beyond")]
    assert len(told) <= 1


def test_few_descriptors_are_enough_for_ping(cancer_run):
    few = ("prlimit", "--nofile=128")
    with started(cancer_run, prefix=few) as (process, url), contextlib.ExitStack() as open_ones:
        client = Client(url)
        for _ in range(200):
            open_ones.enter_context(connected(client, b"GET /pi"))
        assert client.get("/ping").status == 200
        assert "more than 80 connections: those that wait are closed" in process.log.read_text()
