"""Hosts that wait for each other, in processes of their own: one never comes, one is killed."""

import re
import signal
import socket
import sys

import pytest

from framework.core.errors import TrainingError
from framework.training.roll_call import RollCall
from tests.processes import python

from .test_hosts import free_ports, start

# As a host does, without what takes seconds: TensorFlow.
WAITS = """
import json, os, sys, time
from framework.core.errors import TrainingError
from framework.training.roll_call import RollCall, deadline_seconds
from framework.training import roll_call

roll_call.SECONDS_BETWEEN_LINES = 0.5
config = json.loads(os.environ["TF_CONFIG"])
here = RollCall(config["cluster"]["worker"], config["task"]["index"])
try:
    here.wait(deadline_seconds())
    print("all are here", flush=True)
    print(f"gone: {here.gone(60)}", flush=True)
except TrainingError as error:
    print(error, flush=True)
    sys.exit(2)
"""
# The container's entry point, with a job that trains for long.
CONTAINER = [sys.executable, "-m", "framework.container", "train"]


def waits(index, ports):
    return start(index, ports, python(WAITS))


def first_line(host):
    return host.stdout.readline().strip()


def test_hosts_that_have_come_know_of_each_other_and_of_who_has_gone_first():
    ports = free_ports(3)
    hosts = [waits(index, ports) for index in (2, 0, 1)]
    assert [first_line(host) for host in hosts] == ["all are here"] * 3
    second = hosts.pop(0)
    second.kill()
    second.communicate()
    # The others end one after the other, and do not take each other for the one who left.
    assert [first_line(host) for host in hosts] == [f"gone: 127.0.0.1:{ports[2]}"] * 2
    for host in hosts:
        host.communicate()


def test_who_is_missing_is_told_until_the_deadline(monkeypatch):
    monkeypatch.setenv("FW_HOSTS_WAIT_SECONDS", "2")
    ports = free_ports(3)
    hosts = [waits(index, ports) for index in (0, 1)]
    for host in hosts:
        told = host.communicate(timeout=60)[0]
        assert host.returncode == 2
        assert re.search(rf"waiting for .*127\.0\.0\.1:{ports[2]} \(\d s, 2 at most\)", told)
        assert f"127.0.0.1:{ports[2]} did not come within 2 s (FW_HOSTS_WAIT_SECONDS)" in told


def test_who_comes_late_is_waited_for():
    ports = free_ports(2)
    first = waits(1, ports)
    assert first_line(first) == f"waiting for 127.0.0.1:{ports[0]} (1 s, 600 at most)"
    late = waits(0, ports)
    assert first_line(late) == "all are here"
    late.kill()
    told = first.communicate(timeout=60)[0]
    late.communicate()
    assert told.endswith(f"all are here\ngone: 127.0.0.1:{ports[0]}\n")


def test_names_are_those_of_the_cluster():
    assert RollCall(["algo-1:2222", "algo-2:2223"], 0).missing == ["algo-2"]


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A folder for /opt/ml whose job would train for an hour."""
    config = tmp_path / "input/config"
    config.mkdir(parents=True)
    settings = '{"dataset": "breast_cancer", "model": "mlp", "epochs": "1000000", "folds": "1"}'
    (config / "hyperparameters.json").write_text(settings)
    monkeypatch.setenv("FW_ML_ROOT", str(tmp_path))
    return tmp_path


def told_until(host, words):
    """The lines of ``host`` until one with ``words``."""
    lines = []
    for line in host.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


@pytest.mark.slow
def test_a_container_whose_peer_never_comes_ends_at_once_on_sigterm(job, monkeypatch):
    monkeypatch.setenv("FW_HOSTS_WAIT_SECONDS", "3000")
    (absent, here) = free_ports(2)
    host = start(1, (absent, here), CONTAINER)
    told_until(host, f"waiting for 127.0.0.1:{absent} (15 s, 3000 at most)")
    host.send_signal(signal.SIGTERM)
    host.communicate(timeout=60)
    assert host.returncode == 128 + signal.SIGTERM
    assert not (job / "output/failure").exists()


@pytest.mark.slow
def test_a_host_that_is_killed_is_named_by_the_other(job):
    ports = free_ports(2)
    chief, second = (start(index, ports, CONTAINER) for index in range(2))
    told_until(chief, "first epoch after")
    second.kill()
    rest = chief.communicate(timeout=120)[0]
    second.communicate()
    assert chief.returncode == 2
    assert f"Error: 127.0.0.1:{ports[1]} has gone, so the hosts cannot go on" in rest
    reason = (job / "output/failure").read_text().splitlines()[0]
    assert reason.startswith(f"127.0.0.1:{ports[1]} has gone")


def test_a_port_that_is_taken():
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(TrainingError, match=rf"algo-1, cannot listen at port {port}: Address"):
            RollCall([f"algo-1:{port}", "algo-2:1"], 0).wait(1)
