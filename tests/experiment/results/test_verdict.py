"""The one sentence: conditional where its interval holds zero, and never without saying over what."""

import pytest

from framework.core.uncertainty.intervals import Difference, Interval
from framework.core.words import MINUS
from framework.experiment.results.verdict import no_model_beats, sentence


def saved(mean, low, high, n=500):
    return Difference(Interval(mean, low, high, 1.0, n), 0.9)


def test_a_clear_saving_is_said_over_what():
    assert sentence("medical", "built-in + decision", saved(10, 5, 15)) == (
        "“medical” saves $10.00 per case against “built-in + decision” "
        "(95% interval $5.00 to $15.00)"
    )


def test_an_interval_with_zero_in_it_saves_nothing():
    text = sentence("medical", "always ill", saved(10, -5, 25))
    assert text == (
        "These test cases cannot tell “medical” from always deciding “ill”: it came out $10.00 per "
        f"case cheaper (what it saves: 95% interval {MINUS}$5.00 to $25.00)"
    )
    assert "$10.00 per case dearer" in sentence("medical", "always ill", saved(-10, -25, 5))


def test_a_dearer_model_is_called_so():
    text = sentence("medical", "always ill", saved(-10, -15, -5))
    assert text.startswith("“medical” loses $10.00 per case more than always deciding “ill” ($5.00")


def test_too_few_cases_or_groups_give_no_interval():
    text = sentence("medical", "built-in", saved(10, None, None, n=4))
    assert "4 test cases, or groups of them, are too few" in text
    assert "saves" not in text


@pytest.mark.parametrize("mean", [0.0])
def test_the_same_decisions_are_one_model(mean):
    assert "are one" in sentence("a", "b", saved(mean, 0.0, 0.0))


def test_no_model_that_beats_the_constant_decision_is_warned_of(registry, elsewhere):
    from framework import CostMatrix, RunConfig, run

    # Saying yes costs so little that no model can be told from always saying so.
    cheap = CostMatrix("cheap", ("no", "yes"), [[0, 1], [100_000, 0]])
    settings = {"dataset": "blobs", "report": False, "epochs": 2, "decision_rule": "argmax"}
    result = run(RunConfig(cost_matrix=cheap, loss="cross_entropy", **settings), registry)
    told = [text for text in result.warnings if "always deciding “yes”" in text]
    least = result.model(result.lost_least).dollars_per_case.mean()
    assert len(told) == (1 if least <= result.bounds.constant else 0)
    dear = CostMatrix("dear", ("no", "yes"), [[0, 1], [1, 0]])
    result = run(RunConfig(cost_matrix=dear, **settings | {"epochs": 30}), registry)
    assert not [text for text in result.warnings if "always deciding" in text]


def test_a_model_that_decides_as_the_constant_does_cost_the_same():
    told = no_model_beats("yes", "mine", Interval(0.0, -4.0, 4.0, 1.0, 99))
    dearer = no_model_beats("yes", "mine", Interval(-2.0, -4.0, 4.0, 1.0, 99))
    assert f"“mine”, cost the same (what it saves: 95% interval {MINUS}$4.00 to $4.00)" in told
    assert "“mine”, lost $2.00 per case more" in dearer
