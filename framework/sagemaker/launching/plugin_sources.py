"""The plugins a run needs, as what travels to the container: source folders and wheels."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from framework.config.run_config import RunConfig
from framework.core.errors import ConfigError, PluginError
from framework.plugins.registry import DISTRIBUTION, Registry

# Of a source folder, what is not source.
NOT_SOURCE = {"__pycache__", "build", "dist", "node_modules", "venv"}
# Of an installed distribution, what pip wrote when it installed it.
BY_PIP = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"}


def needed(config: RunConfig, registry: Registry, folder: Path) -> list[Path]:
    """Source folder or wheel of every plugin that ``config`` names something of, or is to be told.

    The source folder of a distribution that is installed from one in place (``pip install -e``);
    otherwise its installed files, packed as a wheel again into ``folder``.
    """
    named: list[tuple[str, str]] = []
    defaults: Mapping[str, Any] = {}
    if not config.is_table:
        spec = registry.dataset(config.dataset)
        defaults = {"model": spec.default_model, **spec.defaults}
        named = [("dataset", config.dataset)]
    for kind, setting in (("model", "model"), ("loss", "loss"), ("decision rule", "decision_rule")):
        name = getattr(config, setting) or defaults.get(setting)
        if name is not None:
            named.append((kind, name))
    observers = set() if config.mlflow is None else {"fw-mlflow"}
    distributions = observers | {
        registry.offer(kind, name).plugin.distribution for kind, name in named
    }
    return [found(name, folder) for name in sorted(distributions - {DISTRIBUTION})]


def found(distribution: str, folder: Path) -> Path:
    """Where ``distribution`` can be installed from; see ``needed``."""
    try:
        installed = metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        raise PluginError(
            f"the plugin {distribution} is no installed distribution, so it cannot be sent along; "
            "name its source folder or wheel with --plugin"
        ) from None
    url = json.loads(installed.read_text("direct_url.json") or "{}")
    source = Path(unquote(urlparse(url.get("url", "")).path))
    if url.get("dir_info", {}).get("editable") and source.is_dir():
        return source
    return repack(installed, folder)


def repack(installed: metadata.Distribution, folder: Path) -> Path:
    """The wheel that ``installed`` was installed from, made again from its files.

    What pip made on installing is left out: scripts, compiled files, its own records. Source of
    the layout: PEP 427.
    """
    name = installed.metadata["Name"]
    listed = installed.files or []
    info = next((file.parts[0] for file in listed if file.parts[0].endswith(".dist-info")), "")
    tag = next(
        (
            line.partition(":")[2].strip()
            for line in (installed.read_text("WHEEL") or "").splitlines()
            if line.startswith("Tag:")
        ),
        "",
    )
    if not info or not tag:
        raise PluginError(
            f"{name} was not installed from a wheel; name its source folder or wheel with --plugin"
        )
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    wheel = folder / f"{info.removesuffix('.dist-info')}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(listed):
            by_pip = file.parts[0] == info and file.name in BY_PIP
            if ".." in file.parts or file.suffix == ".pyc" or by_pip:
                continue
            content = Path(str(file.locate())).read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            rows.writerow([file.as_posix(), f"sha256={digest.decode()}", len(content)])
            archive.writestr(file.as_posix(), content)
        rows.writerow([f"{info}/RECORD", "", ""])
        archive.writestr(f"{info}/RECORD", record.getvalue())
    return wheel


def check(paths: Iterable[Path]) -> None:
    """ConfigError unless each is a wheel or the source folder of a distribution, by its own name."""
    named: dict[str, Path] = {}
    for path in paths:
        other = named.setdefault(path.resolve().name, path)
        if other is not path:
            raise ConfigError(f"the plugins {other} and {path} have the same name; rename one")
        if not path.exists():
            raise ConfigError(f"the plugin {path}: no such file or folder")
        is_wheel = path.is_file() and path.suffix == ".whl"
        if not is_wheel and not (path / "pyproject.toml").is_file():
            raise ConfigError(
                f"the plugin {path}: expected a wheel, or a folder with a pyproject.toml"
            )


def files(path: Path) -> list[tuple[Path, str]]:
    """The files of a wheel or source folder, and their names in the channel."""
    path = path.resolve()
    if path.is_file():
        return [(path, path.name)]
    found = []
    for file in sorted(path.rglob("*")):
        parts = file.relative_to(path).parts
        hidden = any(part in NOT_SOURCE or part.startswith(".") for part in parts)
        made = file.suffix == ".pyc" or any(part.endswith(".egg-info") for part in parts)
        if file.is_file() and not hidden and not made:
            found.append((file, "/".join((path.name, *parts))))
    return found
