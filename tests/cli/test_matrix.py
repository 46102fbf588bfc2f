"""``fw matrix show``, ``check`` and ``new``."""

import json

import pytest


def test_a_matrix_is_shown_in_dollars_with_its_origin(cli):
    done = cli("matrix", "show", "medical.json")
    assert "medical.json (shipped with the dataset breast_cancer)" in done.stdout
    assert "-252,000" in done.stdout
    assert "Training costs (as given)" in done.stdout
    shown = json.loads(cli("matrix", "show", "medical.json", "--json").stdout)
    assert shown["training_costs"] == [[0, 1], [200, 0]]


def test_checking_a_matrix_says_what_is_odd(cli, tmp_path):
    done = cli("matrix", "check", "medical.json", "--dataset", "breast_cancer")
    assert done.exit_code == 0
    assert "the evaluation side 168.3 times" in done.stdout
    assert done.stdout.splitlines()[-1] == "2 labels (benign, malignant); no warnings"
    assert 'calling a "malignant" case "benign" costs 252,000 USD' in done.stdout
    (tmp_path / "odd.csv").write_text(",a,b\na,0,0\nb,5,0\n")
    done = cli("matrix", "check", "odd.csv")
    assert done.exit_code == 0
    assert 'warning: "a" taken for "b" costs as much' in done.stdout
    (tmp_path / "pays.csv").write_text(",a,b\na,0,-1\nb,5,0\n")
    done = cli("matrix", "check", "pays.csv")
    assert done.exit_code == 2
    assert 'row "a" (truth), column "b" (prediction): this mistake costs -1' in done.stderr


def test_a_large_matrix_is_drawn_and_never_over_another_file(cli, tmp_path):
    done = cli("matrix", "show", "road_safety.json", "--dataset", "gtsrb")
    assert done.exit_code == 0, done.output
    assert "Heat map: road_safety-costs.png" in done.stdout
    picture = (tmp_path / "road_safety-costs.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    done = cli("matrix", "show", "road_safety.json", "--dataset", "gtsrb")
    assert done.exit_code == 2
    assert "road_safety-costs.png exists already; name another file with --png" in done.stderr


@pytest.mark.parametrize("dataset", ["breast_cancer", "gtsrb", "street_signs"])
def test_a_new_matrix_file_is_valid_and_nothing_is_overwritten(cli, dataset):
    assert cli("matrix", "new", dataset, "--out", "mine.json").exit_code == 0
    done = cli("matrix", "check", "mine.json", "--dataset", dataset)
    assert done.exit_code == 0, done.output
    done = cli("matrix", "new", dataset, "--out", "mine.json")
    assert done.exit_code == 2
    assert "mine.json exists already" in done.stderr


def test_a_name_that_two_datasets_ship_asks_which(cli):
    done = cli("matrix", "show", "road_safety.json")
    assert done.exit_code == 2
    assert "several datasets ship a matrix of that name" in done.stderr
    assert "say which with --dataset" in done.stderr
