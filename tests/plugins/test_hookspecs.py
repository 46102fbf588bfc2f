"""Every hook's docstring holds a complete plugin; here each is run for real."""

import inspect
import textwrap
from types import ModuleType

import pytest

from framework import CostMatrix, Registry, RunConfig, run
from framework.plugins import hookspecs
from framework.plugins.registry import Plugin

HOOKS = [name for name in vars(hookspecs) if name.startswith("fw_")]


def documented_plugin(hook):
    """The code block of the hook's docstring, as a module."""
    docstring = inspect.getdoc(getattr(hookspecs, hook))
    assert "::\n" in docstring, f"{hook} shows no plugin"
    code = textwrap.dedent(docstring.split("::\n", 1)[1])
    module = ModuleType(f"documented_{hook}")
    exec(code, module.__dict__)
    assert hasattr(module, hook), f"the plugin in the docstring of {hook} does not implement it"
    return module


def test_all_hooks_are_known_here():
    assert sorted(HOOKS) == [
        "fw_register_datasets",
        "fw_register_decision_rules",
        "fw_register_losses",
        "fw_register_models",
        "fw_run_finished",
    ]


@pytest.mark.parametrize("hook", HOOKS)
def test_the_documented_plugin_registers(hook):
    registry = Registry(entry_points=[])
    registry.register(documented_plugin(hook), Plugin(hook, "documented", "1"))
    assert registry.failures == []


def test_all_documented_plugins_work_together_in_one_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    registry = Registry(entry_points=[])
    for hook in HOOKS:
        registry.register(documented_plugin(hook), Plugin(hook, f"dist-{hook}", "1"))
    labels = ("barolo", "grignolino", "barbera")
    result = run(
        RunConfig(
            dataset="wine",
            cost_matrix=CostMatrix("mine", labels, [[0, 1, 2], [9, 0, 1], [1, 1, 0]]),
            model="tanh_net",
            model_parameters={"units": 4},
            loss="undecided_expected_cost",
            decision_rule="least_worst",
            epochs=2,
        ),
        registry,
    )
    assert result.model("mine").loss == "undecided_expected_cost"
    assert result.model("mine").decision.parameters == {"floor": 0.01}
    assert result.model("mine").trained.network.model.name.startswith("sequential")
    assert (tmp_path / "runs.log").read_text() == f"wine {result.served.model}\n"
    used = result.versions["plugins"]
    assert used.keys() == {
        "dist-fw_register_datasets",
        "dist-fw_register_models",
        "dist-fw_register_losses",
        "dist-fw_register_decision_rules",
    }
