"""Commands of a group that are imported when they are asked for, not when ``fw`` starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import click

from framework.cli.output import keep_stdout
from framework.cli.verbosity import take_verbosity


class LazyCommands(MutableMapping[str, click.Command]):
    """What a click group takes for its ``commands``: by name, each from a module that has it by this name.

    All take ``-q`` and ``-v``, and keep stdout for what they say.

    Parameters
    ----------
    modules : mapping
        Name -> module.
    """

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = dict(modules)
        self._found: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._found:
            self[name] = getattr(import_module(self._modules[name]), name)
        return self._found[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        for one in _at_hand(command):
            take_verbosity(one)
            keep_stdout(one)
        self._modules[name], self._found[name] = "", command

    def __delitem__(self, name: str) -> None:
        del self._modules[name]
        self._found.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


def _at_hand(command: click.Command) -> Iterator[click.Command]:
    """The command and those of its group, but those that are not imported yet."""
    yield command
    inner = getattr(command, "commands", {})
    if not isinstance(inner, LazyCommands):
        for one in inner.values():
            yield from _at_hand(one)
