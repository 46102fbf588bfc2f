"""The process: how it starts, fails and stops."""

import signal
import socket
import subprocess
import threading
import time

import numpy as np

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
        while client.metric("fw_requests_in_progress") == 0:
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
    done = subprocess.run([FW, "serve", tmp_path, "--port", "0"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"Error: {tmp_path} is neither the folder of a run nor of a model"
    )
