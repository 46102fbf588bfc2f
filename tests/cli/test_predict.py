import csv
from collections import Counter

import numpy as np
import polars
import pytest

from tests.cli.calling import call

RUN = (
    "run",
    "breast_cancer",
    "--cost-matrix",
    "three_actions.json",
    "--no-report",
    "--epochs",
    "10",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a run whose decisions are three actions, and 200 cases."""
    from sklearn.datasets import load_breast_cancer

    folder = tmp_path_factory.mktemp("capacity")
    done = call(*RUN, "--out", folder / "run")
    assert done.exit_code == 0, done.output
    load_breast_cancer(as_frame=True).data[:200].to_csv(folder / "new.csv", index=False)
    return folder


def decided(done):
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(done.stdout.splitlines()))


def test_capacity_limits_what_is_decided_for_the_whole_file(place):
    free = Counter(
        row["predicted"] for row in decided(call("predict", place / "run", place / "new.csv"))
    )
    assert free["biopsy"] > 40
    done = call("predict", place / "run", place / "new.csv", "--capacity", "biopsy<=20/100")
    rows = decided(done)
    assert Counter(row["predicted"] for row in rows)["biopsy"] == 40
    assert {row["decided_by"] for row in rows} == {"least expected cost within capacity"}
    assert "biopsy<=20/100: 40 of 40 used; one more would save $" in done.stderr
    assert "the limits cost $" in done.stderr


def test_whom_the_limit_leaves_out_is_told_what_would_be_cheaper(place):
    rows = decided(call("predict", place / "run", place / "new.csv", "--capacity", "biopsy<=0"))
    assert any(row["cheaper_by_stated_dollars"] == "biopsy" for row in rows)
    assert all(row["predicted"] != "biopsy" for row in rows)


def test_a_limit_on_what_there_is_not_is_refused_before_anything_is_written(place):
    done = call(
        *("predict", place / "run", place / "new.csv", "--capacity", "scan<=3"),
        *("--out", place / "out.csv"),
    )
    assert done.exit_code == 2
    assert (
        'there is no decision "scan"; expected one of "discharge", "second picture"' in done.stderr
    )
    assert not (place / "out.csv").exists()


@pytest.fixture(scope="module")
def many(place):
    """The same 200 cases 300 times over in a file of more than 1 MB, each with a number of its own."""
    cases = polars.read_csv(place / "new.csv")
    frame = polars.concat([cases] * 300).with_row_index("number")
    frame.write_csv(place / "many.csv")
    frame.write_parquet(place / "many.parquet")
    return place


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_of_any_size_is_decided_as_a_small_one(many, suffix):
    few = decided(call("predict", many / "run", many / "new.csv"))
    rows = decided(call("predict", many / "run", many / f"many.{suffix}", "--keep", "number"))
    assert [row["number"] for row in rows] == [str(k) for k in range(60_000)]
    assert [row["predicted"] for row in rows] == [row["predicted"] for row in few] * 300
    np.testing.assert_allclose(
        [float(row["p(malignant)"]) for row in rows],
        [float(row["p(malignant)"]) for row in few] * 300,
        rtol=1e-4,
        atol=1e-6,
    )


def test_answers_may_be_parquet(place):
    printed = decided(call("predict", place / "run", place / "new.csv"))
    done = call("predict", place / "run", place / "new.csv", "--out", place / "decided.parquet")
    assert done.exit_code == 0, done.output
    frame = polars.read_parquet(place / "decided.parquet")
    assert frame.columns == [*printed[0]]
    assert frame["predicted"].to_list() == [row["predicted"] for row in printed]
    assert frame["p(benign)"].to_list() == [float(row["p(benign)"]) for row in printed]
    assert set(frame["cheaper_by_stated_dollars"]) == {None}


def test_a_folder_of_tables_is_decided_file_by_file(place, tmp_path):
    cases = polars.read_csv(place / "new.csv").with_row_index("number")
    cases[:120].write_parquet(tmp_path / "1.parquet")
    cases[120:].write_csv(tmp_path / "2.csv")
    whole = decided(call("predict", place / "run", place / "new.csv"))
    for where in (tmp_path, tmp_path / "*.*"):
        rows = decided(call("predict", place / "run", where, "--keep", "number"))
        assert [row["number"] for row in rows] == [str(k) for k in range(200)]
        assert [row["predicted"] for row in rows] == [row["predicted"] for row in whole]
    limited = decided(call("predict", place / "run", tmp_path, "--capacity", "biopsy<=20/100"))
    assert Counter(row["predicted"] for row in limited)["biopsy"] == 40


def test_a_case_that_cannot_be_decided_is_found_in_its_part_and_nothing_is_left(many, tmp_path):
    frame = polars.read_csv(many / "many.csv")
    name = frame.columns[1]
    hole = polars.when(polars.col("number") == 59_999).then(None).otherwise(polars.col(name))
    frame.with_columns(hole.alias(name)).write_csv(tmp_path / "hole.csv")
    done = call("predict", many / "run", tmp_path / "hole.csv", "--out", tmp_path / "out.csv")
    assert done.exit_code == 2
    assert "hole.csv (from its case 50001 on, which counts as 1): case 10000, " in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["hole.csv"]


def test_prices_of_one_file_keep_the_limit_on_the_next(place, tmp_path):
    first = (place / "run", place / "new.csv", "--capacity", "biopsy<=20/100")
    done = call("predict", *first, "--prices-out", tmp_path / "prices.json")
    assert decided(done)
    done = call("predict", place / "run", place / "new.csv", "--prices", tmp_path / "prices.json")
    rows = decided(done)
    used = Counter(row["predicted"] for row in rows)["biopsy"]
    assert 30 <= used <= 50
    assert f"biopsy<=20/100: {used} used, 40 in the mean of such cases" in done.stderr
    assert {row["decided_by"] for row in rows} == {"least expected cost at the prices of capacity"}
    again = call("predict", *first, "--prices-out", tmp_path / "prices.json")
    assert "prices.json exists already" in again.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--prices-out", "p.json"), "--prices-out writes what --capacity comes to; give a limit"),
        (("--prices", "p.json", "--capacity", "biopsy<=1"), "decisions go by one of them"),
        (("--prices", "p.json"), "p.json is missing; expected what fw predict --prices-out writes"),
    ],
)
def test_prices_that_say_nothing_are_refused(place, options, message):
    done = call("predict", place / "run", place / "new.csv", *options)
    assert done.exit_code == 2
    assert message in done.stderr
