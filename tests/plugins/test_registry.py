"""Named after what can go wrong with a plugin."""

import logging
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from framework import DatasetSpec, ModelSpec, Registry, hookimpl
from framework.core.errors import PluginError
from framework.plugins.registry import Plugin, registry_with_rule
from tests.conftest import blobs, plugin


class Installed:
    """An entry point as an installed distribution has it; ``value`` is imported for real."""

    def __init__(self, name, value, distribution, version="1.0"):
        self.name, self.value = name, value
        self.dist = SimpleNamespace(name=distribution, version=version)

    def load(self):
        return EntryPoint(self.name, self.value, "fw").load()


def dataset_plugin(name="mine"):
    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec(name, ("no", "yes"), blobs)]

    return plugin(fw_register_datasets=fw_register_datasets)


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """Writes modules that can be imported."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name, code):
        (tmp_path / f"{name}.py").write_text(code)

    return write


def test_the_installed_distributions_are_found():
    registry = Registry()
    assert registry.failures == []
    offer = registry.offer("dataset", "breast_cancer")
    assert (offer.plugin.distribution, offer.plugin.version) == ("fw-breast-cancer", "0.1.0")


@pytest.mark.parametrize(("rule", "others"), [("argmax", False), ("somebodys", True)])
def test_a_rule_of_the_framework_is_there_without_the_plugins_of_others(rule, others):
    assert registry_with_rule(rule).has("fw-breast-cancer") == others
    assert registry_with_rule(rule).has("cost-matrix-framework")


def test_the_frameworks_own_come_through_the_same_door():
    registry = Registry(entry_points=[])
    for kind, name in [
        ("model", "logistic"),
        ("loss", "expected_cost"),
        ("decision rule", "argmax"),
    ]:
        assert registry.offer(kind, name).plugin.distribution == "cost-matrix-framework"


@pytest.mark.parametrize(
    "code", ["import no_such_module", "1 / 0", "raise SystemExit(3)", "def broken(:"]
)
def test_a_plugin_that_fails_at_import_breaks_nothing_else(modules, code):
    modules("fw_bad", code)
    modules("fw_good", GOOD_MODULE)
    registry = Registry([Installed("bad", "fw_bad", "bad-dist"), Installed("good", "fw_good", "g")])
    assert registry.dataset("good").labels == ("no", "yes")
    (failure,) = registry.failures
    assert failure.plugin == Plugin("bad", "bad-dist", "1.0")
    assert "import of fw_bad failed" in failure.reason


GOOD_MODULE = """
from framework import DatasetSpec, hookimpl

@hookimpl
def fw_register_datasets():
    return [DatasetSpec("good", ("no", "yes"), lambda: None)]
"""


def test_a_failed_plugin_is_named_when_something_is_not_found(modules):
    modules("fw_bad", "import no_such_module")
    registry = Registry([Installed("bad", "fw_bad", "bad-dist")])
    with pytest.raises(PluginError, match=r"The plugin bad \(bad-dist 1\.0\) failed: import"):
        registry.dataset("wine")


def test_an_unknown_name_gets_the_nearest_ones():
    with pytest.raises(PluginError) as error:
        Registry().dataset("breast_cancr")
    assert 'unknown dataset "breast_cancr"; did you mean breast_cancer?' in str(error.value)


def test_a_name_claimed_twice_names_both_distributions_when_asked_for():
    registry = Registry(entry_points=[])
    registry.register(dataset_plugin(), Plugin("a", "dist-a", "1.0"))
    registry.register(dataset_plugin(), Plugin("b", "dist-b", "2.0"))
    registry.register(dataset_plugin("other"), Plugin("c", "dist-c", "1.0"))
    assert registry.dataset("other").name == "other"
    with pytest.raises(PluginError, match=r"offered by dist-a 1\.0 and dist-b 2\.0"):
        registry.dataset("mine")


def test_the_second_of_one_name_and_distribution_is_refused_and_the_first_stays_whole():
    told = []

    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("mine", ("no", "yes"), blobs)]

    @hookimpl
    def fw_run_finished(config, result):
        told.append(result)

    observer = plugin(fw_register_datasets=fw_register_datasets, fw_run_finished=fw_run_finished)
    registry = Registry(entry_points=[])
    registry.register(observer, Plugin("a", "dist-a", "1.0"))
    registry.register(dataset_plugin("other"), Plugin("a", "dist-a", "1.0"))
    (failure,) = registry.failures
    assert "another of that name and distribution is in use already" in failure.reason
    registry.run_finished(None, "a result")
    assert told == ["a result"]
    assert registry.dataset("mine")
    with pytest.raises(PluginError, match=r"The plugin a .* failed: another of that name"):
        registry.dataset("other")


def test_a_misspelt_hook_is_a_failure_not_silence():
    @hookimpl
    def fw_register_dataset():
        return []

    registry = Registry(entry_points=[])
    registry.register(plugin(fw_register_dataset=fw_register_dataset), Plugin("x", "dist-x", "1"))
    (failure,) = registry.failures
    assert "unknown hook 'fw_register_dataset'" in failure.reason
    registry.register(dataset_plugin(), Plugin("y", "dist-y", "1"))
    assert registry.dataset("mine")


@pytest.mark.parametrize("raised", [RuntimeError("boom"), SystemExit("boom")])
def test_a_hook_that_raises_leaves_the_plugins_other_hooks_alone(raised):
    @hookimpl
    def fw_register_models():
        raise raised

    both = dataset_plugin()
    both.fw_register_models = fw_register_models
    registry = Registry(entry_points=[])
    registry.register(both, Plugin("x", "dist-x", "1"))
    assert registry.dataset("mine")
    told = f"fw_register_models() failed: {type(raised).__name__}: boom"
    assert registry.failures[0].reason == told


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda: {}, "expected a list of DatasetSpec, received {}"),
        (lambda: ["x"], "expected DatasetSpec entries, received 'x'"),
        (lambda: [ModelSpec("m", print)], "expected DatasetSpec entries, received ModelSpec"),
        (lambda: [DatasetSpec("Bad Name", ("a", "b"), print)], "received 'Bad Name'"),
        (lambda: [DatasetSpec("d", ("a",), print)], "at least two different labels"),
        (
            lambda: [DatasetSpec("d", ("a", "b"), "x")],
            "expected a function as \"load\", received 'x'",
        ),
    ],
)
def test_a_hook_that_returns_something_else_is_a_failure(returned, message):
    @hookimpl
    def fw_register_datasets():
        return returned()

    registry = Registry(entry_points=[])
    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("x", "d", "1"))
    assert message in registry.failures[0].reason
    assert registry.of_kind("dataset") == []


@pytest.mark.parametrize("raised", [RuntimeError("boom"), SystemExit(0)])
def test_an_observers_error_is_logged_and_the_next_is_still_called(raised, caplog):
    seen = []

    @hookimpl(specname="fw_run_finished")
    def broken(config):
        raise raised

    @hookimpl(specname="fw_run_finished")
    def working(config, result):
        seen.append((config, result))

    registry = Registry(entry_points=[])
    registry.register(plugin(hook=broken), Plugin("x", "dist-x", "1"))
    registry.register(plugin(hook=working), Plugin("y", "dist-y", "1"))
    with caplog.at_level(logging.ERROR):
        registry.run_finished("config", "result")
    assert seen == [("config", "result")]
    assert "fw_run_finished() of x (dist-x 1) failed" in caplog.text


def test_a_module_that_is_not_installed_needs_no_plugin_of_its_own():
    registry = Registry(entry_points=[])
    registry.register(dataset_plugin())
    offer = registry.offer("dataset", "mine")
    assert str(offer.plugin) == "plugin not installed"
    assert registry.failures == []
