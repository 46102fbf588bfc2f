"""What docs/plugins.md says stays: a plugin written for 0.1 finds all it uses where it was."""

import inspect
from dataclasses import MISSING, fields

import pytest

import framework
from framework import DatasetSpec, DecisionRuleSpec, EstimatorSpec, LossSpec, ModelSpec
from framework.plugins import hookspecs, registry

HOOKS_0_1 = {
    "fw_register_datasets": (),
    "fw_register_models": (),
    "fw_register_losses": (),
    "fw_register_decision_rules": (),
    "fw_run_finished": ("config", "result"),
}
REQUIRED = object()
# Names, in their order, and defaults. Add below; what stands here, stays.
SPECS_0_1 = {
    DatasetSpec: {
        "name": REQUIRED,
        "labels": REQUIRED,
        "load": REQUIRED,
        "cost_matrices": None,
        "default_cost_matrix": None,
        "reference_cost_matrices": (),
        "default_model": None,
        "defaults": {},
        "description": "",
    },
    ModelSpec: {"name": REQUIRED, "build": REQUIRED, "parameters": {}, "description": ""},
    EstimatorSpec: {
        "name": REQUIRED,
        "build": REQUIRED,
        "parameters": {},
        "settings": ({},),
        "staged": None,
        "in_folds": {},
        "trusted": (),
        "most_cases": None,
        "description": "",
    },
    LossSpec: {
        "name": REQUIRED,
        "function": REQUIRED,
        "warm_up": 0.0,
        "description": "",
        "estimates": None,
    },
    DecisionRuleSpec: {
        "name": REQUIRED,
        "function": REQUIRED,
        "parameters": {},
        "binary_only": False,
        "description": "",
        "refers": True,
    },
}
PUBLIC_0_1 = {
    *(
        "Dataset",
        "DatasetSpec",
        "ModelSpec",
        "EstimatorSpec",
        "TableShape",
        "LossSpec",
        "DecisionRuleSpec",
        "hookimpl",
        "check_loss",
    ),
    *("Border", "fit", "Registry", "RunConfig", "CostMatrix", "FrameworkError", "DataError"),
}


def test_hooks_keep_their_names_and_arguments():
    for name, arguments in HOOKS_0_1.items():
        found = tuple(inspect.signature(getattr(hookspecs, name)).parameters)
        assert found[: len(arguments)] == arguments
    assert registry.ENTRY_POINT_GROUP == "fw"


@pytest.mark.parametrize("spec", SPECS_0_1, ids=lambda spec: spec.__name__)
def test_specs_keep_their_parameters_and_new_ones_have_a_default(spec):
    found = {field.name: _default(field) for field in fields(spec)}
    known = SPECS_0_1[spec]
    assert list(found)[: len(known)] == list(known)
    assert {name: found[name] for name in known} == known
    assert REQUIRED not in [found[name] for name in found if name not in known]


def _default(field):
    if field.default is not MISSING:
        return field.default
    return REQUIRED if field.default_factory is MISSING else field.default_factory()


def test_what_plugins_import_stays_public():
    assert set(framework.__all__) >= PUBLIC_0_1


def test_an_implementation_may_take_fewer_arguments_than_its_hook_has():
    told = []

    class Observer:
        @framework.hookimpl
        def fw_run_finished(self, config):
            told.append(config)

    plugins = framework.Registry(entry_points=[])
    plugins.register(Observer())
    plugins.run_finished("config", "result")
    assert told == ["config"]
    assert plugins.failures == []
