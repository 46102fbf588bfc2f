"""The checks of every kind of thing that a plugin offers, by name, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from framework.checking import common_checks as common
from framework.checking import (
    dataset_checks,
    decision_rule_checks,
    estimator_checks,
    loss_checks,
    model_checks,
)
from framework.checking.saving import check_saved_equals_loaded
from framework.checking.short_run import check_loss_falls
from framework.checking.subject import Subject


@dataclass(frozen=True)
class Check:
    """A ``function`` that raises when its subject fails, SkipCheck when there is nothing to check."""

    name: str
    function: Callable[[Subject], None]


def checks_of(kind: str) -> tuple[Check, ...]:
    """Those of a "dataset", "model" (a network), "estimator" (another model), "loss", "decision rule"."""
    return _OF_KIND[kind]


_LIGHT_IMPORT = Check("light import", common.check_light_import)
_SUBPROCESS = Check("works in a subprocess", common.check_in_a_subprocess)
_LOSS_FALLS = Check("loss falls", check_loss_falls)
_SAVED = Check("saved equals loaded", check_saved_equals_loaded)

_OF_KIND = {
    "dataset": (
        _LIGHT_IMPORT,
        Check("loads", dataset_checks.check_loads),
        Check("deterministic load", common.check_deterministic),
        Check("labels", dataset_checks.check_labels),
        Check("groups apart", dataset_checks.check_groups_apart),
        Check("finite", dataset_checks.check_finite),
        Check("matrices fit", dataset_checks.check_matrices_fit),
        _LOSS_FALLS,
        _SAVED,
        _SUBPROCESS,
    ),
    "model": (
        _LIGHT_IMPORT,
        Check("builds", model_checks.check_builds),
        Check("deterministic build", common.check_deterministic),
        Check("distribution out", model_checks.check_distribution_out),
        Check("gradient flows", model_checks.check_gradient_flows),
        _LOSS_FALLS,
        _SAVED,
        _SUBPROCESS,
    ),
    "estimator": (
        _LIGHT_IMPORT,
        Check("builds", estimator_checks.check_builds),
        Check("deterministic fit", common.check_deterministic),
        Check("distribution out", estimator_checks.check_distribution_out),
        Check("learns", estimator_checks.check_learns),
        _SAVED,
        _SUBPROCESS,
    ),
    "loss": (
        _LIGHT_IMPORT,
        Check("one value per case", loss_checks.check_one_value_per_case),
        Check("one sigmoid unit", loss_checks.check_one_sigmoid_unit),
        Check("finite at the extremes", loss_checks.check_finite_at_the_extremes),
        Check("gradient", loss_checks.check_gradient),
        Check("estimates", loss_checks.check_estimates),
        Check("deterministic", common.check_deterministic),
        _LOSS_FALLS,
        _SUBPROCESS,
    ),
    "decision rule": (
        _LIGHT_IMPORT,
        Check("indices in range", decision_rule_checks.check_indices_in_range),
        Check("costs of every case", decision_rule_checks.check_costs_of_every_case),
        Check("order of cases", decision_rule_checks.check_order_of_cases),
        Check("inputs left alone", decision_rule_checks.check_inputs_left_alone),
        Check("deterministic", common.check_deterministic),
        _SUBPROCESS,
    ),
}
