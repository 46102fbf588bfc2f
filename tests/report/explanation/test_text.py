"""An explanation in the terminal: the tables of its page."""

import io
from types import SimpleNamespace

import numpy as np
from rich.console import Console

from framework.core.uncertainty.intervals import Interval
from framework.core.words import MINUS
from framework.report.explanation.text import explanation_text
from framework.studies.explanation.columns import ColumnsExplained, Importance
from framework.studies.explanation.explained_run import Explanation
from framework.studies.explanation.permutation_importance import Feature
from framework.studies.explanation.pictures import PictureExplained, PicturesExplained, PixelMap

SOURCE = SimpleNamespace(
    run=SimpleNamespace(
        matrix=SimpleNamespace(money=("EUR", 5.0)),
        judged=SimpleNamespace(target=np.array([0.9, 0.1])),
        is_moved=True,
    ),
    models=(SimpleNamespace(name="built-in"), SimpleNamespace(name="five")),
    served="five",
    y=np.zeros(60),
)


def printed(found, top=1):
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(explanation_text(Explanation(SOURCE, found), top))
    return console.export_text().replace(MINUS, "-")


def importance(mean, low, high):
    return Importance(Interval(mean, low, high, 1.0, 60), 0.25, None)


def test_features_are_shown_up_to_the_top_in_the_currency_of_the_run():
    found = ColumnsExplained(
        features=(Feature("age", (0,)), Feature("hue", (1,))),
        column_names=("age", "hue"),
        alike=np.array([[1.0, 0.5], [0.5, 1.0]]),
        importances={
            "built-in": (importance(2.0, -1.0, 3.0), importance(9.0, 8.0, 10.0)),
            "five": (importance(7.0, 5.0, 9.0), importance(1.0, -1.0, 3.0)),
        },
        repeats=20,
        seed=3,
    )
    text = printed(found)
    (line,) = [line for line in text.splitlines() if line.startswith("  age")]
    assert "EUR 7 (EUR 5 to EUR 9) *" in line
    assert "EUR 2 (-EUR 1 to EUR 3)  " in line
    assert not any(line.startswith("  hue") for line in text.splitlines())
    assert "1 more." in text
    assert "60 test cases" in text
    assert "Figures are at the prevalence that the run was judged at." in text
    assert "20 shuffles, seed 3; in order of five" in text


def test_pictures_are_a_section_each_with_a_line_a_model():
    maps = tuple(
        PixelMap(
            model=name,
            decided="bar",
            outcome="wrong",
            came_to=-400.0,
            expected=-3.0,
            expected_of_baseline=-5.0,
            credit=np.array([[3.0, -1.0]]),
            gap=0.0,
        )
        for name in ("built-in", "five")
    )
    picture = PictureExplained(7, "dot", "mistake", np.zeros((1, 2, 1)), maps, 7)
    text = printed(PicturesExplained((picture,), np.zeros((1, 2, 1)), 50))
    lines = [line.split() for line in text.splitlines()]
    shown = ["bar,", "wrong", "-EUR", "400.00", "-EUR", "3.00", "-EUR", "5.00", "EUR", "3.00"]
    assert ["7:", "dot,", "mistake", "built-in", *shown, "-EUR", "1.00"] in lines
    assert ["five", *shown, "-EUR", "1.00"] in lines
