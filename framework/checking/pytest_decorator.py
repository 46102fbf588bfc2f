"""The same checks as tests of a plugin's own, one each: a decorator for pytest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framework.checking.check_plugin import checked_known_failures
from framework.checking.checks import Check, checks_of
from framework.checking.subject import SkipCheck, Subject, find_subject
from framework.core.errors import ConfigError
from framework.plugins.registry import Registry


def parametrize_with_plugin_checks(
    name: str,
    kind: str | None = None,
    *,
    data: str | Path | None = None,
    known_failures: Mapping[str, str] | None = None,
    registry: Registry | None = None,
) -> Any:
    """A pytest decorator: the test gets each check of ``name`` in turn, and calls it.

    Parameters and errors are those of ``framework.check_plugin``. A known failure is an expected
    one (xfail, strict), so one that passes fails the test; what does not apply is skipped.

    Examples
    --------
    >>> @parametrize_with_plugin_checks("tickets")                        # doctest: +SKIP
    ... def test_tickets(check):
    ...     check()
    """
    try:
        import pytest
    except ModuleNotFoundError:
        raise ConfigError("the decorator needs pytest: pip install pytest") from None

    subject = find_subject(name, kind, None if data is None else Path(data), registry)
    known = checked_known_failures(subject, known_failures)
    return pytest.mark.parametrize(
        "check",
        [
            pytest.param(
                _test(check, subject),
                id=check.name.replace(" ", "_"),
                marks=[pytest.mark.xfail(reason=known[check.name], strict=True)]
                if check.name in known
                else [],
            )
            for check in checks_of(subject.checked_as)
        ],
    )


def _test(check: Check, subject: Subject) -> Any:
    def run() -> None:
        import pytest

        try:
            check.function(subject)
        except SkipCheck as reason:
            pytest.skip(str(reason))

    return run
