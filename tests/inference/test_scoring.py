import csv
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pandas
import polars
import pyarrow
import pytest

from framework import DataError, load, score, train
from tests.tickets import tickets, write_csv

COST = ("*->*=10", "urgent->*=500")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with tickets.csv and the run "out" of it."""
    folder = tmp_path_factory.mktemp("score")
    path = write_csv(folder / "tickets.csv", tickets())
    train(
        path,
        target="priority",
        cost=COST,
        drop=("customer",),
        epochs=2,
        report=False,
        out=folder / "out",
        progress=None,
    )
    return folder


@pytest.fixture(scope="module")
def frame(place):
    with (place / "tickets.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return pandas.DataFrame(rows).replace({"": None})


@pytest.fixture(scope="module")
def expected(place, frame):
    return load(place / "out").answer(frame).columns


def columns_of(batch):
    names = batch.column_names if isinstance(batch, pyarrow.Table) else [*batch]
    if isinstance(batch, polars.DataFrame):
        names = batch.columns
    return {name: np.asarray(batch[name]) for name in names}


@pytest.mark.parametrize(
    "kind",
    [
        lambda frame: frame,
        polars.from_pandas,
        pyarrow.Table.from_pandas,
        lambda frame: {name: frame[name].to_numpy() for name in frame.columns},
    ],
    ids=["pandas", "polars", "Arrow", "arrays"],
)
def test_a_batch_is_answered_in_its_own_form(place, frame, expected, kind):
    batch = kind(frame)
    found = score(place / "out", keep=["ticket"])(batch)
    assert type(found) is type(batch)
    columns = columns_of(found)
    assert [*columns] == ["ticket", *expected]
    assert columns["ticket"].tolist() == frame["ticket"].tolist()
    assert columns["predicted"].tolist() == expected["predicted"].tolist()
    np.testing.assert_array_equal(columns["p(urgent)"], expected["p(urgent)"])


def test_record_batches_come_and_go_one_by_one(place, frame, expected):
    whole = pyarrow.RecordBatch.from_pandas(frame, preserve_index=False)
    batches = iter([whole.slice(0, 100), whole.slice(100, 0), whole.slice(100)])
    found = list(score(place / "out", keep=["ticket"])(batches))
    assert [type(batch) for batch in found] == [pyarrow.RecordBatch] * 3
    assert [len(batch) for batch in found] == [100, 0, len(frame) - 100]
    assert len({batch.schema for batch in found}) == 1
    together = pyarrow.Table.from_batches(found)
    assert together["predicted"].to_pylist() == expected["predicted"].tolist()
    np.testing.assert_allclose(together["p(urgent)"], expected["p(urgent)"], rtol=1e-5)


def test_an_index_stays_with_its_cases(place, frame):
    some = frame[frame["vip"] == "yes"]
    assert score(place / "out")(some).index.tolist() == some.index.tolist()


def test_it_can_be_sent_where_the_run_folder_is_not(place, frame, tmp_path):
    """In another process, and after the folder has gone."""
    shutil.copytree(place / "out", tmp_path / "gone")
    sent = pickle.dumps(score(tmp_path / "gone", keep=["ticket"]))
    shutil.rmtree(tmp_path / "gone")
    (tmp_path / "score.pickle").write_bytes(sent)
    frame.to_pickle(tmp_path / "frame.pickle")
    code = (
        "import pandas, pickle\n"
        "decide = pickle.load(open('score.pickle', 'rb'))\n"
        "print(*decide(pandas.read_pickle('frame.pickle'))['predicted'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == score(place / "out")(frame)["predicted"].tolist()


def test_what_spark_must_be_told_of_its_columns(place):
    decide = score(place / "out", keep=["ticket"])
    told = decide.ddl([("ticket", "string"), ("size", "double")])
    assert told.startswith("`ticket` string, `predicted` string, `p(high)` double, `p(low)` double")
    assert decide.fields["decided_by"] == "string"
    with pytest.raises(DataError, match="expected the types of the columns that are kept: ticket"):
        decide.ddl()


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (["predicted"], 'keep: "predicted" is a column of the answers too; rename it'),
        (["nobody"], "keep: the batch has no column nobody"),
    ],
)
def test_columns_that_cannot_be_kept_are_named(place, frame, keep, message):
    with pytest.raises(DataError, match=message):
        score(place / "out", keep=keep)(frame)


def test_what_is_no_batch_is_told(place):
    with pytest.raises(DataError, match="expected a batch of Arrow, a data frame or a dictionary"):
        score(place / "out")([[1, 2]])


def test_a_prevalence_moves_the_decisions(place, frame):
    there = score(place / "out", prevalence={"urgent": 0.6})(frame)
    assert (there["p(urgent)"] > score(place / "out")(frame)["p(urgent)"]).all()
