"""``fw matrix show``: every cell as it is, those of the case and referring among them."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from framework import CostMatrix
from framework.cli.main import main
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.report.cost_matrix import costs_chart

LOANS = CostMatrix(
    "loans",
    ("good", "bad"),
    [[0, 20], [0, 0]],
    unit="EUR",
    column_costs=[
        ColumnCost("good", "bad", "amount", 0.1),
        ColumnCost("bad", "good", "loss", 2.0, known="afterwards"),
    ],
    refer=[40, 60],
)


def shown(matrix, tmp_path):
    matrix.to_file(tmp_path / "m.json")
    done = CliRunner().invoke(main, ["matrix", "show", str(tmp_path / "m.json")])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_cells_of_the_case_and_referring_are_shown_in_their_currency(tmp_path):
    text = shown(LOANS, tmp_path)
    assert "EUR per case (negative = a loss)" in text
    assert "dollars" not in text.lower()
    good, bad = (
        next(line for line in text.splitlines() if line.startswith(f"  {label}"))
        for label in LOANS.labels
    )
    assert good.split() == ["good", "0", "-20", "+", "-0.1", "x", "amount", "-40"]
    assert bad.split() == ["bad", "-2", "x", "loss", "(known", "afterwards)", "0", "-60"]
    assert 'calling a "bad" case "good" costs 2 EUR x loss (known afterwards)' in text


def test_the_shipped_matrix_of_amounts_shows_no_zeros_for_its_mistakes():
    text = CliRunner().invoke(main, ["matrix", "show", "amount.json"]).stdout
    assert "-0.45 x credit_amount" in text
    assert "-0.09 x credit_amount" in text


def test_a_heat_map_hatches_cells_of_the_case(tmp_path):
    def dark(matrix, name):
        costs_chart(matrix).save_png(tmp_path / name)
        return (np.asarray(Image.open(tmp_path / name).convert("L")) < 200).sum()

    plain = CostMatrix("m", ("a", "b"), [[0, 5], [9, 0]], refer=3)
    priced = CostMatrix(
        "m", ("a", "b"), [[0, 5], [9, 0]], refer=3, column_costs=[ColumnCost("a", "a", "x", -1.0)]
    )
    assert dark(priced, "priced.png") > dark(plain, "plain.png") + 100


@pytest.mark.parametrize("name", ["medical.json", "amount.json"])
def test_the_check_of_a_shipped_matrix_ends_without_warnings(name):
    done = CliRunner().invoke(main, ["matrix", "check", name])
    assert done.exit_code == 0
    assert done.stdout.endswith("; no warnings\n")


def test_actions_are_shown_with_the_best_for_each_label_and_what_training_goes_by(tmp_path):
    acts = CostMatrix(
        "acts", ("no", "yes"), [[0, 4, 10], [100, 30, 5]], actions=("leave", "ask", "act")
    )
    lines = [line.split() for line in shown(acts, tmp_path).splitlines()]
    assert ["truth", "leave", "ask", "act"] in lines
    assert ["yes", "-100", "-30", "-5"] in lines
    assert ['"act"', "is", "the", "best", "action", "for", '"yes"'] in lines
    assert lines.count(["truth", "as", "no", "as", "yes"]) == 2
    assert ["yes", "-100", "-5"] in lines  # as if "no": leave; as if "yes": act
    assert ["yes", "95", "0"] in lines  # the regret of that
