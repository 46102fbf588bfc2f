"""A model of a table behind `fw serve`, in a process of its own: what goes in and what comes out."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from click.testing import CliRunner

from framework import RunConfig, run
from framework.cli.main import main
from framework.experiment.stored_runs.stored_run import read_run
from framework.serving import create_app
from tests.conftest import OLD_RUN

TWO = {"name": "mine", "labels": ["malignant", "benign"], "costs": [[0, 7], [3, 1]]}


def npy(X):
    file = io.BytesIO()
    np.save(file, X)
    return file.getvalue()


def csv_text(rows, header=None):
    out = io.StringIO()
    csv.writer(out).writerows(([header] if header else []) + rows)
    return out.getvalue().encode()


def lines(rows):
    return "\n".join(map(json.dumps, rows)).encode()


def as_objects(X, names):
    return [dict(zip(names, row, strict=True)) for row in X.tolist()]


BODIES = {
    "csv": lambda X, names: ("text/csv", csv_text(X.tolist())),
    "csv with a header in another order": lambda X, names: (
        "text/csv; charset=utf-8; header=present",
        csv_text(X[:, ::-1].tolist(), names[::-1]),
    ),
    "json": lambda X, names: ("application/json", json.dumps(X.tolist()).encode()),
    "json instances": lambda X, names: (
        "application/json",
        json.dumps({"instances": X.tolist(), "cost_matrix": None}).encode(),
    ),
    "json objects": lambda X, names: (
        "Application/JSON; charset=utf-8",
        json.dumps(as_objects(X[:, ::-1], names[::-1])).encode(),
    ),
    "json lines": lambda X, names: ("application/jsonlines", lines(X.tolist()) + b"\n\n"),
    "json lines of objects": lambda X, names: (
        "application/jsonlines",
        lines(as_objects(X, names)),
    ),
    "json lines as Clarify has them": lambda X, names: (
        "application/jsonlines",
        lines([{"features": row} for row in X.tolist()]),
    ),
    "json instances as Clarify has them": lambda X, names: (
        "application/json",
        json.dumps({"instances": [{"features": row} for row in X.tolist()]}).encode(),
    ),
    "csv as Clarify has it": lambda X, names: ("text/csv", csv_text(X.tolist()).rstrip()),
    "npy": lambda X, names: ("application/x-npy", npy(X)),
    "npy in Fortran order": lambda X, names: ("application/x-npy", npy(np.asfortranarray(X))),
}


@pytest.mark.parametrize("form", BODIES)
def test_every_form_of_body_gets_the_models_answers(cancer, cancer_model, patients, form):
    X = patients.X[:20]
    content_type, body = BODIES[form](X, list(patients.feature_names))
    response = cancer.post(body, content_type)
    assert response.status == 200, response.data
    assert response.headers["content-type"] == "application/json"
    reply = response.json()
    assert reply["cost_matrix"] == "medical"
    got = reply["predictions"]
    assert [row["decision"] for row in got] == cancer_model.predict(X).tolist()
    p = cancer_model.stated_proba(X)
    np.testing.assert_allclose(
        [row["probabilities"]["malignant"] for row in got], p[:, 1], atol=1e-7
    )
    # The medical matrix by hand: QALYs lost at 100,000 USD.
    dollars = np.stack([-252_000 * p[:, 1], -1_287.67 * p[:, 0] - 35_280 * p[:, 1]], axis=1)
    expected = [list(row["expected_dollars"].values()) for row in got]
    np.testing.assert_allclose(expected, dollars, rtol=1e-6, atol=1e-6)
    margins = [row["margin_dollars"] for row in got]
    malignant = np.array([row["decision"] for row in got]) == "malignant"
    gained = dollars[:, 1] - dollars[:, 0]  # by saying malignant, where the rule may not
    np.testing.assert_allclose(margins, np.where(malignant, gained, -gained), rtol=1e-5)
    assert {row["decided_by"] for row in got} == {"threshold 0.5"}
    cheaper = [row["cheaper_by_stated_dollars"] for row in got]
    missed = (gained > 0) & ~malignant
    assert cheaper == np.where(missed, "malignant", None).tolist()
    assert missed.any()


def test_csv_answers_are_those_of_fw_predict_and_have_a_header_if_the_request_had(
    cancer, cancer_run, patients, tmp_path
):
    names, rows = list(patients.feature_names), patients.X[:50].tolist()
    (tmp_path / "cases.csv").write_bytes(csv_text(rows, names))
    arguments = ["predict", str(cancer_run), str(tmp_path / "cases.csv"), "--model", "medical"]
    predicted = CliRunner().invoke(main, arguments).stdout
    assert len(predicted.splitlines()) == 51
    response = cancer.post(csv_text(rows, names), "text/csv", "text/csv")
    assert response.headers["content-type"].startswith("text/csv")
    assert response.data.decode() == predicted
    response = cancer.post(csv_text(rows), "text/csv", "text/csv")
    assert response.data.decode().splitlines() == predicted.splitlines()[1:]


def test_json_lines_are_the_predictions_of_json(cancer, patients):
    body = patients.X[:3].tolist()
    response = cancer.post(body, accept="application/jsonlines")
    assert response.headers["content-type"] == "application/jsonlines"
    rows = [json.loads(line) for line in response.data.splitlines()]
    assert rows == cancer.post(body).json()["predictions"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/html, text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("*/*, application/json;q=0", "application/jsonlines"),
        ("application/x-npy", "application/x-npy"),
    ],
)
def test_accept_is_honoured(cancer, patients, accept, media):
    response = cancer.post(patients.X[:1].tolist(), accept=accept)
    assert response.headers["content-type"].split(";")[0] == media


def test_an_answer_as_an_array_holds_what_json_does(cancer, patients):
    body = patients.X[:40].tolist()
    response = cancer.post(body, accept="application/x-npy")
    assert response.headers["content-type"] == "application/x-npy"
    records = np.load(io.BytesIO(response.data))  # which needs no pickle
    told = cancer.post(body).json()["predictions"]
    assert records.shape == (40,)
    assert records["decision"].tolist() == [one["decision"] for one in told]
    for name in ("probabilities", "expected_dollars"):
        expected = [list(one[name].values()) for one in told]
        np.testing.assert_array_equal(records[name], expected)
    margins = [one["margin_dollars"] for one in told]
    np.testing.assert_array_equal(records["margin_dollars"], margins)


def test_who_asks_for_no_form_gets_the_one_that_the_server_was_given(serve, cancer_run, patients):
    client = serve(cancer_run, "medical", accept="application/jsonlines")
    for accept, media in (
        (None, "application/jsonlines"),
        ("*/*", "application/jsonlines"),
        ("text/*", "text/csv"),
        ("application/json", "application/json"),
    ):
        response = client.post(patients.X[:1].tolist(), accept=accept)
        assert response.headers["content-type"].split(";")[0] == media


def test_a_column_called_features_is_one(serve, tmp_path):
    """Only where the model has none of that name is it the object that Clarify puts around a row."""
    (tmp_path / "t.csv").write_text(
        "features,y\n" + "".join(f"{k % 7},{'ab'[k % 7 > 3]}\n" for k in range(60))
    )
    settings = {
        "target": "y",
        "cost": ("*->*=1",),
        "epochs": 1,
        "report": False,
        "references": False,
    }
    made = run(RunConfig(dataset=str(tmp_path / "t.csv"), out=tmp_path / "run", **settings))
    client = serve(made.run_dir)
    assert client.post([{"features": 5}]).status == 200
    response = client.post([{"features": [5]}])
    assert response.status == 400
    assert '"features": expected' in response.json()["error"]


def test_a_matrix_in_the_request_decides_by_least_expected_cost(cancer, cancer_model, patients):
    X = patients.X[:200]
    p = cancer_model.stated_proba(X)[:, 1]
    # By hand; its labels come in the other order, and a benign case costs 1 even if told so.
    cost = {"benign": 7 * p + 1 * (1 - p), "malignant": 3 * (1 - p)}
    reply = cancer.post({"instances": X.tolist(), "cost_matrix": TWO}).json()
    assert reply["cost_matrix"] == "mine"
    decisions = [row["decision"] for row in reply["predictions"]]
    assert decisions == np.where(cost["malignant"] < cost["benign"], "malignant", "benign").tolist()
    assert decisions != cancer_model.predict(X).tolist()
    got = [row["expected_dollars"]["malignant"] for row in reply["predictions"]]
    np.testing.assert_allclose(got, -cost["malignant"], atol=1e-6)
    # The next request is judged by its own matrix again, and then by the model's.
    dear = {**TWO, "costs": [[0, 7], [1e6, 0]]}
    reply = cancer.post({"instances": X.tolist(), "cost_matrix": dear}).json()
    p_malignant = [row["probabilities"]["malignant"] for row in reply["predictions"]]
    decisions = {
        row["decision"]
        for row, q in zip(reply["predictions"], p_malignant, strict=True)
        if q < 0.99
    }
    assert decisions == {"benign"}
    assert cancer.post(X.tolist()).json()["cost_matrix"] == "medical"


def test_a_matrix_in_the_request_may_price_referring(cancer, cancer_model, patients):
    X = patients.X[:200]
    matrix = {**TWO, "costs": [[0, 10], [10, 0]], "refer": 1}
    rows = cancer.post({"instances": X.tolist(), "cost_matrix": matrix}).json()["predictions"]
    unsure = np.minimum(*cancer_model.stated_proba(X).T) > 0.1
    assert 0 < unsure.sum() < len(X)
    assert [row["decision"] == "refer" for row in rows] == unsure.tolist()
    assert {round(row["expected_dollars"]["refer"], 9) for row in rows} == {-1}


def test_traffic_is_counted_for_prometheus(cancer, cancer_model, patients):
    X = patients.X[:30]
    names = [
        'fw_requests_total{status="200"}',
        "fw_rows_total",
        'fw_decisions_total{decision="malignant"}',
        "fw_expected_dollars",
        "fw_request_seconds_count",
    ]
    before = [cancer.metric(name) for name in names]
    answers = cancer.post(X.tolist()).json()["predictions"]
    after = [cancer.metric(name) for name in names]
    malignant = sum(row["decision"] == "malignant" for row in answers)
    dollars = sum(row["expected_dollars"][row["decision"]] for row in answers)
    assert malignant > 0
    np.testing.assert_allclose(
        np.subtract(after, before), [1, 30, malignant, dollars, 1], rtol=1e-6
    )


def test_what_is_served_can_be_asked(cancer, patients):
    assert cancer.get("/ping").status == 200
    about = cancer.get("/").json()
    assert (about["model"], about["dataset"]) == ("medical", "breast_cancer")
    assert about["labels"] == ["benign", "malignant"]
    assert about["input"]["columns"] == list(patients.feature_names)
    assert about["cost_matrix"]["training_costs"] == [[0, 1], [200, 0]]
    assert about["cost_sentences"][0] == 'calling a "malignant" case "benign" costs 252,000 USD'
    assert about["warnings"] == []
    assert about["versions"]["framework"]
    assert cancer.get("/execution-parameters").json()["MaxPayloadInMB"] == 1
    assert cancer.get("/nothing").json() == {"error": "Not Found"}
    assert cancer.get("/invocations").status == 405


def test_a_model_of_an_old_version_is_served(serve, patients):
    client, run = serve(OLD_RUN), read_run(OLD_RUN)
    about = client.get("/").json()
    assert (about["model"], about["versions"]["framework"]) == ("built-in + decision", "0.1.0")
    X = patients.X[[int(case) for case in run.cases]]
    rows = client.post(X.tolist()).json()["predictions"]
    expected = [run.decision_labels[k] for k in run.served.decisions]
    assert [row["decision"] for row in rows] == expected


def test_clients_at_once_get_each_their_own_answers(cancer, cancer_model, patients):
    X = patients.X[:64]
    expected = cancer_model.stated_proba(X)[:, 1]

    def ask(i):
        rows = cancer.post(X[i : i + 1].tolist()).json()["predictions"]
        return [row["probabilities"]["malignant"] for row in rows]

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(ask, range(len(X))))
    np.testing.assert_allclose(np.concatenate(got), expected, atol=1e-6)


def test_the_log_says_what_mistakes_cost_as_serving_starts(cancer_run, caplog):
    with caplog.at_level("INFO", "framework.serving"):
        create_app(cancer_run, "medical")
    (line,) = [record.getMessage() for record in caplog.records if "costs" in record.getMessage()]
    assert line.startswith('cost matrix "medical": calling a "malignant" case "benign" costs 252')


def test_a_prevalence_in_the_request_moves_probabilities_and_decides(
    cancer, cancer_model, patients
):
    X, rare = patients.X[:200], {"malignant": 0.006}
    reply = cancer.post({"instances": X.tolist(), "prevalence": rare}).json()["predictions"]
    p = cancer_model.stated_proba(X)
    weighted = p * np.array([0.994, 0.006]) / cancer_model.artifact.mix.training
    expected = weighted[:, 1] / weighted.sum(axis=1)
    got = [row["probabilities"]["malignant"] for row in reply]
    np.testing.assert_allclose(got, expected, atol=1e-6)
    assert {row["decided_by"] for row in reply} == {"least expected cost"}
    # Beside a matrix, and back again without: nothing is kept.
    both = cancer.post({"instances": X.tolist(), "prevalence": rare, "cost_matrix": TWO}).json()
    assert [row["probabilities"]["malignant"] for row in both["predictions"]] == got
    plain = cancer.post(X.tolist()).json()["predictions"]
    np.testing.assert_allclose([r["probabilities"]["malignant"] for r in plain], p[:, 1], atol=1e-6)


def test_what_is_served_tells_its_shares(cancer):
    told = cancer.get("/").json()["prevalence"]
    assert told["training"]["malignant"] == pytest.approx(0.3685, abs=1e-4)
    assert told["target"] is None
