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


def test_a_large_matrix_of_actions_has_a_second_picture_of_what_training_goes_by(cli, tmp_path):
    done = cli("matrix", "show", "brake_slow_go.json")
    assert done.exit_code == 0, done.output
    for name in ("brake_slow_go-costs.png", "brake_slow_go-costs-by-class.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    assert '"brake" is the best action for "stop", "do_not_enter", "wrong_way"' in done.stdout


def test_checking_actions_says_where_each_is_the_cheapest(cli, tmp_path):
    done = cli("matrix", "check", "three_actions.json")
    assert '"second picture" from 0.00156 up to 0.03842' in done.stdout
    actions = "3 actions (discharge, second picture, biopsy); no warnings"
    assert done.stdout.splitlines()[-1] == f"2 labels (benign, malignant), {actions}"
    (tmp_path / "odd.csv").write_text("truth\\action,go,wait,stop\na,0,60,100\nb,100,60,0\n")
    done = cli("matrix", "check", "odd.csv")
    assert 'warning: no probabilities make "wait" the cheapest' in done.stdout


def test_a_prevalence_of_a_matrix_is_shown(cli, tmp_path):
    matrix = {
        "name": "m",
        "labels": ["a", "b"],
        "costs": [[0, 1], [5, 0]],
        "prevalence": {"b": 0.006},
    }
    (tmp_path / "m.json").write_text(json.dumps(matrix))
    assert "For a prevalence of b 0.6%" in cli("matrix", "show", "m.json").stdout
