"""What is taken while others wait, by the work that it is expected to make."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from framework.serving.admission import Admission, Estimate
from tests.serving.conftest import Client

SMALL = json.dumps([[1.0] * 30]).encode()


class Time:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def admission(clock):
    return Admission(burst_seconds=0.5, clock=clock)


def taken(admission, work, times):
    """How many of some requests are taken that come at once."""
    count = 0
    for _ in range(times):
        if admission.takes(work):
            admission.waiting += work
            count += 1
    return count


def test_an_idle_server_takes_a_request_of_any_size(admission):
    assert admission.takes(3600)


def test_a_burst_may_wait_for_half_a_second_of_work(admission):
    assert taken(admission, 0.001, 400) == 400
    assert not admission.overloaded
    assert taken(admission, 0.125, 10) == 1  # .4 s waited, now it is more than half a second
    assert admission.overloaded


def test_in_an_overload_a_request_waits_no_longer_than_its_own_work(admission, clock):
    taken(admission, 0.125, 10)
    admission.waiting = 0
    admission.started(0.125)
    clock.now += 0.025
    assert not admission.takes(0.05)
    assert admission.takes(0.1)
    clock.now += 0.0985
    assert admission.takes(0.0001)  # two milliseconds are always a short wait


def test_an_overload_ends_when_the_worker_rests(admission, clock):
    taken(admission, 0.125, 10)
    admission.waiting = 0
    for busy in (0.5, 0.5, 0.3):
        admission.started(busy)
        clock.now += busy
        admission.finished()
        clock.now += 0.55 - busy
        assert admission.overloaded
        admission.takes(0.1)
    assert not admission.overloaded


def test_several_workers_share_what_waits_and_are_overloaded_together(clock):
    admission = Admission(burst_seconds=0.5, clock=clock, workers=2)
    admission.started(60, worker=0)
    assert admission.takes(0.1)  # the other one is free
    admission.waiting = 0.9
    assert admission.takes(0.1)
    admission.started(0.25, worker=1)
    assert not admission.takes(0.1)  # .45 s each, and a quarter until one is free
    admission.waiting = 0
    for _ in range(2):  # one is busy all the time, the other one rests
        admission.finished(1)
        clock.now += 0.55
        admission.takes(0.1)
    assert not admission.overloaded


def test_an_estimate_learns_what_a_batch_costs_and_what_a_byte(clock):
    estimate = Estimate(0.001)
    assert estimate(0) == pytest.approx(0.001)
    for k in range(300):
        load = 1000 * (k % 50)
        estimate.measured(load, 0.004 + 3e-6 * load)
    assert estimate(0) == pytest.approx(0.004, rel=0.1)
    assert estimate(40_000) == pytest.approx(0.124, rel=0.1)


def test_sizes_that_hardly_differ_tell_no_slope():
    estimate = Estimate(0.001)
    for k in range(300):
        estimate.measured(1000 + k % 2, 0.001 + 0.01 * (k % 2))
    assert estimate(1000) == pytest.approx(0.006, rel=0.2)
    assert estimate(100_000) < 0.2


def test_a_burst_of_a_hundred_is_answered(cancer):
    with ThreadPoolExecutor(100) as pool:
        ready = threading.Barrier(100)

        def ask(_):
            client = Client(cancer.url)
            ready.wait()
            return client.post(SMALL).status

        assert set(pool.map(ask, range(100))) == {200}


def test_what_cannot_be_answered_soon_is_told_to_come_again(serve, cancer_run):
    client = serve(cancer_run, "medical", burst_seconds=0.001)
    rows = b"[" + b",".join([SMALL[1:-1]] * 2000) + b"]"

    def ask(_):
        response = client.post(rows)
        return response.status, response.headers.get("retry-after")

    with ThreadPoolExecutor(16) as pool:
        statuses = set(pool.map(ask, range(32)))
    assert statuses == {(200, None), (503, "1")}
    assert client.metric("fw_requests_waiting") == 0
    assert client.metric('fw_refused_total{reason="overload"}') > 0
    while client.post(SMALL).status != 200:
        time.sleep(0.1)
