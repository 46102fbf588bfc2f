"""Bodies with columns that have types, Parquet and Arrow: decided like any other, within the same limits."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framework import DataError, RunConfig, load, run
from framework.data.reading import read_table
from framework.serving.columnar import read_arrow, read_parquet
from tests.tickets import tickets, write_csv

PARQUET = "application/x-parquet"
FILE, STREAM = "application/vnd.apache.arrow.file", "application/vnd.apache.arrow.stream"


def parquet(table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def stream(table, compression=None):
    return _arrow(table, pa.ipc.new_stream, compression)


def file(table, compression=None):
    return _arrow(table, pa.ipc.new_file, compression)


def _arrow(table, new, compression):
    out = io.BytesIO()
    with new(out, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return out.getvalue()


WRITTEN = {
    "parquet": (PARQUET, parquet),
    "parquet, zstd": (PARQUET, lambda table: parquet(table, compression="zstd")),
    "arrow file": (FILE, file),
    "arrow file, lz4": (FILE, lambda table: file(table, "lz4")),
    "arrow stream": (STREAM, stream),
    "arrow stream, zstd": (STREAM, lambda table: stream(table, "zstd")),
}


def of_patients(patients, rows):
    """Columns in another order, of several types of numbers."""
    kinds = (pa.float64(), pa.float32(), pa.decimal128(12, 4))
    return pa.table(
        {
            name: pa.array(patients.X[:rows, k].round(4).tolist()).cast(kinds[k % 3])
            for k, name in reversed(list(enumerate(patients.feature_names)))
        }
    )


@pytest.mark.parametrize("form", WRITTEN)
def test_a_body_gets_the_models_answers(cancer, cancer_model, patients, form):
    content_type, written = WRITTEN[form]
    response = cancer.post(written(of_patients(patients, 40)), content_type)
    assert response.status == 200, response.data
    expected = cancer_model.predict(patients.X[:40].round(4)).tolist()
    assert [one["decision"] for one in response.json()["predictions"]] == expected


@pytest.mark.parametrize(
    "read",
    [lambda t: read_parquet(parquet(t)), lambda t: read_arrow(file(t), is_file=True)],
    ids=["parquet", "arrow"],
)
def test_columns_become_numbers_text_and_dates_with_their_gaps(read):
    table = pa.table(
        {
            "whole": pa.array([1, None, 3], pa.int16()),
            "yes": [True, None, False],
            "text": ["a", None, "c"],
            "levels": pa.array(["x", None, "x"]).dictionary_encode(),
            "day": pa.array([0, None, 1], pa.int32()).cast(pa.date32()),
        }
    )
    found = read(table)
    np.testing.assert_array_equal(found.columns["whole"], [1, np.nan, 3])
    assert found.columns["yes"].tolist() == ["true", None, "false"]
    assert found.columns["text"].tolist() == ["a", None, "c"]
    assert found.columns["levels"].tolist() == ["x", None, "x"]
    assert found.columns["day"].astype("datetime64[D]").astype(str).tolist() == [
        "1970-01-01",
        "NaT",
        "1970-01-02",
    ]


def rows_of(rows):
    return pa.table({"x": pa.array(np.zeros(rows))})


def levels(rows, size):
    indices = pa.array(np.zeros(rows, np.int8))
    return pa.table({"x": pa.DictionaryArray.from_arrays(indices, pa.array(["a" * size]))})


BOMBS = {
    "rows": rows_of(4_000_000),
    "text": pa.table({"x": pa.array(["a" * 1000] * 100_000)}),
    "a long level of many cells": levels(50_000, 100_000),
}


READ = {
    "parquet": lambda table: read_parquet(parquet(table, compression="zstd")),
    "file": lambda table: read_arrow(file(table, "zstd"), is_file=True),
    "stream": lambda table: read_arrow(stream(table, "zstd"), is_file=False),
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("form", READ)
def test_a_body_that_unfolds_too_far_is_refused(bomb, form):
    with pytest.raises(DataError, match=r"MB of memory; expected at most 150 MB: send fewer"):
        READ[form](BOMBS[bomb])


@pytest.mark.slow
def test_what_one_batch_unfolds_to_has_a_limit_of_its_own():
    """A gigabyte of zeros in less than one megabyte."""
    body = stream(rows_of(125_000_000), "zstd")
    assert len(body) < 2**20
    with pytest.raises(MemoryError):
        read_arrow(body, is_file=False)
    one = parquet(pa.table({"x": ["a" * 400_000_000]}), compression="zstd", use_dictionary=False)
    assert len(one) < 2**20
    with pytest.raises(MemoryError):
        read_parquet(one)
    assert len(read_arrow(stream(rows_of(1000)), is_file=False)) == 1000


NOT_SO = {
    "no Parquet": (b"x", PARQUET, "the body cannot be read as Parquet: "),
    "no file": (b"x" * 100, FILE, "the body cannot be read as an Arrow IPC file: "),
    "no stream": (b"x" * 100, STREAM, "the body cannot be read as an Arrow IPC stream: "),
    "half a Parquet file": (parquet(rows_of(1000))[:-30], PARQUET, "cannot be read as Parquet: "),
    "half a stream": (stream(rows_of(1000))[:3000], STREAM, "as an Arrow IPC stream: "),
    "no column of the model": (parquet(rows_of(2)), PARQUET, "the table lacks 30 of 30 columns: "),
    "the same, of Arrow": (stream(rows_of(2)), STREAM, "the table lacks 30 of 30 columns: "),
    "no cases": (stream(rows_of(0)), STREAM, "there are no cases"),
    "no cases of Parquet": (parquet(rows_of(0)), PARQUET, "there are no cases"),
    "a list": (stream(pa.table({"x": [[1]]})), STREAM, 'column "x": expected numbers, text, dates'),
    "a list of Parquet": (parquet(pa.table({"x": [[1]]})), PARQUET, 'column "x": expected numbers'),
    "a name twice": (
        stream(pa.Table.from_arrays([pa.array([1]), pa.array([1])], ["x", "x"])),
        STREAM,
        'two columns are called "x"; rename one of them',
    ),
}


@pytest.mark.parametrize("case", NOT_SO)
def test_a_mistake_is_told_in_one_sentence(cancer, case):
    body, content_type, message = NOT_SO[case]
    response = cancer.post(body, content_type)
    assert response.status == 400, response.data
    told = response.json()["error"]
    assert message in told
    assert "/tmp" not in told
    assert cancer.get("/ping").status == 200


def test_a_gap_and_a_column_too_many_are_named(cancer, patients):
    table = of_patients(patients, 3)
    gap = table.set_column(0, table.column_names[0], pa.array([1.0, None, 2.0]))
    for content_type, body in ((PARQUET, parquet(gap)), (STREAM, stream(gap))):
        told = cancer.post(body, content_type).json()["error"]
        assert f'case 2, "{table.column_names[0]}": expected a number, received nothing' in told
    more = table.append_column("age", pa.array([1, 2, 3]))
    for content_type, body in ((PARQUET, parquet(more)), (FILE, file(more))):
        assert (
            "1 columns are unknown to the model: age"
            in (cancer.post(body, content_type).json()["error"])
        )


def test_an_id_is_no_unknown_column(cancer, patients):
    table = of_patients(patients, 3).append_column("id", pa.array([7, 8, 9]))
    for content_type, body in ((PARQUET, parquet(table)), (STREAM, stream(table))):
        assert cancer.post(body, content_type).status == 200
    gap = of_patients(patients, 2).append_column("id", pa.array(["a", None]))
    assert 'case 2, "id": expected' in cancer.post(parquet(gap), PARQUET).json()["error"]


def test_what_costs_depend_on_comes_as_a_column(serve, loans_run):
    loans = serve(loans_run)
    table = pa.table({name: [0.5, 1.0] for name in ("a", "b", "c", "amount")})
    by_name = [dict(zip("abc", (v, v, v), strict=True)) | {"amount": v} for v in (0.5, 1.0)]
    expected = loans.post(by_name).json()["predictions"]
    for content_type, body in ((PARQUET, parquet(table)), (STREAM, stream(table))):
        assert loans.post(body, content_type).json()["predictions"] == expected
        told = loans.post(
            parquet(table.drop_columns("amount"))
            if content_type == PARQUET
            else stream(table.drop_columns("amount")),
            content_type,
        ).json()["error"]
        assert "lacks 1 of 4 columns: amount" in told


def test_a_model_of_raw_columns_takes_them_with_their_types(serve, tmp_path):
    write_csv(tmp_path / "tickets.csv", tickets(150))
    settings = {"target": "priority", "cost": ("*->*=1",), "report": False, "references": False}
    made = run(
        RunConfig(dataset=str(tmp_path / "tickets.csv"), epochs=1, out=tmp_path / "r", **settings)
    )
    client = serve(made.run_dir)
    cases = read_table(tmp_path / "tickets.csv").without(["priority"])
    expected = load(made.run_dir).predict(cases[:30]).tolist()
    table = pa.table({name: pa.array(of[:30].tolist()) for name, of in cases.columns.items()})
    for content_type, body in ((PARQUET, parquet(table)), (FILE, file(table))):
        response = client.post(body, content_type)
        assert response.status == 200, response.data
        assert [one["decision"] for one in response.json()["predictions"]] == expected
