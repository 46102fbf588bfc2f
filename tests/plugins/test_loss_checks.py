"""Every loss learns what it says: its population minimiser, decided as claimed, is right."""

import numpy as np
import pytest

from framework import LossSpec, Registry
from framework.core.errors import PluginError
from framework.plugins.loss_checks import best_outputs, check_loss

from .test_hookspecs import documented_plugin

LOSSES = {offer.spec.name: offer.spec for offer in Registry().of_kind("loss")}
DOCUMENTED = documented_plugin("fw_register_losses").fw_register_losses()


@pytest.mark.parametrize("spec", [*LOSSES.values(), *DOCUMENTED], ids=lambda spec: spec.name)
def test_every_loss_keeps_to_what_it_says_it_estimates(spec):
    check_loss(spec)


def test_every_loss_of_the_framework_says_what_it_estimates():
    assert {name: spec.estimates for name, spec in LOSSES.items()} == {
        "cross_entropy": "probabilities",
        "expected_cost": "decision",
        "weighted_cross_entropy": "weighted probabilities",
        "cross_entropy_plus_cost": "tilted probabilities",
        "cross_entropy_then_cost": "decision",
    }


@pytest.mark.parametrize("ratio", [5, 50, 200, 5000])
@pytest.mark.parametrize("name", ["expected_cost", "weighted_cross_entropy"])
def test_for_two_classes_argmax_flips_at_elkans_threshold(name, ratio):
    threshold = 1 / (1 + ratio)
    costs = np.array([[0.0, 1.0], [ratio, 0.0]])
    for positive, decision in ((0.9 * threshold, 0), (1.1 * threshold, 1)):
        posterior = np.array([1 - positive, positive])
        assert best_outputs(LOSSES[name], posterior, costs).argmax() == decision


def test_the_minimiser_of_cross_entropy_is_the_posterior():
    posterior = np.array([0.2, 0.5, 0.3])
    found = best_outputs(LOSSES["cross_entropy"], posterior, 1 - np.eye(3))
    np.testing.assert_allclose(found, posterior, atol=1e-3)


@pytest.mark.parametrize("ratio", [5, 50])
def test_where_cross_entropy_plus_cost_flips_by_argmax(ratio):
    """At (2 + lambda) / (4 + lambda (1 + R)), which is not Elkan's threshold; lambda is 1 here."""
    costs = np.array([[0.0, 1.0], [ratio, 0.0]])
    flips = 3 / (5 + ratio)
    for positive, decision in ((0.95 * flips, 0), (1.05 * flips, 1)):
        posterior = np.array([1 - positive, positive])
        found = best_outputs(LOSSES["cross_entropy_plus_cost"], posterior, costs)
        assert found.argmax() == decision


def squared_expected_cost(y_true, y_pred, cost_rows):
    """Flips at 1 / (1 + R^2): a square weighs a dear mistake by its square."""
    from keras import ops

    return ops.square(ops.sum(cost_rows * y_pred, axis=-1))


@pytest.mark.parametrize("claim", ["probabilities", "decision", "weighted probabilities"])
def test_a_loss_that_learns_something_else_is_found_out(claim):
    with pytest.raises(PluginError, match=f"says that it estimates {claim}; with costs"):
        check_loss(LossSpec("squared", squared_expected_cost, estimates=claim))


def test_a_loss_without_a_claim_has_nothing_to_be_held_to():
    check_loss(LossSpec("squared", squared_expected_cost))


def test_an_unknown_claim_is_refused():
    with pytest.raises(PluginError, match=r'"squared".*one of probabilities, decision'):
        LossSpec("squared", squared_expected_cost, estimates="odds")
