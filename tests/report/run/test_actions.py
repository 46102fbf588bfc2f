"""A run that decides for actions, on its page and in the terminal: no class is named right."""

import json

import pytest
from rich.console import Console

from framework.core.costs.actions import class_costs
from framework.core.words import money
from framework.experiment.stored_runs.run_data import WRONG
from framework.experiment.stored_runs.stored_run import read_run
from framework.report.run.curves import dollars_by_threshold
from framework.report.run.mistake_tables import confusion_table
from framework.report.run.model_tables import mistakes_table
from framework.report.run.text import run_text
from tests.report.run.test_page import Page


@pytest.fixture(scope="module")
def acted(run_dirs):
    return read_run(run_dirs["acts"])


@pytest.fixture(scope="module")
def text(run_dirs):
    page = Page((run_dirs["acts"] / "report.html").read_text(encoding="utf-8"))
    return " ".join(page.text.split())


def test_the_confusion_matrix_is_of_truth_and_action(acted):
    table = confusion_table(acted, acted.served)
    assert table.columns == ("truth", "leave", "ask", "act", "refer")
    assert [row[0] for row in table.rows] == ["no", "yes"]


def test_how_often_the_best_action_was_missed_stands_in_place_of_accuracy(acted, text):
    table = mistakes_table(acted)
    assert table.columns == ("model", "not the\nbest action", "referred", "AUC")
    for row, model in zip(table.rows, acted.models, strict=True):
        assert row[1] == f"{(model.outcomes == WRONG).sum():,}"
    assert "there is no accuracy" in text
    assert "Classification report" not in text
    assert "F1" not in text


def test_the_page_says_what_right_is_and_what_training_went_by(acted, text):
    wrong = int((acted.served.outcomes == WRONG).sum())
    assert f"In {wrong} case" in text
    assert "Right is the action that costs least for the truth" in text
    assert "the dearest mistakes, dearer than the best action" in text
    assert "where one acts as if a class were true, by its best action" in text
    assert '"leave" for a "yes" case costs 100 USD ("act", the best action, costs 5 USD)' in text
    assert "expected $, leave" in text


def test_a_threshold_acts_by_the_best_actions(acted, text):
    served = acted.served
    scores, costs = served.probabilities[:, 1], class_costs(acted.costs, 3)
    assert costs.tolist() == [[0, 10], [100, 5]]
    # From 0 on everything is acted on: 10 for a "no", 5 for a "yes".
    (dollars,) = dollars_by_threshold(scores, acted.y_true, costs, [0.0])
    share = acted.y_true.mean()
    assert dollars == pytest.approx(-(10 * (1 - share) + 5 * share))
    assert "each class by its best action and no case by any other" in text


def test_the_terminal_tells_the_same(run_dirs, acted):
    console = Console(width=200)
    with console.capture() as printed:
        console.print(run_text(acted, run_dirs["acts"]))
    shown = printed.get()
    assert "leave" in shown
    assert "precision" not in shown
    metrics = json.loads((run_dirs["acts"] / "metrics.json").read_text())
    for model in metrics["models"]:
        assert money(model["dollars_per_case"]) in shown
