"""The settings of a run that was: its config.json, read to run it again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framework.config.settings import AUTO_SEARCHES, SETTINGS
from framework.core.errors import ConfigError
from framework.core.files import read_json

# Which of them the run was free to choose; what it says of these is not what was asked for.
SEARCHED = "searched"
# Two ways to say one thing: who gives one anew does not mean the other one any more.
RIVALS = (("epochs", "updates"), ("cost", "cost_matrix"), ("decision_rule", "threshold"))


def read_settings(path: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in ``path``, those in ``given`` in place of its own.

    Not taken over: folders that are written to, and what ``--strategy auto`` was free in; where
    ``given`` names another strategy, nothing that it searches.

    Parameters
    ----------
    path : Path
        As a run folder holds it; of settings that are null, empty or left out the defaults hold.
    given : mapping of str to value
        Settings of ``RunConfig``.

    Raises
    ------
    ArtifactError
        When the file is missing or no JSON.
    ConfigError
        When it holds something else than settings.

    Examples
    --------
    >>> read_settings(Path("runs/a/config.json"), {"seed": 1})       # doctest: +SKIP
    """
    found = read_json(path)
    if not isinstance(found, dict):
        raise ConfigError(
            f"{path}: expected the settings of a run, {{...}}, received {found!r:.60}"
        )
    left_out = {SEARCHED, *found.get(SEARCHED, ())}
    unknown = [name for name in found if name not in SETTINGS and name != SEARCHED]
    if unknown:
        raise ConfigError(
            f'{path}: unknown setting "{unknown[0]}"; expected the config.json of a run, or some of its '
            "settings"
        )
    left_out |= {name for name, setting in SETTINGS.items() if setting.written}
    for rivals in RIVALS:
        if any(name in given for name in rivals):
            left_out |= set(rivals)
    if given.get("strategy", found.get("strategy")) != found.get("strategy"):
        left_out |= set(AUTO_SEARCHES)
    own = {name: value for name, value in found.items() if name not in left_out}
    return {name: value for name, value in own.items() if value not in (None, [], {})} | {**given}
