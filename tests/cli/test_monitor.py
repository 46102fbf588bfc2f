"""``fw monitor``, of what a real server in a process of its own has written."""

import json
import re
import signal

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from tests.cli.calling import call
from tests.serving.conftest import Client, started

DATA = load_breast_cancer()
TRUTHS = np.array(["malignant", "benign"])[DATA.target]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A run, decisions that its server wrote, exploring, on all patients, and their outcomes."""
    folder = tmp_path_factory.mktemp("monitor")
    run = ("run", "breast_cancer", "--cost-matrix", "medical.json", "--epochs", "60")
    done = call(*run, "--no-report", "--out", folder / "run")
    assert done.exit_code == 0, done.output
    options = ("--decisions", folder / "decisions.jsonl", "--explore", "0.2")
    with started(folder / "run", *options) as (process, url):
        ids = [f"patient {k}" for k in range(len(TRUTHS))]
        body = {"instances": DATA.data.tolist(), "ids": ids}
        assert Client(url).post(body).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    rows = [f"{name},{truth}" for name, truth in zip(ids, TRUTHS, strict=True)]
    (folder / "outcomes.csv").write_text("\n".join(["id,outcome", *rows]) + "\n")
    shuffled = np.random.default_rng(0).permutation(TRUTHS)
    rows = [f"{name},{truth}" for name, truth in zip(ids, shuffled, strict=True)]
    (folder / "chance.csv").write_text("\n".join(["id,truth", *rows]) + "\n")
    return folder


def test_what_the_server_wrote_is_monitored(place):
    given = (place / "run", place / "decisions.jsonl", place / "outcomes.csv")
    done = call("monitor", *given, "--out", place / "out", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told == json.loads((place / "out" / "monitor.json").read_text())
    assert (told["n"], told["known"], told["alarm"]["raised"]) == (569, 569, False)
    lines = [json.loads(line) for line in (place / "decisions.jsonl").read_text().splitlines()]
    assert told["promised_dollars_per_case"] == pytest.approx(
        np.mean([line["expected_dollars"] for line in lines])
    )
    assert told["corrected_by_exploring"]
    assert told["explored_dollars_per_case"] < -1000
    # The rule's own decisions are cheaper than those that were taken, tries among them.
    assert told["estimated_dollars_per_case"] > told["dollars_per_case"]
    page = (place / "out" / "monitor.html").read_text()
    assert "No alarm" in page
    assert "mathdefault" not in page  # of the logarithmic axis
    assert not re.search(r'(?:src|href)="https?:', page)
    again = call("monitor", *given, "--out", place / "out")
    assert again.exit_code == 0
    assert "Exploring is expected to lose" in " ".join(again.stdout.split())


def test_an_alarm_is_exit_code_3(place):
    options = ("--outcome", "truth", "--out", place / "alarm")
    done = call("monitor", place / "run", place / "decisions.jsonl", place / "chance.csv", *options)
    assert done.exit_code == 3, done.output
    assert "Alarm since " in done.stdout
    assert "by more than chance explains" in (place / "alarm" / "monitor.html").read_text()


def test_one_figure_is_promised(place):
    given = (place / "run", place / "decisions.jsonl", place / "outcomes.csv")
    done = call("monitor", *given, "--promise", "1000@0.95", "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["promised_dollars_per_case"] == -1000


def test_a_mistake_is_told_in_a_sentence(place):
    done = call("monitor", place / "run", place / "outcomes.csv")
    assert done.exit_code == 2
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr
