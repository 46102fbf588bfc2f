import numpy as np
import pytest

from framework import CostMatrix
from framework.core.evaluation.regret import Regret
from framework.core.uncertainty.intervals import Interval
from framework.core.words import currency
from framework.experiment.results.regrets import next_step
from tests.conftest import FIVE
from tests.experiment.conftest import PLAIN


def interval(mean, low=None, high=None):
    return Interval(
        mean, mean - 1 if low is None else low, mean + 1 if high is None else high, 1, 99
    )


def found(rule, calibration, separation):
    total = rule + calibration + separation
    return Regret(interval(total), interval(rule), interval(calibration), interval(separation))


def test_every_models_parts_add_up_to_what_it_lost_above_the_oracle(finished):
    result = finished(**PLAIN)
    for model, told in zip(result.models, result.to_json()["models"], strict=True):
        parts = told["regret"]
        total = result.bounds.oracle - model.case_dollars.mean()
        assert parts["total"]["mean"] == pytest.approx(total)
        of_parts = [parts[name]["mean"] for name in ("rule", "calibration", "separation")]
        assert sum(of_parts) == pytest.approx(total)
        assert parts["separation"]["interval"][0] >= 0


def test_who_decides_at_least_cost_on_what_it_states_has_the_right_rule(finished):
    result = finished(decision_rule="minimum_expected_cost", calibration="bias", **PLAIN)
    model = result.first_trained
    assert model.decision.calibration == model.decision.reporting
    assert result.regrets[model.name].rule.mean == 0
    assert result.regrets[result.baseline.name].rule.mean > 0


def test_with_seeds_it_is_the_first_ones(finished):
    result = finished(seeds=2, **PLAIN)
    model = result.baseline
    total = result.bounds.oracle - model.case_dollars.mean()
    assert result.regrets[model.name].total.mean == pytest.approx(total)


def test_groups_and_referrals_and_costs_of_the_case(finished):
    refer = CostMatrix("refer", ("no", "yes"), [[0, 10], [50, 0]], refer=[2, 2])
    result = finished(cost_matrix=refer, decision_rule="minimum_expected_cost", **PLAIN)
    assert all(parts.separation.mean > 0 for parts in result.regrets.values())


def test_the_run_says_what_to_do_next_about_the_served_model(finished):
    result = finished(**PLAIN)
    told = result.to_json()["next_step"]
    assert told == result.next_step
    assert told.startswith(f"“{result.served.model}” lost $")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((8.0, 0.0, 2.0), "80% of that would be saved by the cheapest decision on the same"),
        ((0.0, 9.0, 1.0), "90% of that would be saved by probabilities that mean what they say"),
        ((0.5, 0.0, 9.5), "95% of that can only be saved by better probabilities: more training"),
        ((0.0, -1.0, 5.0), "All of that can only be saved by better probabilities"),
    ],
)
def test_the_largest_part_says_what_to_do(finished, parts, said):
    model = finished(**PLAIN).baseline
    assert (
        f"“{model.name}” lost ${sum(parts):.2f} per case above a perfect oracle. {said}"
        in next_step(model, found(*parts))
    )


def test_what_else_saves_for_sure_is_said_besides(finished):
    model = finished(**PLAIN).baseline
    told = next_step(model, found(3.0, 0.0, 9.0))
    assert told.endswith(
        ". $3.00 ($2.00 to $4.00) would be saved by the cheapest decision on the same probabilities, "
        "with nothing trained anew: --decision-rule minimum_expected_cost"
    )
    assert "trained anew" not in next_step(model, found(0.9, 0.0, 9.0))


def test_what_is_done_already_is_not_advised(finished):
    result = finished(decision_rule="minimum_expected_cost", calibration="bias", **PLAIN)
    told = next_step(result.first_trained, found(0.0, 9.0, 1.0))
    assert "--calibration" not in told
    assert "calibrate on more cases" in told
    told = next_step(result.baseline, found(0.0, 9.0, 1.0))
    assert "--calibration bias" in told


def test_nothing_is_advised_where_nothing_was_lost(finished):
    model = finished(**PLAIN).baseline
    assert next_step(model, found(0.0, 0.0, 0.0)) is None
    assert next_step(model, None) is None


def test_amounts_are_in_the_matrixs_currency(finished):
    with currency("EUR"):
        assert "lost EUR 10.00 per case" in next_step(
            finished(**PLAIN).baseline, found(8.0, 0.0, 2.0)
        )


def test_too_few_test_cases_tell_nothing(finished):
    result = finished(test_fraction=0.03, **PLAIN)
    assert len(result.test.y) < 10
    assert result.next_step is None
    assert all(model["regret"] is None for model in result.to_json()["models"])
    assert np.isfinite(result.first_trained.mean_dollars)
    assert FIVE.name == result.first_trained.name


def test_at_another_prevalence_it_is_that_of_the_population(finished):
    result = finished(prevalence={"yes": 0.02}, **PLAIN)
    for model in result.models:
        found = result.regrets[model.name]
        assert found.total.mean == pytest.approx(
            result.bounds.oracle - model.dollars_per_case[0], abs=1e-9
        )
        parts = (found.rule, found.calibration, found.separation)
        assert sum(part.mean for part in parts) == pytest.approx(found.total.mean)
