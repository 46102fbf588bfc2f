"""``fw sweep`` as a person uses it; ``fw compare`` is in tests/report/compare/test_page.py."""

import json
from pathlib import Path

import pytest


def test_a_sweep_of_the_published_recipe(cli, tmp_path):
    done = cli("sweep", "breast_cancer", "--points", "4", "--json", "--out", "s", "--no-report")
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert data == json.loads((tmp_path / "s" / "sweep.json").read_text())
    assert [round(value) for value in data["axis"]["values"]] == [1, 10, 100, 1000]
    assert data["networks"] == 5
    # What fw run finds without training with costs, and without any model.
    rows = {row["way"]: row for row in data["present"]["rows"]}
    assert rows["equal costs"]["dollars_per_case"] == pytest.approx(-21173.87, abs=0.01)
    assert rows["constant"]["dollars_per_case"] == pytest.approx(-14361.64, abs=0.01)
    assert data["present"]["oracle"] == pytest.approx(-13569.23, abs=0.01)
    assert not (tmp_path / "s" / "report.html").exists()
    assert cli("report", "s").stdout == "Report: s/report.html\n"
    assert "</html>" in (tmp_path / "s" / "report.html").read_text(encoding="utf-8")


def test_a_sweep_in_words(cli):
    done = cli(
        "sweep", "breast_cancer", "--ratio", "fn:fp=10..100", "--points", "2", "--epochs", "2"
    )
    assert done.exit_code == 0, done.output
    for words in (
        "swept: malignant as benign : benign as malignant, 10:1 to 100:1; medical stands at 168:1",
        "How far each cost may move",
        "Break-even points in fn:fp",
        "Recommended: “",
        "Report: runs/sweep-breast_cancer-",
    ):
        assert words in done.stdout


def test_a_sweep_of_the_prevalence_is_repeated_from_its_config(cli):
    short = ["--epochs", "2", "--no-report"]
    first = ["sweep", "breast_cancer", "--prevalence", "malignant=0.01..0.2", "--points", "4"]
    assert cli(*first, *short, "--out", "one").exit_code == 0
    again = cli("sweep", "--config", "one/config.json", "--out", "two")
    assert again.exit_code == 0, again.output
    one, two = (json.loads(Path(name, "prevalence.json").read_text()) for name in ("one", "two"))
    assert one == two


def test_a_label_is_given_one_share(cli):
    twice = ["--prevalence", "malignant=0.1", "--prevalence", "malignant=0.2"]
    done = cli("run", "breast_cancer", *twice)
    assert done.exit_code == 2
    assert '--prevalence: "malignant" is given twice; give it one share' in done.output


def test_what_is_no_share_is_told_with_its_label(cli):
    done = cli("run", "breast_cancer", "--prevalence", "malignant=0.001..0.5")
    assert done.exit_code == 2
    assert "“malignant”: expected a share between 0 and 1" in done.output
    assert "a range is for fw sweep" in done.output
