"""A model is replaced while it is asked: no request fails, and each reply names its model."""

import json
import os
import shutil
import signal
import threading

from tests.serving.conftest import Client, children, started, waits

CASE = [[1.0] * 30]


def point(link, name):
    """As ``ln -sfn`` does it: there is no moment without a model."""
    new = link.with_name("new")
    new.symlink_to(link.with_name(name))
    new.replace(link)


def version(client):
    response = client.post(CASE)
    assert response.status == 200
    assert response.json()["model"] == response.headers["x-model"]
    return response.headers["x-model"]


def becomes(client, result):
    waits(client, f'fw_reloads_total{{result="{result}"}}', 1)


def test_on_sighup_requests_go_on_and_each_reply_names_its_model(served):
    with started(served) as (process, url):
        client, answers, stop = Client(url), [], threading.Event()

        def ask():
            own = Client(url)
            while not stop.is_set():
                response = own.post(CASE)
                answers.append((response.status, response.headers.get("x-model")))

        first = version(client)
        askers = [threading.Thread(target=ask) for _ in range(2)]
        for asker in askers:
            asker.start()
        point(served, "built-in")
        process.send_signal(signal.SIGHUP)
        becomes(client, "switched")
        second = version(client)
        stop.set()
        for asker in askers:
            asker.join()
        assert first.startswith("medical@")
        assert second.startswith("built-in@")
        assert client.get("/").json()["version"] == second
        assert set(answers) <= {(200, first), (200, second)}
        assert (200, first) in answers
        assert f"{second} is served in place of {first}" in process.log.read_text()


def test_a_new_model_that_dies_on_trial_is_rolled_back(served):
    with started(served) as (process, url):
        client = Client(url)
        old = version(client)
        before = set(children(process.pid))
        point(served, "built-in")
        process.send_signal(signal.SIGHUP)
        becomes(client, "switched")
        (new,) = set(children(process.pid)) - before
        os.kill(new, signal.SIGKILL)
        becomes(client, "rolled back")
        assert version(client) == old
        assert client.get("/ping").status == 200


def test_a_folder_that_cannot_be_loaded_changes_nothing(served):
    with started(served) as (process, url):
        client = Client(url)
        old = version(client)
        shutil.rmtree(served.with_name("built-in"))
        served.with_name("built-in").mkdir()
        point(served, "built-in")
        process.send_signal(signal.SIGHUP)
        becomes(client, "kept")
        assert version(client) == old
        assert f"{old} stays: {served} is neither the folder of a run nor of a model" in (
            process.log.read_text()
        )


def test_a_model_that_cannot_answer_what_was_asked_before_is_not_served(
    served, loans_run, cancer_run
):
    shutil.copytree(loans_run / "models" / "loans", served.with_name("loans"))
    with started(served) as (process, url):
        client = Client(url)
        old = version(client)
        point(served, "loans")
        process.send_signal(signal.SIGHUP)
        becomes(client, "kept")
        assert version(client) == old
        assert "refuses a stored request: case 1 has 30 numbers; expected " in (
            process.log.read_text()
        )


def test_watch_replaces_when_the_files_change(served):
    with started(served, "--watch") as (_, url):
        client = Client(url)
        assert version(client).startswith("medical@")
        point(served, "built-in")
        becomes(client, "switched")
        assert version(client).startswith("built-in@")


def test_watch_does_not_take_what_is_half_written(served):
    with started(served, "--watch") as (process, url):
        client = Client(url)
        old = version(client)
        half = served.with_name("half")
        shutil.copytree(served.with_name("built-in"), half)
        (half / "decision.json").write_text("{")
        point(served, "half")
        becomes(client, "kept")
        assert version(client) == old
        shutil.copy(served.with_name("built-in") / "decision.json", half)
        becomes(client, "switched")
        assert version(client).startswith("built-in@")
        assert json.loads((half / "decision.json").read_text())
        assert process.poll() is None
