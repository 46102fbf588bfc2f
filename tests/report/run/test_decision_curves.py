import numpy as np
import pytest

from framework import CostMatrix, RunConfig, run
from framework.core.case_costs import case_costs
from framework.core.words import money
from framework.experiment.stored_runs.stored_run import read_run
from framework.report.run.decision_curves import (
    decision_curve_chart,
    decision_curve_table,
    decision_curves,
)

TWENTY = CostMatrix("twenty", ("no", "yes"), [[0, 1], [20, 0]])


def test_at_the_threshold_of_the_costs_dollars_are_those_of_the_cheapest_decisions(run_dirs):
    stored = read_run(run_dirs["two"])
    # A false alarm costs 100, a miss 500 and a found one brings 20.
    threshold = 100 / (100 + 520)
    curves = decision_curves(stored, list(stored.models), np.array([threshold]))
    assert curves.implied == pytest.approx(threshold)
    assert curves.dollars == 520
    nobody = case_costs(stored.y_true, np.zeros_like(stored.y_true), stored.costs).mean()
    everyone = case_costs(stored.y_true, np.ones_like(stored.y_true), stored.costs).mean()
    assert curves.everyone[0] * 520 == pytest.approx(nobody - everyone)
    for model in stored.models:
        decided = (model.stated[:, 1] >= threshold).astype(int)
        saved = nobody - case_costs(stored.y_true, decided, stored.costs).mean()
        assert curves.models[model.name][0] * 520 == pytest.approx(saved)


def test_the_chart_is_on_the_page_and_says_what_it_shows(run_dirs):
    stored = read_run(run_dirs["two"])
    chart = decision_curve_chart(stored, list(stored.models))
    assert "the threshold that this run's costs imply, 16.13%" in chart.caption
    assert "a miss costing $520.00" in chart.caption
    assert "At the threshold 0.1613, which the costs imply: built-in " in chart.alt
    assert "Decision curve</h3>" in (run_dirs["two"] / "report.html").read_text(encoding="utf-8")
    assert (run_dirs["two"] / "plots" / "decision-curve.png").is_file()


def test_the_table_is_the_curves_at_the_threshold_of_the_costs(run_dirs):
    stored = read_run(run_dirs["two"])
    table = decision_curve_table(stored)
    curves = decision_curves(stored, list(stored.models), np.array([100 / 620]))
    assert [row[0] for row in table.rows] == [model.name for model in stored.models]
    for row in table.rows:
        benefit, everyone = curves.models[row[0]][0], curves.everyone[0]
        saved = (520 * benefit, 520 * (benefit - everyone))
        assert row[1:] == (f"{benefit:.4f}", *(money(amount, sign=True) for amount in saved))
    assert table.foot[1][:3] == ("treat none", "0.0000", "$0.00")
    assert table.caption in (run_dirs["two"] / "report.html").read_text(encoding="utf-8")


def test_a_referral_is_not_used(run_dirs):
    stored = read_run(run_dirs["refer"])
    curves = decision_curves(stored, list(stored.models), np.array([0.1]))
    assert curves.implied == pytest.approx(10 / 60)


def test_costs_of_the_case_imply_no_threshold_and_no_dollars(run_dirs):
    stored = read_run(run_dirs["priced"])
    curves = decision_curves(stored, list(stored.models), np.array([0.1]))
    assert curves.implied is None
    assert curves.dollars is None
    assert decision_curve_table(stored) is None
    assert "imply no single threshold" in decision_curve_chart(stored, list(stored.models)).caption


@pytest.mark.parametrize("kind", ["three", "many"])
def test_more_classes_have_none(run_dirs, kind):
    stored = read_run(run_dirs[kind])
    assert decision_curve_chart(stored, list(stored.models)) is None
    assert decision_curve_table(stored) is None


def test_at_another_prevalence_dollars_are_those_of_the_population(offered, tmp_path):
    how = {"dataset": "blobs", "cost_matrix": TWENTY, "loss": "cross_entropy", "epochs": 3}
    out = run(RunConfig(**how, prevalence={"yes": 0.02}, out=tmp_path / "run"), offered).run_dir
    stored = read_run(out)
    curves = decision_curves(stored, list(stored.models), np.array([1 / 21]))
    weights = np.where(stored.y_true == 1, 0.02, 0.98) / np.where(
        stored.y_true == 1, stored.y_true.mean(), 1 - stored.y_true.mean()
    )
    assert curves.everyone[0] * 20 == pytest.approx(0.02 * 20 - 0.98)
    for model in stored.models:
        decided = (model.stated[:, 1] >= 1 / 21).astype(int)
        saved = case_costs(stored.y_true, 0 * decided, stored.costs) - case_costs(
            stored.y_true, decided, stored.costs
        )
        assert curves.models[model.name][0] * 20 == pytest.approx((weights * saved).mean())
        # And what is stated is moved: hardly a case of a class that is so rare is likely of it.
        assert model.stated[:, 1].mean() < 0.2
