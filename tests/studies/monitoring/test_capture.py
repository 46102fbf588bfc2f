"""Data capture, in the words of SageMaker's developer guide (model-monitor-data-capture-endpoint)."""

import base64
import csv
import io
import json

import pytest

from framework import load
from framework.studies.monitoring.decisions import read_decisions
from tests.studies.monitoring.conftest import DATA

LABELS = ("benign", "malignant")


def side(mode, kind, data, encoding):
    return {"observedContentType": kind, "mode": mode, "data": data, "encoding": encoding}


def line(given, answered, **metadata):
    about = {"eventId": "e-1", "inferenceTime": "2026-01-05T13:36:30Z", **metadata}
    data = {"endpointInput": given, "endpointOutput": answered}
    return {"captureData": data, "eventMetadata": about, "eventVersion": "0"}


@pytest.fixture(scope="module")
def records(cancer_run):
    return list(load(cancer_run).answer(DATA.data[:3]).records())


@pytest.fixture(scope="module")
def table(cancer_run):
    """The answers as CSV: header and rows."""
    answers = load(cancer_run).answer(DATA.data[:3])
    return [answers.header, *answers.rows()]


def as_csv(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def read(tmp_path, *lines):
    path = tmp_path / "capture" / "endpoint" / "AllTraffic" / "2026" / "a.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    return read_decisions(tmp_path / "capture", LABELS)


NAMED = [{"id": f"c{k}", "a": k, "kind": "x"} for k in range(3)]


def test_json_with_cases_by_name(tmp_path, records):
    given = side("INPUT", "application/json", json.dumps({"instances": NAMED}), "JSON")
    body = json.dumps({"model": "m@1", "cost_matrix": "c", "predictions": records})
    found = read(tmp_path, line(given, side("OUTPUT", "application/json", body, "JSON")))
    assert [one.id for one in found.cases] == ["c0", "c1", "c2"]
    assert [one.decision for one in found.cases] == [one["decision"] for one in records]
    assert found.cases[1].probabilities == records[1]["probabilities"]
    assert found.cases[1].inputs == {"a": 1, "kind": "x"}
    assert found.cases[1].columns == {"a": 1.0}
    assert found.cases[0].model == "m@1"
    assert found.cases[0].day == pytest.approx(20458 + 13.608333 / 24)


@pytest.mark.parametrize("header", [True, False])
def test_csv_with_and_without_a_header(tmp_path, records, table, header):
    given = side("INPUT", "text/csv", "1,2\n3,4\n5,6\n", "CSV")
    text = as_csv(table if header else table[1:])
    answered = side("OUTPUT", "text/csv; charset=utf-8", text, "CSV")
    found = read(tmp_path, line(given, answered))
    assert [one.id for one in found.cases] == ["e-1/0", "e-1/1", "e-1/2"]
    for one, record in zip(found.cases, records, strict=True):
        assert one.decision == record["decision"]
        assert one.probabilities == pytest.approx(record["probabilities"])


def test_base64_and_an_inference_id(tmp_path, records):
    def packed(text):
        return base64.b64encode(text.encode()).decode()

    given = side("INPUT", "application/jsonlines", packed('{"a": 1}\n'), "BASE64")
    body = packed(json.dumps(records[0]) + "\n")
    answered = side("OUTPUT", "application/jsonlines", body, "BASE64")
    found = read(tmp_path, line(given, answered, inferenceId="loan-7"))
    assert [one.id for one in found.cases] == ["loan-7"]
    assert found.cases[0].inputs == {"a": 1}


def test_csv_cases_with_ids(tmp_path, table):
    given = side("INPUT", "text/csv", "id,a\nx,1\ny,2\nz,3\n", "CSV")
    answered = side("OUTPUT", "text/csv", as_csv(table), "CSV")
    found = read(tmp_path, line(given, answered))
    assert [one.id for one in found.cases] == ["x", "y", "z"]
    assert found.cases[2].columns == {"a": 3.0}


def test_ids_beside_the_cases_and_a_matrix_of_the_request(tmp_path, records):
    content = {"instances": [[1], [2], [3]], "ids": ["u", "v", 3], "cost_matrix": {"costs": []}}
    given = side("INPUT", "application/json", json.dumps(content), "JSON")
    body = json.dumps({"model": "m", "predictions": records})
    found = read(tmp_path, line(given, side("OUTPUT", "application/json", body, "JSON")))
    assert [one.id for one in found.cases] == ["u", "v", "3"]
    assert all(one.own_costs for one in found.cases)


@pytest.mark.parametrize(
    "answered",
    [
        side("OUTPUT", "application/json", '{"error": "no"}', "JSON"),
        side("OUTPUT", "text/csv", "0.0254181120544672", "CSV"),
        side("OUTPUT", "application/octet-stream", "AAA=", "BASE64"),
        None,
    ],
)
def test_answers_that_tell_no_decision_are_counted(tmp_path, records, answered):
    given = side("INPUT", "text/csv", "1,2\n", "CSV")
    body = json.dumps({"model": "m", "predictions": records[:1]})
    good = line(given, side("OUTPUT", "application/json", body, "JSON"))
    found = read(tmp_path, line(given, answered), good)
    assert (len(found.cases), found.unread) == (1, 1)
    assert "1 captured answer told no decisions" in found.notes()[0]
