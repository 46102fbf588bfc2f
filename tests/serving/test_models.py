"""Several models behind one address, by Amazon's contract for endpoints of many models."""

import json
import shutil
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from framework import load
from tests.serving.conftest import Client, children, started, waits

CASE = [[1.0] * 30]


class Several(Client):
    """Of one server that has models."""

    def load(self, name, url):
        body = json.dumps({"model_name": name, "url": str(url)}).encode()
        return self.pool.request("POST", f"{self.url}/models", body=body)

    def unload(self, name):
        return self.pool.request("DELETE", f"{self.url}/models/{name}")

    def invoke(self, name, rows, accept="application/json"):
        headers = {"Accept": accept, "X-Amzn-SageMaker-Target-Model": "any.tar.gz"}
        url = f"{self.url}/models/{name}/invoke"
        return self.pool.request("POST", url, json=rows, headers=headers)


@pytest.fixture(scope="module")
def root(cancer_run, tmp_path_factory):
    """As SageMaker unpacks them: NAME/model."""
    root = tmp_path_factory.mktemp("models")
    for name in ("medical", "built-in"):
        shutil.copytree(cancer_run / "models" / name, root / name / "model")
    shutil.copytree(cancer_run, root / "run" / "model")
    (root / "empty" / "model").mkdir(parents=True)
    return root


@pytest.fixture
def several(root):
    with started(root, "--models", "--request-seconds", "20") as (process, url):
        client = Several(url)
        client.process = process
        yield client


def test_models_are_loaded_listed_asked_and_unloaded(several, root, patients):
    assert several.get("/ping").json() == {"status": "ready", "models": 0}
    assert several.get("/models").json() == {"models": []}
    urls = {name: str(root / name / "model") for name in ("medical", "built-in", "run")}
    for name, url in urls.items():
        response = several.load(name, url)
        assert (response.status, response.json()) == (200, {"modelName": name, "modelUrl": url})
    assert len(children(several.process.pid)) == 3
    assert several.load("run", urls["run"]).status == 409
    assert several.get("/models/medical").json() == {
        "modelName": "medical",
        "modelUrl": urls["medical"],
    }
    assert several.get("/models/medical/about").json()["labels"] == ["benign", "malignant"]
    assert several.metric("fw_models") == 3

    X = patients.X[:50]
    for name in urls:
        response = several.invoke(name, X.tolist())
        assert response.status == 200
        assert [one["decision"] for one in response.json()["predictions"]] == (
            load(root / name / "model").predict(X).tolist()
        )
        assert several.invoke(name, [[1]]).status == 400
    assert several.metric('fw_requests_total{status="200"}') == 3

    response = several.unload("medical")
    assert (response.status, response.json()["modelName"]) == (200, "medical")
    assert len(children(several.process.pid)) == 2
    for gone in (several.unload, lambda name: several.invoke(name, CASE)):
        response = gone("medical")
        assert response.status == 404
        assert response.json()["error"] == "no model 'medical' is loaded; POST /models loads one"
    assert several.get("/models/medical").status == 404
    assert several.load("medical", urls["medical"]).status == 200


def test_the_list_comes_in_pages(several, root):
    for name in ("b", "c", "a"):
        several.load(name, root / "medical" / "model")
    seen, token = [], ""
    while True:
        page = several.get(f"/models?limit=2&next_page_token={token}").json()
        seen.append([one["modelName"] for one in page["models"]])
        if "nextPageToken" not in page:
            break
        token = page["nextPageToken"]
    assert seen == [["a", "b"], ["c"]]
    response = several.get("/models?limit=none")
    assert (response.status, response.json()["error"][:30]) == (
        400,
        "limit: expected a number from 1"[:30],
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "the body is not valid JSON"),
        (b"[]", 'expected {"model_name": "...", "url": "..."}, received'),
        (b'{"model_name": "m"}', 'expected {"model_name": "...", "url": "..."}, received'),
        (
            b'{"model_name": "m", "url": 3}',
            'expected {"model_name": "...", "url": "..."}, received',
        ),
        (b'{"model_name": "a/b", "url": "x"}', '"model_name": expected one without "/", received'),
        (b'{"model_name": "m", "url": "/etc"}', '"url": expected a folder below'),
        (b'{"model_name": "m", "url": "run/../.."}', '"url": expected a folder below'),
        (
            b'{"model_name": "m", "url": "empty/model"}',
            "is neither the folder of a run nor of a model",
        ),
        (b'{"model_name": "m", "url": "none"}', "no such folder; expected the folder of a run"),
    ],
)
def test_what_cannot_be_loaded_is_told(quick, body, message):
    response = quick.pool.request("POST", f"{quick.url}/models", body=body)
    assert response.status == 400
    assert message in response.json()["error"]
    assert quick.get("/models").json() == {"models": []}


@pytest.fixture(scope="module")
def quick(serve, root):
    return Several(serve(root, models=True).url)


def test_one_that_would_not_fit_gets_507_and_fits_when_another_is_gone(serve, root):
    """What one takes is known when it is there; of the first it is thought to be a hundred megabytes."""
    client, names = Several(serve(root, models=True, models_mb=120).url), iter("abcdefgh")
    while (response := client.load(name := next(names), "run/model")).status == 200:
        assert client.invoke(name, CASE).status == 200
    assert name != "a"
    assert response.status == 507
    told = response.json()["error"]
    assert told.startswith(f'no memory for the model "{name}": ')
    assert "of 120 MB are taken, and one takes some" in told
    assert client.invoke("a", CASE).status == 200
    client.unload("a")
    assert client.load(name, "run/model").status == 200
    assert client.metric('fw_refused_total{reason="memory"}') == 1


def test_who_loads_the_same_at_once_gets_it_once(several, root):
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(several.load("m", "run/model").status))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409]


def test_each_model_is_replaced_on_sighup(several, root, cancer_run):
    shutil.copytree(cancer_run / "models" / "medical", root / "changing")
    several.load("changing", "changing")
    several.load("other", "run/model")
    before = several.invoke("changing", CASE).headers["x-model"]
    shutil.rmtree(root / "changing")
    shutil.copytree(cancer_run / "models" / "built-in", root / "changing")
    several.process.send_signal(signal.SIGHUP)
    waits(several, 'fw_reloads_total{result="switched"}', 2)
    after = several.invoke("changing", CASE).headers["x-model"]
    assert before.startswith("medical@")
    assert after.startswith("built-in@")


def test_a_request_in_work_is_answered_before_its_model_goes(several, root, signs_run):
    shutil.copytree(signs_run, root / "signs")
    several.load("signs", "signs")
    answers = []
    rows = np.zeros((100, 32, 32, 3), int).tolist()
    asking = threading.Thread(target=lambda: answers.append(several.invoke("signs", rows)))
    asking.start()
    waits(several, "fw_requests_waiting", 1)
    assert several.unload("signs").status == 200
    asking.join()
    assert answers[0].status == 200


def test_no_process_is_left_behind(root):
    with started(root, "--models") as (process, url):
        Several(url).load("m", "run/model")
        (worker,) = children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert not Path(f"/proc/{worker}").exists()
