"""Finds plugins, keeps what they offer by name, and remembers what went wrong with which."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import metadata
from typing import Any, Generic, Protocol, TypeVar, cast

import pluggy

from framework.core.errors import PluginError
from framework.plugins import builtin, hookspecs
from framework.plugins.specs import (
    DatasetSpec,
    DecisionRuleSpec,
    EstimatorSpec,
    LossSpec,
    ModelSpec,
    Spec,
)

ENTRY_POINT_GROUP = "fw"
DISTRIBUTION = "cost-matrix-framework"
KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "dataset": ("fw_register_datasets", (DatasetSpec,)),
    "model": ("fw_register_models", (ModelSpec, EstimatorSpec)),
    "loss": ("fw_register_losses", (LossSpec,)),
    "decision rule": ("fw_register_decision_rules", (DecisionRuleSpec,)),
}
SpecT = TypeVar("SpecT", bound=Spec)
# What a plugin's code may raise; of a SystemExit the command would end as if its work were done.
RAISED = (Exception, SystemExit)
TWICE = "another of that name and distribution is in use already; register it once, or under another name"
_log = logging.getLogger(__name__)


class EntryPoint(Protocol):
    """What the registry needs of ``importlib.metadata.EntryPoint``."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def dist(self) -> Any: ...
    def load(self) -> Any: ...


@dataclass(frozen=True)
class Plugin:
    """Where something comes from: an entry point of an installed distribution."""

    name: str
    distribution: str
    version: str

    @property
    def is_own(self) -> bool:
        """Whether it is the framework's."""
        return self.distribution == DISTRIBUTION

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"


@dataclass(frozen=True)
class Offer(Generic[SpecT]):
    """One named thing that a plugin offers."""

    kind: str
    spec: SpecT
    plugin: Plugin


@dataclass(frozen=True)
class Failure:
    """A plugin that could not be used, or only in part, and why."""

    plugin: Plugin
    reason: str


class Registry:
    """All plugins of this environment, loaded on construction, each inside its own guard.

    Parameters
    ----------
    entry_points : iterable of entry points, optional
        Instead of those installed in this environment.
    """

    def __init__(self, entry_points: Iterable[EntryPoint] | None = None) -> None:
        self.offers: list[Offer[Any]] = []
        self.failures: list[Failure] = []
        self._plugins: dict[str, Plugin] = {}
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self.own = Plugin("framework", DISTRIBUTION, _own_version())
        self.register(builtin, self.own)
        if entry_points is None:
            entry_points = sorted(metadata.entry_points(group=ENTRY_POINT_GROUP))
        for entry_point in entry_points:
            dist = entry_point.dist
            source = Plugin(
                entry_point.name,
                dist.name if dist else entry_point.value,
                dist.version if dist else "unknown",
            )
            try:
                module = entry_point.load()
            except RAISED as error:
                self._fail(source, f"import of {entry_point.value} failed", error)
            else:
                self.register(module, source)

    def register(self, module: object, plugin: Plugin | None = None) -> None:
        """Take in everything ``module`` offers; what is wrong with it becomes a failure.

        ``plugin`` says where it comes from (default: a module of its own name, not installed). Of two that
        come from one place under one name, the first is kept.
        """
        plugin = plugin or _not_installed(module)
        key = _key(plugin)
        if self._manager.has_plugin(key):
            self.failures.append(Failure(plugin, TWICE))
            return
        try:
            self._manager.register(module, name=key)
            self._manager.check_pending()  # a misspelt hook name would be ignored in silence
        except (ValueError, pluggy.PluginValidationError) as error:
            if self._manager.has_plugin(key):
                self._manager.unregister(name=key)
            self._fail(plugin, "its hooks do not fit", error)
            return
        self._plugins[key] = plugin
        for kind, (hook, spec_types) in KINDS.items():
            try:
                for specs in self._call(hook, key):
                    self._take(kind, spec_types, specs, plugin)
            except RAISED as error:
                self._fail(plugin, f"{hook}() failed", error)

    def dataset(self, name: str) -> DatasetSpec:
        """The dataset of that name; PluginError when there is none, or more than one."""
        return cast(DatasetSpec, self.offer("dataset", name).spec)

    def model(self, name: str) -> ModelSpec | EstimatorSpec:
        return cast("ModelSpec | EstimatorSpec", self.offer("model", name).spec)

    def loss(self, name: str) -> LossSpec:
        return cast(LossSpec, self.offer("loss", name).spec)

    def decision_rule(self, name: str) -> DecisionRuleSpec:
        return cast(DecisionRuleSpec, self.offer("decision rule", name).spec)

    def of_kind(self, kind: str) -> list[Offer[Any]]:
        return [offer for offer in self.offers if offer.kind == kind]

    def named(self, kind: str, name: str) -> list[Offer[Any]]:
        """Those of ``kind`` called ``name``; more than one where plugins claim the same."""
        return [offer for offer in self.of_kind(kind) if offer.spec.name == name]

    def offer(self, kind: str, name: str) -> Offer[Any]:
        """The one offer of ``kind`` called ``name``.

        Raises
        ------
        PluginError
            Unknown (with the nearest names, and the plugins that failed), or claimed twice
            (with both distributions).
        """
        found = self.named(kind, name)
        if len(found) == 1:
            return found[0]
        if found:
            claims = " and ".join(str(offer.plugin) for offer in found)
            raise PluginError(f'the {kind} "{name}" is offered by {claims}; uninstall one of them')
        raise self._unknown(kind, name, self.of_kind(kind))

    def kinds_of(self, name: str) -> list[str]:
        """The kinds of things that are called ``name``; PluginError when there are none."""
        found = dict.fromkeys(offer.kind for offer in self.offers if offer.spec.name == name)
        if not found:
            raise self._unknown(" or ".join(KINDS), name, self.offers)
        return list(found)

    def has(self, distribution: str) -> bool:
        """Whether a plugin of ``distribution`` is in use."""
        return any(plugin.distribution == distribution for plugin in self._plugins.values())

    def module(self, plugin: Plugin) -> object:
        """What ``plugin`` was registered as: a module, or an object with its hooks."""
        return self._manager.get_plugin(_key(plugin))

    def run_finished(self, config: Any, result: Any) -> None:
        """Tell every observer; their errors are logged, never raised."""
        for key, plugin in self._plugins.items():
            try:
                self._call("fw_run_finished", key, config=config, result=result)
            except RAISED:
                _log.exception("fw_run_finished() of %s (%s) failed", plugin.name, plugin)

    def _unknown(self, kind: str, name: str, offers: Iterable[Offer[Any]]) -> PluginError:
        names = sorted({offer.spec.name for offer in offers})
        near = get_close_matches(name, names, n=3, cutoff=0.5)
        message = f'unknown {kind} "{name}"; '
        message += f"did you mean {' or '.join(near)}? " if near else ""
        message += f"Installed: {', '.join(names) or 'none'}"
        for failure in self.failures:
            message += (
                f". The plugin {failure.plugin.name} ({failure.plugin}) failed: {failure.reason}"
            )
        return PluginError(message)

    def _call(self, hook: str, key: str, **arguments: Any) -> list[Any]:
        """Call ``hook`` of one plugin alone, so that its failure cannot touch another's."""
        others = [plugin for name, plugin in self._manager.list_name_plugin() if name != key]
        caller = self._manager.subset_hook_caller(hook, remove_plugins=others)
        results: list[Any] = caller(**arguments)
        return results

    def _take(self, kind: str, spec_types: tuple[type, ...], specs: Any, plugin: Plugin) -> None:
        names = " or ".join(spec_type.__name__ for spec_type in spec_types)
        if not isinstance(specs, (list, tuple)):
            raise PluginError(f"expected a list of {names}, received {specs!r}")
        for spec in specs:
            if not isinstance(spec, spec_types):
                raise PluginError(f"expected {names} entries, received {spec!r}")
        self.offers += [Offer(kind, spec, plugin) for spec in specs]

    def _fail(self, plugin: Plugin, what: str, error: BaseException) -> None:
        self.failures.append(Failure(plugin, f"{what}: {type(error).__name__}: {error}"))


def _key(plugin: Plugin) -> str:
    return f"{plugin.distribution}:{plugin.name}"


def _not_installed(module: object) -> Plugin:
    name = getattr(module, "__name__", type(module).__name__)
    return Plugin(name, name, "not installed")


def registry_with_rule(name: str) -> Registry:
    """The framework's own plugins if they offer the decision rule ``name``, else all of this environment.

    A rule of that name cannot have been anybody else's: where two claim one, a run is refused. So a model
    that decides by it need not wait until all plugins are imported.
    """
    own = Registry(entry_points=())
    names = {offer.spec.name for offer in own.of_kind("decision rule")}
    return own if name in names else Registry()


def _own_version() -> str:
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:  # a source tree that was never installed
        return "unknown"
