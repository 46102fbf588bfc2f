"""What is checked: one dataset, model, loss or decision rule, and the plugin that offers it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

from framework.core.errors import ConfigError
from framework.plugins.registry import RAISED, Offer, Registry
from framework.plugins.specs import EstimatorSpec

T = TypeVar("T")


class SkipCheck(Exception):  # noqa: N818 -- no error: there is nothing to check
    """A check that does not apply; the text says why."""


class Subject:
    """An ``offer`` of ``registry``; what several checks need of it is made once.

    Parameters
    ----------
    offer : Offer
    registry : Registry
    data : Path, optional
        The folder or file that a dataset is loaded from, as by ``--data``.
    """

    def __init__(self, offer: Offer[Any], registry: Registry, data: Path | None = None) -> None:
        self.offer, self.registry, self.data = offer, registry, data
        self._made: dict[str, Any] = {}
        self._failed: set[str] = set()

    @property
    def kind(self) -> str:
        return self.offer.kind

    @property
    def spec(self) -> Any:
        return self.offer.spec

    @property
    def checked_as(self) -> str:
        """Its kind; of a model that is no network but a classifier of scikit-learn's kind, "estimator"."""
        return "estimator" if isinstance(self.spec, EstimatorSpec) else self.kind

    def __str__(self) -> str:
        return f'{self.kind} "{self.spec.name}"'

    def once(self, what: str, make: Callable[[], T]) -> T:
        """What ``make`` makes, at the first call.

        Its error, or why there is none, is told by the check that first wants it; those that
        follow are skipped.
        """
        if what in self._failed:
            raise SkipCheck(f"there is no {what}, as another check says")
        if what not in self._made:
            try:
                self._made[what] = make()
            except RAISED:
                self._failed.add(what)
                raise
        return cast(T, self._made[what])

    @property
    def module(self) -> str:
        """The name by which another process imports the plugin.

        Raises
        ------
        SkipCheck
            When there is none: a module made by hand, the main program.
        """
        module = self.registry.module(self.offer.plugin)
        name = module.__name__ if isinstance(module, ModuleType) else type(module).__name__
        try:
            found = isinstance(module, ModuleType) and find_spec(name) is not None
        except ValueError:  # a module that was never imported from anywhere
            found = False
        if not found or name == "__main__":
            raise SkipCheck(f"{name} is no module that another process could import")
        return name


def find_subject(
    name: str, kind: str | None, data: Path | None, registry: Registry | None
) -> Subject:
    """What ``name`` means, of that ``kind`` or of any.

    Raises
    ------
    PluginError
        When nothing is called so, or two plugins claim the name.
    ConfigError
        When it is the name of two kinds of things, or ``data`` is given to what is no dataset.
    """
    registry = registry or Registry()
    kinds = [kind] if kind is not None else registry.kinds_of(name)
    if len(kinds) > 1:
        options = " or ".join(f"--kind {one.replace(' ', '-')}" for one in kinds)
        raise ConfigError(f'"{name}" is a {" and a ".join(kinds)}; say which is meant by {options}')
    offer = registry.offer(kinds[0], name)
    if data is not None and offer.kind != "dataset":
        raise ConfigError(f'--data is for a dataset; "{name}" is a {offer.kind}')
    return Subject(offer, registry, data)
