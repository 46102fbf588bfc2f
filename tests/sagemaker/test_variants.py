"""Variants of an endpoint judged in dollars, by what SageMaker has captured of them.

The replies are those of the real server; the records around them are written as AWS's documentation
shows them.
"""

import base64
import csv
import json
import tarfile
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner
from sklearn.datasets import load_breast_cancer

from framework.cli.main import main
from framework.core.errors import DataError
from framework.core.monitoring.data_capture import captured_request
from framework.inference.folders import find_model
from framework.sagemaker.endpoints.captured import decisions_in

from .conftest import BUCKET, client, fw, ok, requests
from .serving import served

BUNCH = load_breast_cancer()
TRUTHS = [("malignant", "benign")[label] for label in BUNCH.target]
PLACE = f"s3://{BUCKET}/captured"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run whose models decide differently: with its costs, and by the most probable class."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    arguments = ["run", "breast_cancer", "--epochs", "3", "--no-report", "--out", str(folder)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def replies(run):
    """Of both models the server's replies to single cases, in each of its forms."""

    def ask(address, row, accept):
        headers = {"Content-Type": "application/json", "Accept": accept}
        body = json.dumps([list(row)]).encode()
        request = urllib.request.Request(f"{address}/invocations", body, headers)
        with urllib.request.urlopen(request) as reply:
            return reply.headers["Content-Type"], reply.read().decode()

    forms = ("application/json", "application/jsonlines", "text/csv")
    found = {}
    for variant, model in (("AllTraffic", None), ("second", "built-in")):
        with served(str(find_model(run, model))) as address:
            found[variant] = [
                ask(address, row, forms[k % 3]) for k, row in enumerate(BUNCH.data[:120])
            ]
    return found


def record(reply, name=None, time="2026-11-02T10:00:00Z", encoding=None):
    kind, text = reply
    encoding = encoding or ("CSV" if kind.startswith("text/csv") else "JSON")
    data = base64.b64encode(text.encode()).decode() if encoding == "BASE64" else text
    event = {"eventId": "8f9d", "inferenceTime": time}
    if name is not None:
        event["inferenceId"] = name
    captured = {
        "endpointInput": {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": "1\n",
            "encoding": "CSV",
        },
        "endpointOutput": {
            "observedContentType": kind,
            "mode": "OUTPUT",
            "data": data,
            "encoding": encoding,
        },
    }
    return json.dumps({"captureData": captured, "eventMetadata": event, "eventVersion": "0"})


def decided(kind, text):
    return decisions_in(captured_request(json.loads(record((kind, text)))).reply)


def store(variant, records, hour="2026/11/02/10", name="00-00-000"):
    body = "".join(f"{one}\n" for one in records).encode()
    client("s3").put_object(
        Bucket=BUCKET, Key=f"captured/live/{variant}/{hour}/{name}.jsonl", Body=body
    )


@pytest.fixture
def live(account, run):
    """An endpoint "live" with two variants that capture, whose models are there."""
    for name in ("first", "second"):
        ok("run", "breast_cancer", "--plugins-in-image", "--no-wait", "--name", name)
        job = client("sagemaker").describe_training_job(TrainingJobName=name)
        place = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{BUCKET}/")
        with tarfile.open("model.tar.gz", "w:gz") as tar:
            tar.add(find_model(run), arcname=".")
        client("s3").upload_file("model.tar.gz", BUCKET, place)
    ok("deploy", "first", "--name", "live", "--beside", "second=0.5", "--capture", PLACE)
    with open("outcomes.csv", "w", newline="") as file:
        rows = [(f"case {k}", truth) for k, truth in enumerate(TRUTHS[:120])]
        csv.writer(file).writerows([("id", "outcome"), *rows])
    return account


COMPARE = ("compare", "live", "--outcomes", "outcomes.csv", "--truth", "outcome")


def evaluated(folder, decisions):
    """What fw evaluate says of the same decisions."""
    with open("decisions.csv", "w", newline="") as file:
        rows = [(TRUTHS[int(name.split()[1])], made) for name, made in decisions.items()]
        csv.writer(file).writerows([("truth", "made"), *rows])
    matrix = str(find_model(folder) / "cost_matrix.json")
    options = ["--truth", "truth", "--decision", "made", "--cost-matrix", matrix, "--json"]
    done = CliRunner().invoke(main, ["evaluate", "decisions.csv", *options])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_shares_of_the_traffic_are_judged_by_what_was_captured(live, run, replies):
    names = [f"case {k}" for k in range(120)]
    old, new = replies["AllTraffic"][:60], replies["second"][60:]
    store("AllTraffic", map(record, old, names[:60]))
    encoded = [
        record(reply, name, encoding="BASE64") for reply, name in zip(new, names[60:], strict=True)
    ]
    store("second", encoded)
    told = json.loads(ok(*COMPARE, "--json"))
    first, second = told["deciders"]
    assert (first["name"], second["name"]) == ("AllTraffic", "second")
    assert first["share"] == second["share"] == 0.5
    made = {name: decided(*reply)[0] for reply, name in zip(old, names[:60], strict=True)}
    there = evaluated(run, made)
    assert first["dollars_per_case"] == pytest.approx(there["dollars_per_case"])
    assert first["dollars_per_case_interval"] == pytest.approx(there["dollars_per_case_interval"])
    assert told["against_the_first"][0]["paired"] is False
    shown = ok(*COMPARE)
    assert "on different cases" in shown
    assert "60 of 60" in shown
    assert "medical" in shown


def test_a_shadow_is_compared_on_the_same_cases(live, replies):
    names = [f"case {k}" for k in range(120)]
    for variant, of in replies.items():
        store(variant, map(record, of, names))
    told = json.loads(ok(*COMPARE, "--json"))
    assert told["against_the_first"][0]["shared"] == 120
    assert told["verdict"].endswith("on the same 120 cases")


def test_only_requests_since_a_time_count_and_the_last_of_an_id(live, replies):
    names = [f"case {k}" for k in range(120)]
    new, old = replies["second"], replies["AllTraffic"]
    early = [
        record(reply, name, "2026-10-01T10:00:00Z") for reply, name in zip(new, names, strict=True)
    ]
    store("AllTraffic", early, hour="2026/10/01/10")
    store("AllTraffic", map(record, old[:30], names[:30]))
    store("second", map(record, new, names))
    told = json.loads(ok(*COMPARE, "--json", "--since", "2026-11-01"))
    assert [one["n"] for one in told["deciders"]] == [30, 120]
    everything = json.loads(ok(*COMPARE, "--json"))
    assert [one["n"] for one in everything["deciders"]] == [120, 120]
    late = fw(*COMPARE, "--since", "2026-11-03")
    assert "holds no captured requests of that time yet" in late.stderr
    assert "--since: expected a day or time" in fw(*COMPARE, "--since", "yesterday").stderr


def test_requests_without_an_inference_id_are_counted(live, replies):
    names = [f"case {k}" for k in range(120)]
    store("AllTraffic", map(record, replies["AllTraffic"], [None] * 120))
    told = fw(*COMPARE)
    assert "120 requests were captured, none of them with an inference id" in told.stderr
    store("AllTraffic", map(record, replies["AllTraffic"], names), name="01-00-000")
    store("second", map(record, replies["second"], names))
    assert "120 requests came without an inference id" in fw(*COMPARE).stderr


def test_answers_in_files_are_compared_case_by_case(live, run):
    with open("new.csv", "w", newline="") as file:
        header = ["id", *BUNCH.feature_names]
        rows = [(f"case {k}", *row) for k, row in enumerate(BUNCH.data[:120])]
        csv.writer(file).writerows([header, *rows])
    for model, out in ((None, "costs.csv"), ("built-in", "equal.csv")):
        options = ["--model", model] if model else []
        done = CliRunner().invoke(main, ["predict", str(run), "new.csv", "--keep", "id", *options])
        assert done.exit_code == 0, done.output
        Path(out).write_text(done.stdout)
    files = ("compare", "costs.csv", "equal.csv", *COMPARE[2:])
    told = json.loads(ok(*files, "--cost-matrix", "medical.json", "--json"))
    assert [one["name"] for one in told["deciders"]] == ["costs", "equal"]
    assert told["against_the_first"][0]["shared"] == 120
    assert "expected one endpoint, or files alone" in fw(*files).stderr


def test_what_cannot_be_compared_is_told(live):
    assert requests(*COMPARE)
    assert "there is no endpoint gone" in fw("compare", "gone", *COMPARE[2:]).stderr
    assert "holds no captured requests yet" in fw(*COMPARE).stderr
    ok("deploy", "first", "--name", "silent")
    assert "silent captures nothing" in fw("compare", "silent", *COMPARE[2:]).stderr
    store("AllTraffic", ['{"captureData": {}}'])
    assert "a line is no captured request with its reply" in fw(*COMPARE).stderr


def test_replies_of_several_cases_have_a_decision_each():
    lines = '{"decision": "a"}\n{"decision": "b"}\n'
    assert decided("application/jsonlines", lines) == ["a", "b"]
    assert decided("text/csv; charset=utf-8", "predicted,p(a)\na,0.9\nb,0.1\n") == ["a", "b"]
    told = '{"predictions": [{"decision": "a"}, {"decision": "b"}]}'
    assert decided("application/json", told) == ["a", "b"]
    for kind, text, sentence in (
        ("text/csv", "", "is none of this framework's"),
        ("application/json", '{"score": 1}', "is none of this framework's"),
        ("application/jsonlines", '{"score": 1}', 'no "decision"'),
    ):
        with pytest.raises(DataError, match=sentence):
            decided(kind, text)
