"""Decisions that a server writes: a real server in a process, and the file it leaves."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from framework import load
from framework.core.errors import ConfigError
from framework.serving.decision_log import DecisionLog
from framework.serving.metrics import Metrics
from framework.serving.recording import Recording
from tests.serving.conftest import FW, Client, started, waits


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def counted(metrics, name):
    """How many decisions are written, or are not."""
    lines = metrics.text().decode().splitlines()
    return next(float(one.split()[-1]) for one in lines if one.startswith(f"fw_decisions_{name}_"))


def stopped(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_each_case_is_a_line_by_the_time_the_server_ends(
    cancer_run, patients, cancer_model, tmp_path
):
    path = tmp_path / "decisions.jsonl"
    rows = patients.X[:7].tolist()
    with started(cancer_run, "--model", "medical", "--decisions", path) as (process, url):
        client = Client(url)
        answered = client.post({"instances": rows, "ids": [f"p{k}" for k in range(7)]})
        assert answered.status == 200
        names = dict(zip(cancer_model.column_names, rows[0], strict=True))
        told = client.post(json.dumps({"id": 99, **names}).encode(), "application/jsonlines")
        assert told.status == 200
        alone = client.post(rows[:1])
        stopped(process)
    found = read(path)
    assert [one["id"] for one in found] == [
        *(f"p{k}" for k in range(7)),
        "99",
        alone.headers["X-Request-Id"],
    ]
    stated = cancer_model.stated_proba(patients.X[:7])
    for one, told, p in zip(found, answered.json()["predictions"], stated, strict=False):
        assert one["decision"] == told["decision"]
        assert one["probabilities"] == told["probabilities"]
        assert list(one["probabilities"].values()) == pytest.approx(p.tolist())
        assert one["expected_dollars"] == told["expected_dollars"][told["decision"]]
        assert one["cost_matrix"] == answered.json()["cost_matrix"]
        assert one["model"] == answered.json()["model"]
        assert "odds" not in one
        assert one["time"].endswith("Z")
    # The same features have the same digest, however they came.
    assert found[0]["inputs"] == found[7]["inputs"] == found[8]["inputs"] != found[1]["inputs"]


def test_of_the_inputs_only_what_costs_depend_on_is_written(cancer_run, loans_run, tmp_path):
    """As objects their columns have names; the log is no copy of them."""
    amounts = [{"a": 0.1 * k, "b": 1.0, "c": -1.0, "amount": 10.0 * k} for k in range(3)]
    with started(loans_run, "--decisions", tmp_path / "loans.jsonl") as (process, url):
        assert Client(url).post(amounts).status == 200
        stopped(process)
    assert [one["columns"] for one in read(tmp_path / "loans.jsonl")] == [
        {"amount": row["amount"]} for row in amounts
    ]
    row = dict.fromkeys(load(cancer_run).column_names, 1.0)
    with started(cancer_run, "--decisions", tmp_path / "cancer.jsonl") as (process, url):
        assert Client(url).post([row]).status == 200
        stopped(process)
    (one,) = read(tmp_path / "cancer.jsonl")
    assert "columns" not in one


def test_a_column_id_of_csv_and_the_header_of_the_request_are_ids(cancer_run, patients, tmp_path):
    folder = tmp_path / "log"
    folder.mkdir()
    names = patients.feature_names
    csv = ",".join(["id", *names]) + "\n"
    csv += "".join(f"case {k}," + ",".join(map(str, patients.X[k])) + "\n" for k in range(2))
    with started(cancer_run, "--decisions", folder) as (process, url):
        client = Client(url)
        assert client.post(csv.encode(), "text/csv").status == 200
        headers = {"Content-Type": "application/json", "X-Request-Id": "r-1"}
        body = json.dumps(patients.X[:2].tolist()).encode()
        client.pool.request("POST", f"{url}/invocations", headers=headers, body=body)
        waits(client, "fw_decisions_logged_total", 4)
        stopped(process)
    (path,) = folder.glob("decisions-*.jsonl")
    assert [one["id"] for one in read(path)] == ["case 0", "case 1", "r-1/0", "r-1/1"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"instances": [[1.0] * 30], "ids": ["a", "b"]}, "expected a list of 1"),
        ({"instances": [[1.0] * 30], "ids": [""]}, "expected text of at most 200"),
        ({"instances": [[1.0] * 30], "ids": [True]}, "expected text of at most 200"),
    ],
)
def test_ids_that_are_none_are_refused(cancer, body, told):
    refused = cancer.post(body)
    assert refused.status == 400
    assert told in refused.json()["error"]


def test_some_with_an_id_and_some_without_are_refused(cancer, patients):
    names = dict(zip(patients.feature_names, patients.X[0].tolist(), strict=True))
    refused = cancer.post([{**names, "id": 1}, names])
    assert refused.status == 400
    assert 'case 2 has no "id", but others do' in refused.json()["error"]


def test_exploring_tries_other_decisions_with_the_odds_that_are_written(
    cancer_run, patients, tmp_path
):
    path = tmp_path / "decisions.jsonl"
    with started(cancer_run, "--decisions", path, "--explore", "0.4") as (process, url):
        answers = Client(url).post(patients.X.tolist()).json()["predictions"]
        stopped(process)
    found = read(path)
    assert [one["decision"] for one in found] == [one["decision"] for one in answers]
    tried = [one["decision"] != one["rule_decision"] for one in found]
    # Half of the 40 % that are drawn from two: 569 times 0.2.
    assert sum(tried) == pytest.approx(114, abs=4 * np.sqrt(569 * 0.2 * 0.8))
    for one, answer in zip(found, answers, strict=True):
        other = next(name for name in one["probabilities"] if name != one["rule_decision"])
        assert one["odds"] == pytest.approx({one["rule_decision"]: 0.8, other: 0.2})
        random = one["decision"] != one["rule_decision"]
        assert (answer["decided_by"] == "tried at random") == random


def test_nothing_is_tried_that_costs_too_much(cancer_run, patients, tmp_path):
    path = tmp_path / "decisions.jsonl"
    options = ("--decisions", path, "--explore", "1", "--explore-within", "1000")
    with started(cancer_run, *options) as (process, url):
        answers = Client(url).post(patients.X.tolist()).json()["predictions"]
        stopped(process)
    for one, answer in zip(read(path), answers, strict=True):
        dollars = answer["expected_dollars"]
        best = dollars[one["rule_decision"]] if "rule_decision" in one else None
        if best is not None:
            assert all(dollars[name] >= best - 1000 for name in one["odds"])
    assert Counter(one["decided_by"] for one in answers)["tried at random"] < 200


def test_a_full_disk_breaks_no_answer(cancer_run, patients, tmp_path):
    # A limit on the size of files is a full disk that needs no root: writing fails half way, too.
    path = tmp_path / "decisions.jsonl"
    run = f"ulimit -f 2; exec {FW} serve {cancer_run} --port 0 --decisions {path}"
    code = (
        "import os, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"os.execvp('bash', ['bash', '-c', {run!r}])"
    )
    log = tmp_path / "log"
    with log.open("w") as file:
        process = subprocess.Popen([sys.executable, "-c", code], stderr=file)
    try:
        while "Serving" not in log.read_text():
            assert process.poll() is None, log.read_text()
        url = log.read_text().split(" on ")[1].split()[0]
        client = Client(url)
        for _ in range(3):
            assert client.post(patients.X[:20].tolist()).status == 200
        waits(client, "fw_decisions_unlogged_total", 20)
        assert client.post(patients.X[:1].tolist()).status == 200
        assert client.get("/ping").status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
    assert log.read_text().count("decisions are answered but not written") == 1


def test_writing_goes_on_when_there_is_room_again(tmp_path):
    path, metrics = tmp_path / "log.jsonl", Metrics()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    log = DecisionLog(path, metrics)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (15, hard))
        log.write(b'{"id": 1}\n')
        log.write(b'{"id": 2}\n{"id": 3}\n')
        while counted(metrics, "unlogged") < 2:
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    log.write(b'{"id": 4}\n')
    log.close()
    whole = path.read_text().splitlines()
    assert (whole[0], whole[-1]) == ('{"id": 1}', '{"id": 4}')
    assert len(whole) == 3  # what was left of the second is a line of its own
    assert counted(metrics, "logged") == 2


def test_a_folder_gets_a_new_file_when_one_is_large(tmp_path, monkeypatch):
    monkeypatch.setattr("framework.serving.decision_log.ROTATED_BYTES", 20)
    log = DecisionLog(tmp_path, Metrics())
    for k in range(5):
        log.write(b'{"id": %d}\n' % k)
    log.close()
    files = sorted(tmp_path.glob("*.jsonl"))
    assert [len(path.read_text().splitlines()) for path in files] == [2, 2, 1]


@pytest.mark.slow
def test_a_queue_that_grows_too_long_loses_lines_and_counts_them(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # which nobody reads from
    metrics = Metrics()
    log = DecisionLog(pipe, metrics)
    line = b'{"id": "' + b"x" * 2**20 + b'"}\n'
    for _ in range(80):
        log.write(line)
    assert counted(metrics, "unlogged") >= 10
    os.close(reader)
    log.close()


def test_what_nothing_can_be_written_to_is_told_before_anything_is_served(cancer_run, tmp_path):
    done = subprocess.run(
        [FW, "serve", cancer_run, "--decisions", tmp_path / "none" / "x.jsonl", "--port", "0"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "nothing can be written to" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((None, 0.1), "what is tried has to be written"),
        (("x", 1.5), "a share of the cases from 0 to 1"),
        (("x", 0.1, -1.0), "expected dollars, 0 or more"),
        (("x", 0.0, 5.0), "goes with explore"),
    ],
)
def test_settings_that_mean_nothing_are_refused(arguments, told):
    with pytest.raises(ConfigError, match=told):
        Recording.of(*arguments)


def test_the_container_is_told_by_its_environment():
    told = {"FW_DECISIONS": "/log", "FW_EXPLORE": "0.02", "FW_EXPLORE_WITHIN": "50"}
    found = Recording.from_environment(told)
    assert (str(found.decisions), found.explore, found.explore_within) == ("/log", 0.02, 50)
    assert Recording.from_environment({}) is None
    with pytest.raises(ConfigError, match="FW_EXPLORE: expected a number, received 'much'"):
        Recording.from_environment({"FW_DECISIONS": "/log", "FW_EXPLORE": "much"})
