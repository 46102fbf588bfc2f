import csv
import json

import numpy as np
import pytest

from tests.cli.calling import call


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A table in which what tells the classes apart is told of the north alone, and a sliced run of it."""
    folder = tmp_path_factory.mktemp("slices")
    rng = np.random.default_rng(0)
    n = 1600
    y = rng.integers(0, 2, n)
    region = np.where(rng.random(n) < 0.5, "north", "south")
    signal = np.where(region == "north", 4.0 * y, 2.0) + rng.normal(0, 0.3, n)
    with (folder / "cases.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["signal", "noise", "region", "shop", "y"])
        for i in range(n):
            shop = f"s{i // 2}"
            rows.writerow([signal[i], rng.normal(), region[i], shop, ("no", "yes")[y[i]]])
    words = ("--target", "y", "--cost", "*->*=10", "--groups", "shop", "--drop", "region")
    sliced = ("--slice", "region", "--slice", "region x noise:0")
    done = call(
        *("run", folder / "cases.csv", *words, *sliced, "--epochs", 15, "--out", folder / "run"),
        *("--model", "logistic"),
    )
    assert done.exit_code == 0, done.output
    return folder, done.output


def rows_of(path):
    return list(csv.reader(path.read_text().splitlines()))


def figures(*words):
    done = call("slices", *words, "--json")
    assert done.exit_code == 0, done.output
    return {(one["slice"], one["level"]): one for one in json.loads(done.stdout)["figures"]}


def test_a_run_tells_who_pays_in_the_terminal_the_json_and_the_page(place):
    folder, output = place
    assert "who pays for its mistakes" in output
    metrics = json.loads((folder / "run" / "metrics.json").read_text())
    for model in metrics["models"]:
        told = {(one["slice"], one["level"]): one for one in model["slices"]["figures"]}
        assert told["region", "south"]["against_others"]["gap"] == "dearer"
        assert told["region", "north"]["against_others"]["gap"] == "cheaper"
        assert told["region x noise", "south, up to 0"]["cases"] < told["region", "south"]["cases"]
    page = (folder / "run" / "report.html").read_text()
    assert "Who pays for the mistakes" in page
    assert "Interval chart of what mistakes cost" in page
    assert "mistakes cost" in page


def test_the_folder_keeps_the_levels_of_the_sliced_columns_alone(place):
    folder, _ = place
    header, *rows = rows_of(folder / "run" / "slices.csv")
    assert header == ["case", "region", "noise"]
    assert {row[2] for row in rows} == {"up to 0", "above 0"}  # not the numbers
    predictions = next((folder / "run" / "predictions").iterdir()).read_text()
    assert predictions.count("\n") == len(rows) + 1


def test_a_run_is_looked_at_again_and_by_what_it_keeps(place):
    folder, _ = place
    again = figures(folder / "run")
    assert again["region", "south"]["against_others"]["gap"] == "dearer"
    crossed = figures(folder / "run", "--slice", "noise x region")
    assert set(crossed) == {
        ("noise x region", f"{noise}, {region}")
        for noise in ("up to 0", "above 0")
        for region in ("north", "south")
    }
    assert (
        crossed["noise x region", "up to 0, south"]["dollars_per_case"]
        == again["region x noise", "south, up to 0"]["dollars_per_case"]
    )
    done = call("slices", folder / "run")
    assert "Slice region “south”: mistakes cost" in done.stdout


def test_a_table_beside_the_run_brings_further_columns(place):
    folder, _ = place
    cases = [row[0] for row in rows_of(folder / "run" / "slices.csv")][1:]
    table = folder / "further.csv"
    lines = [f"{case},{'young' if int(case) % 3 else 'old'}" for case in reversed(cases)]
    table.write_text("\n".join(["case,age", *lines]) + "\n")
    found = figures(folder / "run", "--columns", table)
    assert {key[1] for key in found} == {"young", "old"}
    assert found["age", "old"]["cases"] == sum(int(case) % 3 == 0 for case in cases)
    both = figures(folder / "run", "--columns", table, "--slice", "age x region")
    assert len(both) == 4
    table.write_text("\n".join(["case,age", *lines[1:]]) + "\n")
    done = call("slices", folder / "run", "--columns", table)
    assert done.exit_code == 2
    assert "is not there (1 such cases in all); expected a row for each" in done.stderr
    table.write_text("number,age\n1,old\n")
    done = call("slices", folder / "run", "--columns", table)
    assert done.exit_code == 2
    assert "it has no column case" in done.stderr


def test_groups_are_slices_too_and_unknown_columns_are_refused(place):
    folder, _ = place
    found = figures(folder / "run", "--slice", "shop")
    assert ("shop", "(others)") in found
    done = call("slices", folder / "run", "--slice", "sex")
    assert done.exit_code == 2
    assert "there is no column 'sex'; expected one of" in done.stderr


def test_a_column_that_is_not_there_is_told_before_anything_is_trained(place):
    folder, _ = place
    words = ("--target", "y", "--cost", "*->*=10", "--slice", "sex", "--out", folder / "none")
    done = call("run", folder / "cases.csv", *words)
    assert done.exit_code == 2
    assert "slice: there is no column 'sex'" in done.stderr
    assert not (folder / "none").exists()


def test_auto_keeps_the_columns_alone_in_which_something_was_found(place):
    folder, _ = place
    words = ("--target", "y", "--cost", "*->*=10", "--groups", "shop", "--no-report")
    done = call(
        *("run", folder / "cases.csv", *words, "--slice", "auto", "--epochs", 40),
        *("--model", "logistic", "--out", folder / "auto"),
    )
    assert done.exit_code == 0, done.output
    metrics = json.loads((folder / "auto" / "metrics.json").read_text())
    looked_at = {one["slice"] for one in metrics["models"][0]["slices"]["figures"]}
    assert looked_at == {"signal", "noise", "region"}  # not the shops: each is its own
    header = rows_of(folder / "auto" / "slices.csv")[0]
    assert "region" in header
    assert "noise" not in header


def test_a_run_without_slices_says_how_to_get_some(tmp_path):
    run = ("run", "breast_cancer", "--cost-matrix", "medical.json", "--no-report", "--epochs", "2")
    assert call(*run, "--out", tmp_path / "plain").exit_code == 0
    done = call("slices", tmp_path / "plain")
    assert done.exit_code == 2
    assert "was not sliced; run it with --slice COLUMN" in done.stderr
    assert not (tmp_path / "plain" / "slices.csv").exists()


def test_slices_of_other_cases_are_refused(place, tmp_path):
    import shutil

    folder, _ = place
    other = tmp_path / "other"
    shutil.copytree(folder / "run", other)
    (other / "run.json").unlink()  # of before there were digests
    (other / "slices.csv").write_text("case,region\n1,north\n")
    done = call("slices", other, "--slice", "region")
    assert done.exit_code == 2
    assert "is about other cases than the predictions are" in done.stderr
