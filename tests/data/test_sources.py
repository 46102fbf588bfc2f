import datetime

import numpy as np
import pandas
import pyarrow
import pyarrow.parquet
import pytest

from framework import Source
from framework.core.errors import DataError
from framework.data.sources import cells, chunks, identity
from tests.tickets import tickets, write_csv

ROWS = [
    {"x": 0.5, "name": "a", "on": True, "day": datetime.datetime(2026, 1, 2), "y": 1},
    {"x": None, "name": None, "on": False, "day": None, "y": 0},
    {"x": -3.0, "name": "b", "on": None, "day": datetime.datetime(2026, 3, 4, 5, 6), "y": None},
]


def joined(source, only=None):
    found = list(chunks(source, only))
    table = found[0].table()
    for chunk in found[1:]:
        table = table.joined(chunk.table())
    return table


def same(one, other):
    assert one.names == other.names
    for name, values in one.columns.items():
        np.testing.assert_array_equal(values, other.columns[name])


def test_parquet_json_lines_and_what_a_function_yields_are_the_same_columns(tmp_path):
    frame = pandas.DataFrame(ROWS)
    table = pyarrow.Table.from_pylist(ROWS)
    pyarrow.parquet.write_table(table, tmp_path / "cases.parquet")
    frame.to_json(tmp_path / "cases.jsonl", orient="records", lines=True, date_format="iso")
    of_parquet = joined(Source(tmp_path / "cases.parquet", target="y"))
    assert of_parquet.columns["x"].tolist()[0] == 0.5
    assert of_parquet.columns["name"].tolist() == ["a", None, "b"]
    assert of_parquet.columns["on"].tolist() == ["true", "false", None]
    assert of_parquet.columns["day"][2] == np.datetime64("2026-03-04T05:06")
    for data in (
        lambda: [table],
        lambda: [table.slice(0, 1), table.slice(1)],
        lambda: iter(table.to_batches()),
        lambda: [frame.iloc[:2], frame.iloc[2:]],
        lambda: [{name: frame[name].to_numpy() for name in frame}],
    ):
        same(joined(Source(data, target="y")), of_parquet)
    of_lines = joined(Source(tmp_path / "cases.jsonl", target="y"))
    same(of_lines.without(["day"]), of_parquet.without(["day"]))  # which JSON has as text


def test_files_come_in_the_order_of_their_names_and_cases_are_counted_through(tmp_path):
    for number in (10, 2, 1):
        write_csv(tmp_path / f"part-{number:02}.csv", [{"x": number, "y": "a"}] * number)
    found = list(chunks(Source(str(tmp_path / "part-*.csv"), target="y")))
    assert [(chunk.start, len(chunk)) for chunk in found] == [(0, 1), (1, 2), (3, 10)]
    assert [chunk.table().columns["x"][0] for chunk in found] == [1, 2, 10]


def test_empty_parts_are_left_out(tmp_path):
    """As Spark leaves them."""
    table = pyarrow.table({"x": [1.0], "y": ["a"]})
    pyarrow.parquet.write_table(table.slice(0, 0), tmp_path / "part-0.parquet")
    pyarrow.parquet.write_table(table, tmp_path / "part-1.parquet")
    assert [len(chunk) for chunk in chunks(Source(tmp_path, target="y"))] == [1]
    with pytest.raises(DataError, match="the source's function holds no cases"):
        list(chunks(Source(lambda: [], target="y")))


def test_a_file_that_lacks_a_column_is_named(tmp_path):
    whole = pyarrow.table({"x": [1.0], "z": [2.0], "y": ["a"]})
    pyarrow.parquet.write_table(whole, tmp_path / "part-0.parquet")
    pyarrow.parquet.write_table(whole.drop_columns(["z"]), tmp_path / "part-1.parquet")
    lacks = r"part-1\.parquet, a part of the same table as .*part-0\.parquet, has no column z"
    with pytest.raises(DataError, match=lacks):
        list(chunks(Source(tmp_path, target="y")))
    with pytest.raises(DataError, match=r"lacks 1 of 1 columns: w; instead it has: x, z, y"):
        list(chunks(Source(tmp_path, target="w")))


def test_columns_in_another_order_and_further_ones_do_not_matter(tmp_path):
    first = pyarrow.table({"x": [1.0], "y": ["a"]})
    pyarrow.parquet.write_table(first, tmp_path / "part-0.parquet")
    second = pyarrow.table({"y": ["b"], "more": [0], "x": [2.0]})
    pyarrow.parquet.write_table(second, tmp_path / "part-1.parquet")
    table = joined(Source(tmp_path, target="y"))
    assert table.names == ("x", "y")
    assert table.columns["x"].tolist() == [1, 2]


def test_the_target_alone_can_be_read(tmp_path):
    path = write_csv(tmp_path / "t.csv", tickets(30))
    (chunk,) = chunks(Source(path, target="priority"), only=("priority",))
    assert chunk.names == ("priority",)
    positions, texts = chunk.distinct("priority")
    assert [texts[k] for k in positions] == [row["priority"] for row in tickets(30)]


def test_gaps_have_no_value(tmp_path):
    (chunk,) = chunks(Source(lambda: [{"y": np.array(["a", None, "b", "a"], object)}], target="y"))
    positions, texts = chunk.distinct("y")
    assert positions.tolist() == [0, -1, 1, 0]
    assert texts == ["a", "b"]
    (chunk,) = chunks(Source(lambda: [{"y": np.array([2.0, np.nan, 2.5])}], target="y"))
    assert chunk.distinct("y")[1] == ["2", "2.5"]


def test_what_is_wrong_with_a_chunk_is_told_with_its_number():
    def numbers():
        yield {"x": [1.0], "y": ["a"]}
        yield [1, 2]

    with pytest.raises(DataError, match="chunk 2 of the source: expected a batch of Arrow"):
        list(chunks(Source(numbers, target="y")))


def test_damaged_parquet_is_named(tmp_path):
    (tmp_path / "cases.parquet").write_bytes(b"PAR1 this is none PAR1")
    with pytest.raises(DataError, match=r"cases\.parquet: "):
        list(chunks(Source(tmp_path, target="y")))


def test_cells_are_told_by_parquet_and_estimated_of_text(tmp_path):
    numbers = pyarrow.table(
        {f"x{k}": np.random.default_rng(k).normal(size=20_000) for k in range(10)}
    )
    pyarrow.parquet.write_table(numbers, tmp_path / "cases.parquet")
    assert cells(Source(tmp_path / "cases.parquet", target="y")) == 200_000
    numbers.to_pandas().round(4).to_csv(tmp_path / "cases.csv", index=False)
    assert 100_000 < cells(Source(tmp_path / "cases.csv", target="y")) < 400_000
    assert cells(Source(tmp_path / "none.csv", target="y")) == 0
    assert cells(Source(lambda: [], target="y")) == 0


def test_other_files_are_another_source(tmp_path):
    path = write_csv(tmp_path / "t.csv", tickets(30))
    before = identity(Source(path, target="priority"))
    assert identity(Source(tmp_path, target="priority")) == before
    write_csv(path, tickets(31))
    assert identity(Source(path, target="priority")) != before
