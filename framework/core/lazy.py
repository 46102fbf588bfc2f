"""Public names of a package that are imported when first asked for: TensorFlow takes seconds."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def lazily(package: str, file: str) -> tuple[list[str], Callable[[str], Any], Callable[[], Any]]:
    """``__all__``, ``__getattr__`` and ``__dir__`` (PEP 562) of a package's ``__init__.py``.

    Its public names are what ``__init__.pyi`` beside it imports, so that they are said once: type
    checkers read that file, and so does this.

    Examples
    --------
    >>> __all__, __getattr__, __dir__ = lazily(__name__, __file__)    # doctest: +SKIP
    """
    stub = Path(file).with_suffix(".pyi").read_text(encoding="utf-8")
    homes = {
        alias.name: str(node.module)
        for node in ast.parse(stub).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return sorted(homes), get, lambda: sorted({*vars(sys.modules[package]), *homes})
