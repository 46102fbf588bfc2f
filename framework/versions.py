"""What a run was made with."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from framework.plugins.registry import DISTRIBUTION, Plugin

_LIBRARIES = ("tensorflow", "keras", "numpy", "sklearn", "pydantic", "pluggy")


def versions(plugins: Iterable[Plugin]) -> dict[str, Any]:
    """Versions of Python, the libraries that decide figures, and the plugins that were used."""
    used = {plugin.distribution: plugin.version for plugin in plugins}
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        **{name: import_module(name).__version__ for name in _LIBRARIES},
        "framework": used.pop(DISTRIBUTION, "unknown"),
        "plugins": used,
    }
