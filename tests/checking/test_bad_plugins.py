"""Each check finds the plugin that is bad in just this way, and tells what to do."""

import re

import pytest

from framework.checking.checks import checks_of
from framework.core.errors import FrameworkError

BAD = {
    "dataset": {
        "heavy_dataset": ("light import", "loads sklearn.* import it inside the function"),
        "loads": ("loads", "failed to load: KeyError: 'no such key'"),
        "deterministic_load": ("deterministic load", "something else the second time"),
        "labels": ("labels", 'label "never" has 0 of 80 cases'),
        "groups_apart": ("groups apart", "group"),
        "groups_apart_repeated": ("groups apart", "exactly the features of a training case"),
        "finite": ("finite", 'feature "x0" cannot be scaled'),
        "matrices_fit": ("matrices fit", "(?s)labels.*maybe"),
        "matrices_fit_column": ("matrices fit", 'amount.json has costs that depend on "amount"'),
        "matrices_fit_none": ("matrices fit", "files in the folder 'nowhere'.* found none"),
        "matrices_fit_default": ("matrices fit", "names the cost matrix lost.json"),
        "loss_falls": ("loss falls", "expected it to fall. Look for a learning rate"),
        "saved_equals_loaded": ("saved equals loaded", "saved, loaded again, and"),
        "works_in_a_subprocess": ("works in a subprocess", "something else than here"),
    },
    "model": {
        "heavy_model": ("light import", "loads sklearn"),
        "builds": ("builds", r"expected outputs of shape \(None, 3\), received \(None, 4\)"),
        "deterministic_build": ("deterministic build", "something else the second time"),
        "distribution_out": ("distribution out", "probabilities of 2 classes that sum to 1"),
        "gradient_flows": ("gradient flows", "2 of 4 trainable weights .*: lost/kernel, lost/bias"),
        "loss_falls": ("loss falls", "in 10 epochs the loss went from"),
        "saved_equals_loaded": ("saved equals loaded", "saved, loaded again, and"),
        "saved_equals_loaded_homeless": ("saved equals loaded", "process of its own.*Homeless"),
        "works_in_a_subprocess": ("works in a subprocess", "something else than here"),
    },
    "estimator": {
        "heavy_estimator": ("light import", "loads sklearn"),
        "bare": ("builds", "received Bare, which has no fit and no predict_proba"),
        "deterministic_fit": ("deterministic fit", "something else the second time"),
        "estimator_distribution": ("distribution out", "of sums 2 to 2"),
        "learns": ("learns", "columns of predict_proba in another order than classes_"),
        "estimator_saved": ("saved equals loaded", "cannot be saved without pickle"),
        "estimator_subprocess": ("works in a subprocess", "something else than here"),
    },
    "loss": {
        "heavy_loss": ("light import", "loads sklearn"),
        "one_value_per_case": ("one value per case", r"shape \(8,\), .* received \(\)"),
        "one_value_per_case_alone": ("one value per case", "among 8 cases and .* alone"),
        "one_sigmoid_unit": ("one sigmoid unit", "begin with: if y_pred.shape"),
        "finite_at_the_extremes": ("finite at the extremes", "expected finite numbers"),
        "gradient": ("gradient", "from finite differences"),
        "estimates": ("estimates", "says that it estimates decision"),
        "deterministic": ("deterministic", "something else the second time"),
        "loss_falls": ("loss falls", r"\(.*loss_falls.*\); expected it to fall"),
        "works_in_a_subprocess": ("works in a subprocess", "something else than here"),
    },
    "decision rule": {
        "heavy_rule": ("light import", "loads sklearn"),
        "indices_in_range": ("indices in range", "expected decisions from 0 to 1"),
        "indices_in_range_referring": ("indices in range", "never refers a case"),
        "costs_of_every_case": ("costs of every case", "with the same costs for each case"),
        "order_of_cases": ("order of cases", "may not look at the other cases"),
        "inputs_left_alone": ("inputs left alone", "changes the arrays"),
        "deterministic": ("deterministic", "something else the second time"),
        "works_in_a_subprocess": ("works in a subprocess", "something else than here"),
    },
}
CASES = [(kind, name, *found) for kind, of in BAD.items() for name, found in of.items()]


@pytest.mark.parametrize(("kind", "name", "failing", "told"), CASES, ids=lambda value: str(value))
def test_a_bad_plugin_is_found_out(check, kind, name, failing, told):
    with pytest.raises(FrameworkError) as error:
        check(kind, name, failing)
    assert re.search(told, str(error.value)), str(error.value)


@pytest.mark.parametrize("kind", BAD)
def test_there_is_a_bad_plugin_for_every_check(kind):
    assert {one.name for one in checks_of(kind)} == {failing for failing, _ in BAD[kind].values()}
