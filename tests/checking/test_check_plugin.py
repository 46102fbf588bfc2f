"""What is told of the checks of a plugin: by name, with the reason, known failures apart."""

from types import ModuleType

import pytest

from framework import CheckOutcome, ConfigError, PluginError, Registry, check_plugin
from framework.checking.checks import checks_of
from tests.checking.bad import decision_rules
from tests.checking.conftest import BAD
from tests.plugins.test_hookspecs import documented_plugin


def statuses(outcomes):
    return {outcome.check: outcome.status for outcome in outcomes}


def test_a_good_plugin_passes_and_each_outcome_is_told_as_it_comes():
    told = []
    outcomes = check_plugin("good_rule", registry=BAD, told=told.append)
    assert outcomes == told
    assert outcomes == [CheckOutcome(check.name, "ok") for check in checks_of("decision rule")]
    assert not any(outcome.failed for outcome in outcomes)


def test_a_data_frame_with_text_dates_and_gaps_is_checked_like_numbers():
    told = statuses(check_plugin("good_frame", registry=BAD))
    assert told.pop("matrices fit") == "skipped"
    assert set(told.values()) == {"ok"}


def test_a_failure_is_told_in_a_sentence_that_names_the_plugin():
    outcomes = check_plugin("inputs_left_alone", registry=BAD)
    (failed,) = [outcome for outcome in outcomes if outcome.failed]
    assert failed.check == "inputs left alone"
    assert failed.reason.startswith('decision rule "inputs_left_alone" changes the arrays')


def test_a_known_failure_is_none_and_keeps_its_reason():
    known = {"inputs left alone": "callers copy"}
    outcomes = check_plugin("inputs_left_alone", registry=BAD, known_failures=known)
    assert not any(outcome.failed for outcome in outcomes)
    (told,) = [outcome for outcome in outcomes if outcome.status == "known failure"]
    assert told.reason.startswith("callers copy (decision rule")


def test_a_known_failure_that_passes_is_told():
    known = {"deterministic": "to be mended"}
    (told,) = [
        outcome
        for outcome in check_plugin("good_rule", registry=BAD, known_failures=known)
        if outcome.failed
    ]
    assert told.status == "unexpected pass"
    assert "take it off (to be mended)" in told.reason


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"speed": "slow"}, 'no check of a decision rule is called "speed"; light import, indices'),
        ({"deterministic": " "}, 'the known failure "deterministic" has no reason'),
    ],
)
def test_a_known_failure_names_a_check_and_a_reason(known, told):
    with pytest.raises(ConfigError, match=told):
        check_plugin("good_rule", registry=BAD, known_failures=known)


def test_what_needs_the_cases_is_skipped_when_they_do_not_load():
    outcomes = check_plugin("loads", registry=BAD)
    assert [outcome.check for outcome in outcomes if outcome.failed] == ["loads"]
    assert statuses(outcomes)["labels"] == "skipped"
    assert statuses(outcomes)["works in a subprocess"] == "skipped"


def test_cases_that_nobody_gave_are_no_failure():
    outcomes = check_plugin("german_credit")
    assert not any(outcome.failed for outcome in outcomes)
    assert "name them with --data" in outcomes[1].reason
    assert {"skipped", "ok"} == set(statuses(outcomes).values())


def test_a_name_of_two_things_asks_which():
    registry = Registry(entry_points=[])
    both = ModuleType("both")
    for hook in ("fw_register_datasets", "fw_register_models"):
        made = documented_plugin(hook)
        setattr(both, hook, getattr(made, hook))
    registry.register(both)
    offered = {(offer.kind, offer.spec.name) for offer in registry.offers}
    assert {("dataset", "wine"), ("model", "tanh_net"), ("model", "stumps")} <= offered
    registry.register(_named("wine"))
    with pytest.raises(ConfigError, match=r"dataset and a decision rule; .* --kind decision-rule"):
        check_plugin("wine", registry=registry)


def _named(name):
    from framework import DecisionRuleSpec, hookimpl

    module = ModuleType(f"rule_{name}")

    @hookimpl
    def fw_register_decision_rules():
        return [DecisionRuleSpec(name, decision_rules.good)]

    module.fw_register_decision_rules = fw_register_decision_rules
    return module


def test_what_no_other_process_could_import_is_skipped_there():
    registry = Registry(entry_points=[])
    registry.register(_named("by_hand"))
    told = statuses(check_plugin("by_hand", registry=registry))
    assert told.pop("light import") == told.pop("works in a subprocess") == "skipped"
    assert set(told.values()) == {"ok"}


def test_an_unknown_name_gets_the_nearest_ones():
    with pytest.raises(PluginError, match=r"unknown dataset or model .* did you mean argmax"):
        check_plugin("argmx")


def test_data_are_for_a_dataset():
    with pytest.raises(ConfigError, match='--data is for a dataset; "argmax" is a decision rule'):
        check_plugin("argmax", data="somewhere")
