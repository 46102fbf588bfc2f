"""The process: how it starts, fails and stops."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time

import numpy as np

from tests.conftest import changeable_copy
from tests.serving.conftest import FW, Client, started
from tests.serving.test_tables import npy


def test_sigterm_lets_a_request_in_work_finish(signs_run):
    body = npy(np.zeros((8000, 32, 32, 3), np.uint8))
    with started(signs_run, "--model", "road safety") as (process, url):
        client, answers = Client(url), []

        def ask():
            answers.append(client.post(body, "application/x-npy", "text/csv"))

        asking = threading.Thread(target=ask)
        asking.start()
        while client.metric("fw_requests_waiting") == 0:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        asking.join()
        assert answers[0].status == 200
        assert len(answers[0].data.splitlines()) == 8001
        assert process.wait(10) == 0


def test_a_mistake_at_the_start_is_one_sentence_and_exit_code_2(cancer_run, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [FW, "serve", cancer_run, "--port", port], capture_output=True, text=True
        )
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: cannot listen on 127.0.0.1 port {port}")
    assert len(done.stderr.splitlines()) == 1
    probe = "import sys; sys.modules['uvicorn'] = None; from framework.cli.main import main; main()"
    command = [sys.executable, "-c", probe, "serve", str(cancer_run), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == (
        "Error: serving needs the package uvicorn: pip install 'cost-matrix-framework[serve]'\n"
    )
    done = subprocess.run([FW, "serve", tmp_path, "--port", "0"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"Error: {tmp_path} is neither the folder of a run nor of a model"
    )


def test_what_nobody_foresaw_is_a_500_and_the_server_goes_on(serve, cancer_run, tmp_path, caplog):
    changeable_copy(cancer_run / "models" / "medical", tmp_path / "model")
    decision = json.loads((tmp_path / "model" / "decision.json").read_text())
    decision["parameters"] = {"unheard_of": 1}
    (tmp_path / "model" / "decision.json").write_text(json.dumps(decision))
    client = serve(tmp_path / "model")
    response = client.post([[1.0] * 30])
    assert response.status == 500
    assert response.json() == {"error": "the server failed; its log says why"}
    assert "unheard_of" in caplog.text
    assert client.post([[1.0] * 29]).status == 400
