"""Several processes decide for one model: one that is stuck, dies or is replaced holds up no other."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.serving.conftest import ERRATIC as PLUGIN
from tests.serving.conftest import Client, children, started, waits
from tests.serving.test_deadlines import ASLEEP, KILLED, ask
from tests.serving.test_replacing import becomes, point, version

pytestmark = pytest.mark.slow


@pytest.fixture
def erratic(erratic_run):
    more = ("--model", "medical", "--request-seconds", "6", "--workers", "2")
    with started(erratic_run, *more, plugin=PLUGIN) as (process, url):
        yield process, Client(url)


def test_while_one_is_stuck_the_other_answers_until_the_deadline_of_the_first(erratic):
    process, client = erratic
    assert len(children(process.pid)) == 2
    stuck = []
    asking = threading.Thread(target=lambda: stuck.append(ask(client, ASLEEP)))
    asking.start()
    waits(client, "fw_requests_waiting", 1)
    answered = 0
    while asking.is_alive():
        assert ask(client, 1).status == 200
        assert client.get("/ping").status == 200
        answered += 1
    assert stuck[0].status == 504
    assert answered > 100
    waits(client, 'fw_requests_total{status="504"}', 1)
    while len(children(process.pid)) < 2:
        time.sleep(0.02)


def test_ping_knows_when_all_are_stuck(serve, erratic_run, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{os.environ.get('PYTHONPATH', '')}{os.pathsep}{PLUGIN}")
    monkeypatch.syspath_prepend(PLUGIN)
    client = serve(erratic_run, model="medical", request_seconds=5, stuck_seconds=0.2, workers=2)
    asking = [threading.Thread(target=ask, args=(client, ASLEEP)) for _ in range(2)]
    for thread in asking:
        thread.start()
    while client.get("/ping").status == 200:
        time.sleep(0.01)
    assert "one request is in work for" in client.get("/ping").json()["error"]
    for thread in asking:
        thread.join()
    assert ask(client, 1).status == 200


def test_one_that_is_killed_by_its_request_is_started_again(erratic):
    process, client = erratic
    before = set(children(process.pid))
    assert ask(client, KILLED).status == 500
    assert ask(client, 1).status == 200
    while len(after := set(children(process.pid))) < 2:
        time.sleep(0.02)
    assert len(after & before) == 1


def test_all_are_replaced_together_and_gone_back_to_together(served):
    with started(served, "--workers", "3") as (process, url):
        client = Client(url)
        old = version(client)
        before = set(children(process.pid))
        assert len(before) == 3
        point(served, "built-in")
        process.send_signal(signal.SIGHUP)
        becomes(client, "switched")
        with ThreadPoolExecutor(8) as pool:
            new = set(pool.map(lambda _: version(Client(url)), range(64)))
        assert len(new) == 1
        assert new != {old}
        one, *_ = set(children(process.pid)) - before
        os.kill(one, signal.SIGKILL)
        becomes(client, "rolled back")
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: version(Client(url)), range(64))) == {old}
        while set(children(process.pid)) != before:
            time.sleep(0.02)


def test_what_is_in_work_when_all_are_gone_back_to_is_asked_again(erratic_run):
    with started(erratic_run, "--model", "medical", "--workers", "2", plugin=PLUGIN) as (
        process,
        url,
    ):
        client = Client(url)
        before = set(children(process.pid))
        process.send_signal(signal.SIGHUP)
        becomes(client, "switched")
        new = sorted(set(children(process.pid)) - before)
        for worker in new:
            os.kill(worker, signal.SIGSTOP)
        with ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(ask, client, 1) for _ in range(4)]
            waits(client, "fw_requests_waiting", 4)
            os.kill(new[0], signal.SIGKILL)
            assert [one.result().status for one in asking] == [200] * 4
        becomes(client, "rolled back")


def test_the_counts_are_of_all_of_them(erratic):
    _, client = erratic
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: ask(Client(client.url), 3).status, range(40))) == {200}
    assert client.metric("fw_rows_total") == 120
    assert client.metric("fw_requests_waiting") == 0
    assert np.isfinite(client.metric("fw_expected_dollars"))
