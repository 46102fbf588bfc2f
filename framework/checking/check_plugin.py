"""All checks of something that a plugin offers, run one by one, and what came of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from framework.checking.checks import Check, checks_of
from framework.checking.subject import SkipCheck, Subject, find_subject
from framework.core.errors import ConfigError, FrameworkError
from framework.plugins.registry import RAISED, Registry

Status = Literal["ok", "failed", "skipped", "known failure", "unexpected pass"]


@dataclass(frozen=True)
class CheckOutcome:
    """What came of the check ``check``; ``reason`` is a sentence, empty where it is "ok"."""

    check: str
    status: Status
    reason: str = ""

    @property
    def failed(self) -> bool:
        """Whether something is to be mended: the plugin, or a known failure that is none any more."""
        return self.status in ("failed", "unexpected pass")


def check_plugin(
    name: str,
    kind: str | None = None,
    *,
    data: str | Path | None = None,
    known_failures: Mapping[str, str] | None = None,
    registry: Registry | None = None,
    told: Callable[[CheckOutcome], None] = lambda _: None,
) -> list[CheckOutcome]:
    """Run every check of the dataset, model, loss or decision rule called ``name``.

    Parameters
    ----------
    name : str
    kind : str, optional
        ``"dataset"``, ``"model"``, ``"loss"`` or ``"decision rule"``, where the name is that of several.
    data : path, optional
        Where a dataset is loaded from, as by ``--data``.
    known_failures : mapping of name of a check -> reason, optional
        Checks that are known to fail; one of them that passes is an unexpected pass.
    registry : Registry, optional
        Default: the plugins installed in this environment.
    told : function of CheckOutcome, optional
        Called after each check.

    Returns
    -------
    list of CheckOutcome, in the order of the checks

    Raises
    ------
    PluginError
        When nothing is called so.
    ConfigError
        When several kinds of things are, or a known failure names no check.

    Examples
    --------
    >>> [outcome.check for outcome in check_plugin("argmax") if outcome.failed]  # doctest: +SKIP
    []
    """
    subject = find_subject(name, kind, None if data is None else Path(data), registry)
    known = checked_known_failures(subject, known_failures)
    outcomes = []
    for check in checks_of(subject.checked_as):
        outcomes.append(_outcome(check, subject, known.get(check.name)))
        told(outcomes[-1])
    return outcomes


def checked_known_failures(subject: Subject, known: Mapping[str, str] | None) -> Mapping[str, str]:
    """``known``, once each name in it is that of a check, and each has a reason."""
    names = [check.name for check in checks_of(subject.checked_as)]
    for name, reason in (known or {}).items():
        if name not in names:
            raise ConfigError(
                f'no check of a {subject.kind} is called "{name}"; {", ".join(names)}'
            )
        if not reason.strip():
            raise ConfigError(f'the known failure "{name}" has no reason; say why it may fail')
    return known or {}


def _outcome(check: Check, subject: Subject, known: str | None) -> CheckOutcome:
    try:
        check.function(subject)
    except SkipCheck as reason:
        return CheckOutcome(check.name, "skipped", str(reason))
    except RAISED as error:
        told = (
            str(error) if isinstance(error, FrameworkError) else f"{type(error).__name__}: {error}"
        )
        if known is not None:
            return CheckOutcome(check.name, "known failure", f"{known} ({told})")
        return CheckOutcome(check.name, "failed", told)
    if known is not None:
        return CheckOutcome(
            check.name, "unexpected pass", f"known to fail, it passes now: take it off ({known})"
        )
    return CheckOutcome(check.name, "ok")
