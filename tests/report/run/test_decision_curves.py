import numpy as np
import pytest

from framework.core.costs import case_costs
from framework.core.words import money
from framework.experiment.stored_run import read_run
from framework.report.run.decision_curves import (
    decision_curve_chart,
    decision_curve_table,
    decision_curves,
)


def test_at_the_threshold_of_the_costs_dollars_are_those_of_the_cheapest_decisions(run_dirs):
    run = read_run(run_dirs["two"])
    # A false alarm costs 100, a miss 500 and a found one brings 20.
    threshold = 100 / (100 + 520)
    curves = decision_curves(run, list(run.models), np.array([threshold]))
    assert curves.implied == pytest.approx(threshold)
    assert curves.dollars == 520
    nobody = case_costs(run.y_true, np.zeros_like(run.y_true), run.costs).mean()
    everyone = case_costs(run.y_true, np.ones_like(run.y_true), run.costs).mean()
    assert curves.everyone[0] * 520 == pytest.approx(nobody - everyone)
    for model in run.models:
        decided = (model.stated[:, 1] >= threshold).astype(int)
        saved = nobody - case_costs(run.y_true, decided, run.costs).mean()
        assert curves.models[model.name][0] * 520 == pytest.approx(saved)


def test_the_chart_is_on_the_page_and_says_what_it_shows(run_dirs):
    run = read_run(run_dirs["two"])
    chart = decision_curve_chart(run, list(run.models))
    assert "the threshold that this run's costs imply, 16.13%" in chart.caption
    assert "a miss costing $520.00" in chart.caption
    assert "At the threshold 0.1613, which the costs imply: built-in " in chart.alt
    assert "Decision curve</h3>" in (run_dirs["two"] / "report.html").read_text(encoding="utf-8")
    assert (run_dirs["two"] / "plots" / "decision-curve.png").is_file()


def test_the_table_is_the_curves_at_the_threshold_of_the_costs(run_dirs):
    run = read_run(run_dirs["two"])
    table = decision_curve_table(run)
    curves = decision_curves(run, list(run.models), np.array([100 / 620]))
    assert [row[0] for row in table.rows] == [model.name for model in run.models]
    for row in table.rows:
        benefit, everyone = curves.models[row[0]][0], curves.everyone[0]
        saved = (520 * benefit, 520 * (benefit - everyone))
        assert row[1:] == (f"{benefit:.4f}", *(money(amount, sign=True) for amount in saved))
    assert table.foot[1][:3] == ("treat none", "0.0000", "$0.00")
    assert table.caption in (run_dirs["two"] / "report.html").read_text(encoding="utf-8")


def test_a_referral_is_not_used(run_dirs):
    run = read_run(run_dirs["refer"])
    curves = decision_curves(run, list(run.models), np.array([0.1]))
    assert curves.implied == pytest.approx(10 / 60)


def test_costs_of_the_case_imply_no_threshold_and_no_dollars(run_dirs):
    run = read_run(run_dirs["priced"])
    curves = decision_curves(run, list(run.models), np.array([0.1]))
    assert curves.implied is None
    assert curves.dollars is None
    assert decision_curve_table(run) is None
    assert "imply no single threshold" in decision_curve_chart(run, list(run.models)).caption


@pytest.mark.parametrize("kind", ["three", "many"])
def test_more_classes_have_none(run_dirs, kind):
    run = read_run(run_dirs[kind])
    assert decision_curve_chart(run, list(run.models)) is None
    assert decision_curve_table(run) is None
