"""One request can stop or kill the process that decides: it is told so, and the others go on."""

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.serving.conftest import ERRATIC as PLUGIN
from tests.serving.conftest import Client, children, started, waits

pytestmark = pytest.mark.slow

ENDLESS, ASLEEP, KILLED = 397, 398, 399  # cases, as the plugin has them


@pytest.fixture(scope="module")
def erratic(erratic_run):
    more = ("--model", "medical", "--request-seconds", "4")
    with started(erratic_run, *more, plugin=PLUGIN) as (process, url):
        yield process, Client(url)


def ask(client, cases):
    return client.post(np.ones((cases, 30)).tolist())


@pytest.mark.parametrize("cases", [ENDLESS, ASLEEP], ids=["endless", "asleep"])
def test_a_request_beyond_its_time_gets_504_and_the_next_one_its_answer(erratic, cases):
    _, client = erratic
    response = ask(client, cases)
    assert response.status == 504
    assert "a request may take 4 s" in response.json()["error"]
    assert ask(client, 1).status == 200
    assert client.get("/ping").status == 200


def test_ping_knows_that_there_is_no_process_that_decides(erratic):
    process, client = erratic
    assert client.get("/ping").json() == {"status": "ready"}
    (worker,) = children(process.pid)
    os.kill(worker, signal.SIGKILL)
    while client.get("/ping").status == 200:
        time.sleep(0.01)
    response = client.get("/ping")
    if response.status == 503:  # not yet started again
        assert response.json()["error"] == "the process that decides is started again"
    assert ask(client, 1).status == 200
    assert client.get("/ping").status == 200


def test_ping_knows_a_process_that_is_stuck(serve, erratic_run, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{os.environ.get('PYTHONPATH', '')}{os.pathsep}{PLUGIN}")
    monkeypatch.syspath_prepend(PLUGIN)
    client = serve(erratic_run, model="medical", request_seconds=5, stuck_seconds=0.2)
    asking = threading.Thread(target=ask, args=(client, ASLEEP))
    asking.start()
    while client.get("/ping").status == 200:
        time.sleep(0.01)
    assert "one request is in work for" in client.get("/ping").json()["error"]
    asking.join()
    assert ask(client, 1).status == 200
    assert client.get("/ping").status == 200


def test_an_idle_process_that_no_longer_answers_is_replaced(erratic):
    process, client = erratic
    assert ask(client, 1).status == 200
    (worker,) = children(process.pid)
    os.kill(worker, signal.SIGSTOP)
    assert ask(client, 1).status == 504  # it is not known whose fault it is
    assert ask(client, 1).status == 200
    assert children(process.pid) != [worker]


def test_a_request_that_kills_the_process_is_told_and_the_next_one_answered(erratic):
    _, client = erratic
    response = ask(client, KILLED)
    assert response.status == 500
    assert response.json() == {"error": "the process that decides ended; the log says how"}
    assert ask(client, 1).status == 200


def test_who_was_asked_together_with_one_that_kills_is_answered(erratic):
    process, client = erratic
    statuses = {}

    def one(cases):
        statuses[cases] = ask(client, cases).status

    # While the first is in work the others wait, and are then taken together: as many as it is killed by.
    apart = (1, 2, 3, KILLED - 5)
    threads = [threading.Thread(target=one, args=(cases,)) for cases in apart]
    assert ask(client, 1).status == 200
    (worker,) = children(process.pid)
    os.kill(worker, signal.SIGSTOP)
    for number, thread in enumerate(threads, start=1):
        thread.start()
        waits(client, "fw_requests_waiting", number)
    os.kill(worker, signal.SIGCONT)
    for thread in threads:
        thread.join()
    assert {statuses[cases] for cases in apart} == {200}
    assert "has ended with -9; another is started" in process.log.read_text()


def test_no_process_is_left_behind(erratic_run):
    with started(erratic_run, "--model", "built-in") as (process, _):
        (worker,) = children(process.pid)
        process.kill()  # without a chance to say so
        process.wait()
        while Path(f"/proc/{worker}/cmdline").exists():
            if not Path(f"/proc/{worker}/cmdline").read_bytes():
                break  # ended, and nobody's child any more
            time.sleep(0.01)
