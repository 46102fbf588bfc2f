import datetime
import gzip
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import polars
import pytest

from framework.core.errors import DataError
from framework.data.reading import is_table, read_chunks, read_table, table_files
from tests.tickets import tickets, write_csv

NAN = float("nan")


def written(tmp_path, content, name="t.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return path


def plain(table):
    return {name: values.tolist() for name, values in table.columns.items()}


@pytest.mark.parametrize(
    ("content", "encoding", "expected"),
    [
        ("a,b\n1,x\n2,y\n", "utf-8", {"a": [1, 2], "b": ["x", "y"]}),
        ("a;b\n1,5;x\n2,5;y\n", "utf-8-sig", {"a": ["1,5", "2,5"], "b": ["x", "y"]}),
        ("a\tb\n1\tx y\n2\t\n", "utf-8", {"a": [1, 2], "b": ["x y", None]}),
        ("a|b\n1|x\n", "utf-8", {"a": [1], "b": ["x"]}),
        ('a,b\n1,"two\nlines, ""quoted"""\n', "utf-8", {"a": [1], "b": ['two\nlines, "quoted"']}),
        ("a, b\r\n1, 2\r\n", "utf-8", {"a": [1], "b": [2]}),
        ("name,n\ncafé,1\n", "latin-1", {"name": ["café"], "n": [1]}),
        ("name,n\ncafé,1\n", "utf-16", {"name": ["café"], "n": [1]}),
        ("code,n\n007,1e3\n010,.5\n", "utf-8", {"code": ["007", "010"], "n": [1000, 0.5]}),
        ("a\n1_000\n2\n", "utf-8", {"a": ["1_000", "2"]}),
        ("a,b\ninf,1\nnan,2\n", "utf-8", {"a": ["inf", "nan"], "b": [1, 2]}),
        ("# made by a machine\na,b\n1,x\n", "utf-8", {"a": [1], "b": ["x"]}),
        (
            "made today,,\na,b,c\n1,x,y\n2,x,y\n",
            "utf-8",
            {"a": [1, 2], "b": ["x", "x"], "c": ["y", "y"]},
        ),
        ("x,y\nred,blue\nblue,red\n", "utf-8", {"x": ["red", "blue"], "y": ["blue", "red"]}),
    ],
)
def test_text_is_read_as_people_write_it(tmp_path, content, encoding, expected):
    assert plain(read_table(written(tmp_path, content, encoding=encoding))) == expected


def test_an_empty_cell_among_numbers_is_a_gap(tmp_path):
    table = read_table(written(tmp_path, "a,b\n1,x\n,y\n3,z\n"))
    np.testing.assert_array_equal(table.columns["a"], [1, NAN, 3])


def test_a_column_may_be_kept_as_text_or_left_aside(tmp_path):
    path = written(tmp_path, "a,b\n1.50,2\n01,3\n")
    assert plain(read_table(path, text=["b"])) == {"a": ["1.50", "01"], "b": ["2", "3"]}
    assert plain(read_table(path, only=["b"])) == {"b": [2, 3]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("a,b\n", "there are no cases below the header"),
        ("a,b\n1,2\n1,2,3\n", "line 3 has 3 cells; expected 2, as the header"),
        ("a,b\n1\n", "line 2 has 1 cells; expected 2, as the header"),
        ("a,a\n1,2\n", 'two columns are called "a"'),
    ],
)
def test_a_malformed_file_names_itself_and_the_line(tmp_path, content, message):
    path = written(tmp_path, content)
    with pytest.raises(DataError) as error:
        read_table(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_an_uneven_line_far_down_is_named(tmp_path):
    path = written(tmp_path, "a,b\n" + "1,2\n" * 30_000 + "1,2,3\n")
    with pytest.raises(DataError, match="30002"):
        read_table(path)


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(DataError, match="is a folder; expected a file"):
        read_table(tmp_path)
    with pytest.raises(DataError, match=r"whose name ends in \.csv"):
        read_table(written(tmp_path, "x", "t.doc"))
    with pytest.raises(DataError, match="cannot be read as an Excel file"):
        read_table(written(tmp_path, "x", "t.xlsx"))
    with pytest.raises(DataError, match=r"t.parquet: .*"):
        read_table(written(tmp_path, "x", "t.parquet"))


def test_files_of_all_formats_hold_the_same_cases(tmp_path):
    moment = datetime.datetime(2024, 2, 3)
    frame = polars.DataFrame(
        {"n": [1.5, None], "word": ["x", None], "flag": [True, False], "day": [moment, None]}
    )
    frame.write_parquet(tmp_path / "t.parquet")
    frame.with_columns(polars.col("day").dt.to_string("%Y-%m-%d")).write_ndjson(
        tmp_path / "t.jsonl"
    )
    with gzip.open(tmp_path / "t.csv.gz", "wt") as file:
        file.write("n,word,flag,day\n1.5,x,true,2024-02-03\n,,false,\n")
    book = openpyxl.Workbook()
    for row in (["n", "word", "flag", "day"], [1.5, "x", True, moment], [None, None, False, None]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    for name in ("t.parquet", "t.jsonl", "t.csv.gz", "t.xlsx"):
        assert is_table(tmp_path / name)
        table = read_table(tmp_path / name)
        np.testing.assert_array_equal(table.columns["n"], [1.5, NAN], err_msg=name)
        assert table.columns["word"].tolist() == ["x", None], name
        assert table.columns["flag"].tolist() == ["true", "false"], name
        assert str(table.columns["day"][0]).startswith("2024-02-03"), name


def test_nested_columns_are_refused_by_name(tmp_path):
    path = written(tmp_path, '{"a": 1, "b": {"c": 2}}\n', "t.jsonl")
    with pytest.raises(DataError, match='column "b": expected numbers, text, dates or yes/no'):
        read_table(path)


def test_a_messy_table_is_read_cell_by_cell(tmp_path):
    rows = tickets(40)
    table = read_table(write_csv(tmp_path / "t.csv", rows))
    assert table.columns["note"].tolist() == [row["note"] for row in rows]
    assert table.columns["channel"].tolist() == [row["channel"] for row in rows]
    assert table.columns["agents"].dtype == np.float64


def test_a_spreadsheet_may_say_that_it_is_as_large_as_it_gets(tmp_path):
    """Its last possible cell; filled up to there, it would have 17 billion."""
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2]):
        book.active.append(row)
    book.active["XFD1048576"] = 3
    book.save(tmp_path / "t.xlsx")
    table = read_table(tmp_path / "t.xlsx")
    assert table.columns["a"][0] == 1
    assert len(table) == 2


def test_a_spreadsheet_that_unfolds_is_refused(tmp_path):
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(30_000_000))
    with pytest.raises(DataError, match=r"would unfold too far"):
        read_table(path)


def large(tmp_path, suffix, last_level="c"):
    """More than 1 MB: numbers with gaps, dates, text; what is text only in its last row is "code"."""
    n = 150_000
    rng = np.random.default_rng(0)
    frame = polars.DataFrame(
        {
            "number": [None if gap > 1 else x for gap, x in rng.normal(size=(n, 2)).tolist()],
            "level": [*rng.choice(["a", "b"], n - 1).tolist(), last_level],
            "code": [*map(str, range(n - 1)), "none"],
            "day": np.datetime64("2024-01-01") + rng.integers(0, 500, n),
            "wide": ["x" * 40] * n,
        },
        strict=False,
    )
    path = tmp_path / f"large{suffix}"
    if suffix == ".parquet":
        frame.with_columns(wide=polars.int_range(n).cast(polars.String) + "x" * 40).write_parquet(
            path
        )
    elif suffix == ".jsonl":
        frame.write_ndjson(path)
    else:
        frame.write_csv(path)
    assert path.stat().st_size > 2**20
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_a_large_file_comes_in_chunks_that_make_up_the_whole(tmp_path, suffix):
    path = large(tmp_path, suffix)
    whole = read_table(path, text=["number"])
    chunks = list(read_chunks(path, text=["number"]))
    assert {len(chunk) for chunk in chunks} == {50_000}
    assert len(whole) == sum(map(len, chunks)) == 150_000
    for name, values in whole.columns.items():
        parts = [chunk.columns[name] for chunk in chunks]
        assert {part.dtype for part in parts} == {values.dtype}, name
        found = np.concatenate(parts)
        equal = (found == values) | ((found != found) & (values != values))
        assert equal.all(), name


def test_text_in_another_encoding_far_down_is_read(tmp_path):
    path = large(tmp_path, ".csv", last_level="caf\N{LATIN SMALL LETTER E WITH ACUTE}")
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    *_, last = read_chunks(path, text=["number", "level", "code", "day", "wide"])
    assert last.columns["level"][-1] == "caf\N{LATIN SMALL LETTER E WITH ACUTE}"


def test_a_row_too_long_far_down_is_told(tmp_path):
    path = large(tmp_path, ".csv")
    with path.open("a") as file:
        file.write("1,2,3,4,5,6,7\n")
    with pytest.raises(DataError, match=r"large\.csv: line 150002 has 7 cells; expected 5"):
        list(read_chunks(path))


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts bytes as Linux tells them")
def test_what_a_large_file_holds_is_found_out_once_until_it_changes(tmp_path):
    """A table that is not held is read several times."""
    rows = 200_000
    path = written(tmp_path, "number,word\n" + "1.5,word\n" * rows)

    def read():
        before = bytes_read()
        kinds = {chunk.columns["number"].dtype.kind for chunk in read_chunks(path)}
        return kinds, (bytes_read() - before) / path.stat().st_size

    first, second = read(), read()
    assert (first[0], second[0]) == ({"f"}, {"f"})
    assert first[1] - second[1] > 0.9  # how often DuckDB reads a small file is its own
    path.write_text("number,word\n" + "1.5,word\n" * rows + "x,word\n")
    assert read()[0] == {"O"}


def bytes_read():
    return int(Path("/proc/self/io").read_text().split()[1])


def test_a_folder_or_a_pattern_means_its_tables(tmp_path):
    for name in ("b.parquet", "a.csv", "_SUCCESS", ".hidden.csv", "notes.md", "c.csv.gz"):
        (tmp_path / name).touch()
    assert [path.name for path in table_files(tmp_path)] == ["a.csv", "b.parquet", "c.csv.gz"]
    assert table_files(tmp_path / "*.csv") == [tmp_path / "a.csv"]
    assert table_files(tmp_path / "none.csv") == [tmp_path / "none.csv"]
    with pytest.raises(
        DataError, match=r"none/\*\.csv: there is no table; expected files that end in"
    ):
        table_files(tmp_path / "none" / "*.csv")
