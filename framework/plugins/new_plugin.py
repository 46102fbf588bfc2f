"""A first plugin, to be edited by its author: an installable package that passes its checks at once."""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from string import Template

from framework.core.errors import ConfigError, PluginError
from framework.core.files import write_text
from framework.plugins.matrix_template import matrix_template
from framework.plugins.registry import Registry
from framework.plugins.specs import DatasetSpec, DecisionRuleSpec

TEMPLATES = Path(__file__).with_name("templates")
# As in the template of a dataset.
LABELS = ("no", "yes")


def write_new_plugin(kind: str, name: str, registry: Registry, out: Path | None = None) -> Path:
    """Write a package that offers a ``kind`` called ``name``; its folder.

    Parameters
    ----------
    kind : str
        "dataset", "model", "loss" or "decision rule".
    name : str
        Lower-case letters, digits and underscores.
    registry : Registry
        What is installed: its names are taken.
    out : Path, optional
        Where to; default: ``fw-NAME`` in the working directory.

    Raises
    ------
    ConfigError
        When the name cannot be one, or is taken, or the folder holds something already.
    """
    check_name(name, registry)
    folder = out or Path(distribution_of(name))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder} exists already; name another folder with --out")
    for path, text in _files(kind, name):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_text(folder / path, text)
    return folder


def check_name(name: str, registry: Registry) -> None:
    """ConfigError unless ``name`` can be that of something new."""
    try:
        DecisionRuleSpec(name, len)
    except PluginError:
        fits = False
    else:
        fits = not keyword.iskeyword(name)
    if not fits:
        raise ConfigError(
            "expected a name of lower-case letters, digits and underscores, beginning with a letter "
            f"and no word of Python's own, received {name!r}"
        )
    for offer in registry.offers:
        if offer.spec.name == name:
            raise ConfigError(
                f'the name "{name}" is taken by a {offer.kind} of {offer.plugin}; choose another one'
            )
    if find_spec(module_of(name)) is not None:
        raise ConfigError(
            f"a module {module_of(name)} is installed already, so the plugin could not be imported; "
            "choose another name"
        )


def module_of(name: str) -> str:
    return f"fw_{name}"


def distribution_of(name: str) -> str:
    """As package indexes write names; hatchling finds the module of that name by itself."""
    return f"fw-{name.replace('_', '-')}"


def _files(kind: str, name: str) -> Iterator[tuple[Path, str]]:
    """Paths in the package's folder, and what stands there."""
    module = module_of(name)
    values = {"name": name, "module": module, "distribution": distribution_of(name)}

    def filled(template: str) -> str:
        text = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
        return Template(text).substitute(values)

    yield Path("pyproject.toml"), filled("pyproject.toml")
    yield Path("tests") / f"test_{name}.py", filled("test.py")
    code = filled(f"{kind.replace(' ', '_')}.py")
    if kind != "dataset":
        yield Path(f"{module}.py"), code
        return
    yield Path(module) / "__init__.py", code
    matrix = matrix_template(DatasetSpec(name, LABELS, list))
    yield Path(module) / "matrices" / f"{name}.json", json.dumps(matrix, indent=2) + "\n"
