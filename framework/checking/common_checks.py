"""Checks of whatever a plugin offers."""

from __future__ import annotations

from framework.checking.fingerprint import fingerprint
from framework.checking.fresh_process import ask
from framework.checking.subject import Subject
from framework.core.errors import PluginError


def check_light_import(subject: Subject) -> None:
    """Importing the plugin and registering it loads nothing heavy."""
    found = ask("heavy_imports", subject)
    if found:
        raise PluginError(
            f"importing {subject.module} loads {', '.join(found)}, and every command that lists "
            "plugins would wait for it; import it inside the function that needs it"
        )


def check_deterministic(subject: Subject) -> None:
    """Asked twice, it gives the same, bit by bit."""
    first = _own_fingerprint(subject)
    if fingerprint(subject) != first:
        raise PluginError(
            f"{subject}: asked twice, it gave something else the second time; draw random numbers "
            "from a generator with a seed of its own, and sort what has no order (sets, folders)"
        )


def check_in_a_subprocess(subject: Subject) -> None:
    """A new process, where nothing is loaded yet, gets the same, bit by bit."""
    here = _own_fingerprint(subject)
    if ask("fingerprint", subject) != here:
        raise PluginError(
            f"{subject}: in a process of its own it gives something else than here; it may depend on "
            "what was imported or drawn before, on hash(), or on the order of a set or folder"
        )


def _own_fingerprint(subject: Subject) -> str:
    return subject.once("answer to compare", lambda: fingerprint(subject))
