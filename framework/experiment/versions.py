"""What a run was made with."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from framework.plugins.registry import DISTRIBUTION, Plugin

_LIBRARIES = ("tensorflow", "keras", "numpy", "scikit-learn", "pydantic", "pluggy")
# On a PC with Linux it is the build without support of graphics cards that is installed.
_ALIASES = {"tensorflow": "tensorflow-cpu"}


def versions(plugins: Iterable[Plugin]) -> dict[str, Any]:
    """Versions of Python, the libraries that decide figures, and the plugins that were used.

    In a container, its image too, if that was told (FW_IMAGE).
    """
    used = {plugin.distribution: plugin.version for plugin in plugins}
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        **{name: _version(name) for name in _LIBRARIES},
        "framework": used.pop(DISTRIBUTION, "unknown"),
        "plugins": used,
        **({"image": image} if (image := os.environ.get("FW_IMAGE")) else {}),
    }


def _version(name: str) -> str:
    """As its distribution says: importing it to ask may take half a second."""
    for distribution in (name, _ALIASES.get(name, name)):
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return "unknown"
