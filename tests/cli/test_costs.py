"""``fw costs``: which model over all plausible costs, and what to ask for first."""

import json

import pytest

from tests.cli.calling import call


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a run of the shipped matrix with ranges, and what it printed."""
    folder = tmp_path_factory.mktemp("costs")
    run = ("run", "breast_cancer", "--cost-matrix", "medical_ranges.json", "--epochs", "60")
    done = call(*run, "--out", folder / "run")
    assert done.exit_code == 0, done.output
    return folder, done.stdout


def test_the_run_says_what_ranges_come_to(place):
    folder, printed = place
    assert "Ask first for “benign as malignant”" in " ".join(printed.split())
    page = (folder / "run" / "report.html").read_text()
    assert 'id="ranges"' in page
    assert "Which number to ask for first" in page or "worth, a case" in page


def test_tables_and_sentences_are_printed(place):
    done = call("costs", place[0] / "run", "--draws", "500")
    assert done.exit_code == 0, done.output
    assert "Which model, where costs are ranges" in done.stdout
    assert "over 500 plausible cost matrices" in " ".join(done.stdout.split())


def test_json_is_the_same_for_the_same_seed(place):
    told = [
        call("costs", place[0] / "run", "--draws", "500", "--seed", seed, "--json").stdout
        for seed in (1, 1, 2)
    ]
    assert told[0] == told[1] != told[2]
    found = json.loads(told[0])
    assert found["numbers"][0]["worth_dollars_per_case"] > 0
    assert sum(one["cheapest_share"] for one in found["models"]) == pytest.approx(1)


def test_peoples_matrices_stand_side_by_side(place):
    folder, _ = place
    for name, miss in (("anna", 100_000), ("ben", 400_000)):
        matrix = {"name": name, "labels": ["benign", "malignant"], "costs": [[0, 900], [miss, 0]]}
        (folder / f"{name}.json").write_text(json.dumps(matrix))
    files = ("--ranges", folder / "anna.json", "--ranges", folder / "ben.json")
    done = call("costs", folder / "run", *files, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found["cheapest_by_person"]) == {"anna", "ben"}
    assert [one["name"] for one in found["numbers"]] == ["malignant as benign"]


def test_a_matrix_without_ranges_is_told(place):
    done = call("costs", place[0] / "run", "--ranges", place[0] / "anna.json")
    assert done.exit_code == 2
    assert "none of its costs is a range" in done.stderr
