"""The door for a table: from a file to a report, decisions and a server, without a plugin."""

import csv
import io
import json

import numpy as np
import pandas
import polars
import pyarrow
import pytest

from framework import ConfigError, DataError, explain, load, train
from framework.data.reading import read_table
from framework.experiment.stored_runs.stored_run import read_run
from framework.serving.bodies import Bodies
from tests.tickets import tickets, write_csv

COSTS = ("--cost", "*->*=10", "--cost", "urgent->*=500")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A folder with tickets.csv and the run "out" of it."""
    from click.testing import CliRunner

    from framework.cli.main import main

    folder = tmp_path_factory.mktemp("tickets")
    path = write_csv(folder / "tickets.csv", tickets())
    arguments = ["run", str(path), "--target", "priority", *COSTS, "--groups", "customer"]
    arguments += ["--text", "note", "--epochs", "3", "--out", str(folder / "out"), "--drop", "size"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return folder, result.output


def raw(folder):
    with (folder / "tickets.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_schema_is_told_before_training(run):
    _, output = run
    first = output.splitlines()[0]
    assert first.startswith("8 columns: 1 number, 1 boolean, 1 category (4 levels), 1 date, 1 text")
    second, third, *_ = output.splitlines()[1:]
    assert second == "number: agents; boolean: vip; category: channel; date: opened; text: note"
    assert third == 'cases of one "customer" stay on one side of every split'
    assert "left out: ticket (all different), size (as asked), currency (always the same)" in first


def test_figures_and_a_report_come_out(run):
    folder, output = run
    stored = read_run(folder / "out")
    assert stored.labels == ("high", "low", "urgent")
    assert stored.matrix.costs.tolist() == [[0, 10, 10], [10, 0, 10], [500, 500, 0]]
    assert (folder / "out/report.html").is_file()
    assert "Served:" in output


def test_one_schema_serves_every_door_to_the_last_bit(run):
    """The raw training table through training's file, frames, CSV and JSON requests."""
    folder, _ = run
    model = load(folder / "out")
    rows = raw(folder)
    expected = model.cases(read_table(folder / "tickets.csv"))
    frame = {name: [row[name] or None for row in rows] for name in rows[0]}
    for library in (pandas.DataFrame, polars.DataFrame, pyarrow.table):
        np.testing.assert_array_equal(model.cases(library(frame)), expected)
    bodies = Bodies(model)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    body = json.dumps([{key: value or None for key, value in row.items()} for row in rows])
    for content_type, content in (("text/csv", text.getvalue()), ("application/json", body)):
        found = bodies.read(content_type, {}, content.encode()).X
        np.testing.assert_array_equal(found, expected)


def test_numbers_and_yes_or_no_may_come_as_such_in_json(run):
    folder, _ = run
    model = load(folder / "out")
    row = raw(folder)[0] | {"agents": 3}
    text = model.cases(pandas.DataFrame([row | {"agents": "3"}]))
    found = Bodies(model).read("application/json", {}, json.dumps([row]).encode()).X
    np.testing.assert_array_equal(found, text)


def test_predict_keeps_columns_and_writes_a_new_file(run, cli):
    folder, _ = run
    arguments = [str(folder / "out"), str(folder / "tickets.csv"), "--keep", "ticket"]
    result = cli("predict", *arguments, "--keep", "size", "--out", "decided.csv")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    with open("decided.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["ticket"], row["size"]) for row in rows] == [
        (row["ticket"], row["size"]) for row in raw(folder)
    ]
    again = cli("predict", *arguments, "--out", "decided.csv")
    assert again.exit_code == 2
    assert "decided.csv exists already" in again.stderr
    assert "lacks 1 of 1 columns: none" in cli("predict", *arguments[:2], "--keep", "none").stderr


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("none/d.csv", "--out none/d.csv: there is no folder none; make it, or name another"),
        (
            "d.xlsx",
            "--out d.xlsx: what is written is CSV or Parquet; name a file that ends in .csv or",
        ),
    ],
)
def test_where_nothing_can_be_written_is_told_before_anything_is_decided(run, cli, out, message):
    folder, _ = run
    done = cli("predict", str(folder / "out"), str(folder / "tickets.csv"), "--out", out)
    assert done.exit_code == 2
    assert message in done.stderr


def test_what_is_new_in_a_table_is_told(run, cli):
    folder, _ = run
    rows = [row | {"channel": "pigeon", "extra": 1} for row in tickets(3)]
    path = write_csv(folder / "new.csv", rows, delimiter=",")
    result = cli("predict", str(folder / "out"), str(path))
    assert result.exit_code == 0, result.output
    assert "Not features, ignored: extra" in result.stderr
    assert '"channel": never seen in training, so it tells nothing: pigeon' in result.stderr


def test_a_request_is_read_as_a_file_is(run, caplog):
    """Semicolons, another encoding, other words for yes; a level that is new is in the log."""
    folder, _ = run
    model = load(folder / "out")
    bodies = Bodies(model)
    rows = [row | {"channel": "Büro", "vip": "true"} for row in tickets(6)[:2]]
    path = write_csv(folder / "latin.csv", rows, encoding="latin-1")
    content = path.read_bytes()
    found = bodies.read("text/csv", {"charset": "iso-8859-1"}, content).X
    np.testing.assert_array_equal(found, model.cases(read_table(path)))
    assert '"channel": never seen in training: Büro' in caplog.text
    with pytest.raises(
        DataError, match=r"is not UTF-8 text .* say how it is written: text/csv; charset"
    ):
        bodies.read("text/csv", {}, content)
    with pytest.raises(DataError, match="charset=klingon is unknown"):
        bodies.read("text/csv", {"charset": "klingon"}, content)
    with pytest.raises(DataError, match=r'lacks 1 of 5 columns: vip; .* .did you mean "vips"..'):
        bodies.read("text/csv", {}, content.replace(b"vip", b"vips").decode("latin-1").encode())
    bare = io.StringIO()
    csv.writer(bare, delimiter=";").writerow(rows[0][name] for name in model.column_names)
    (row,) = bodies.read("text/csv", {}, bare.getvalue().encode()).X
    np.testing.assert_array_equal(row, found[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"agents": "many"}, "case 2, \"agents\": expected a number, received 'many'"),
        ({"opened": "soon"}, 'case 2, "opened": expected a date like 31.12.2026, received'),
        ({"vip": "perhaps"}, 'case 2, "vip": expected yes or no, received'),
        ({"vipp": "yes"}, "1 columns are unknown to the model: vipp; leave them out"),
    ],
)
def test_a_wrong_cell_of_a_request_names_case_column_and_value(run, change, message):
    folder, _ = run
    rows = tickets(3)
    rows[1] |= change
    with pytest.raises(DataError) as error:
        Bodies(load(folder / "out")).read("application/json", {}, json.dumps(rows).encode())
    assert message in str(error.value)


def test_a_run_of_a_table_can_be_explained_compared_and_repeated(run, cli):
    folder, _ = run
    explained = cli("explain", str(folder / "out"), "--repeats", "2")
    assert explained.exit_code == 0, explained.output
    features = json.loads((folder / "out/importance.json").read_text())
    assert "channel" in json.dumps(features)
    assert cli("compare", str(folder / "out")).exit_code == 0
    page = (folder / "out/report.html").read_text()
    assert "--target priority" in page
    assert "--column" not in page
    assert "cases of one “customer” kept together" in page
    assert "<dt>Boolean</dt><dd>vip</dd>" in page


def test_a_table_is_swept(run, cli):
    folder, _ = run
    path = str(folder / "tickets.csv")
    scale = "cell=urgent->*:x1..x2"
    result = cli(
        *("sweep", path, "--target", "priority", *COSTS, "--scale", scale),
        *("--points", "2", "--epochs", "2", "--folds", "1", "--out", "swept"),
    )
    assert result.exit_code == 0, result.output


def test_a_first_matrix_for_the_labels_of_a_table(run, cli):
    folder, _ = run
    path = str(folder / "tickets.csv")
    made = cli("matrix", "new", path, "--target", "priority")
    assert made.stdout == ("truth\\decision,high,low,urgent\nhigh,0,1,1\nlow,1,0,1\nurgent,1,1,0\n")
    cut = cli(
        "matrix", "new", path, "--target", "agents", "--cut", "2,5", "--ordinal", "--out", "m"
    )
    assert "fw run" in cut.stdout
    with open("m.csv") as file:
        assert file.read().splitlines()[1:] == ["up to 2,0,1,2", "2 to 5,1,0,1", "above 5,2,1,0"]
    assert "which column" in cli("matrix", "new", path).stderr


def test_a_data_frame_is_trained_as_its_file_is(run, elsewhere):
    """One path: the same cells, from a file and from a frame, give the same figures."""
    folder, _ = run
    frame = pandas.DataFrame([{k: v or None for k, v in row.items()} for row in raw(folder)])
    settings = {"cost": ["*->*=10", "urgent->*=500"], "groups": "customer", "drop": "size"}
    result = train(frame, target="priority", text="note", epochs=3, out="frame", **settings)
    stored = read_run(folder / "out")
    for model in result.models:
        (same,) = [one for one in stored.models if one.name == model.name]
        np.testing.assert_array_equal(model.decisions, same.decisions)
    page = (result.run_dir / "report.html").read_text()
    assert "given in Python, as a data frame" in page
    with pytest.raises(ConfigError, match="given in Python, as a data frame, and is not at hand"):
        explain(result.run_dir)


def test_without_costs_both_ways_to_state_them_are_told(run, cli):
    folder, _ = run
    path = str(folder / "tickets.csv")
    told = cli("run", path, "--target", "priority").stderr
    assert 'State it for the labels high, low, urgent: --cost "*->*=1" --cost "low->high=5"' in told
    assert f"fw matrix new {path} --target priority > costs.csv" in told
