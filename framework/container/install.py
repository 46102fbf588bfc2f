"""Plugins of a job: wheels and source folders in a channel, installed where the user may write."""

from __future__ import annotations

import configparser
import importlib
import os
import shutil
import site
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

from framework.core.errors import PluginError
from framework.plugins.registry import ENTRY_POINT_GROUP


def install(channel: Path) -> None:
    """Install the plugins in ``channel`` and make them importable in this process.

    Taken are wheels that offer plugins, and folders with a pyproject.toml or setup.py: the channel
    itself, or folders in it. Wheels of what they depend on may lie beside them; when all are
    there, no network is used. What is installed already stays as it is.

    Raises
    ------
    PluginError
        When the channel has no plugin, or pip cannot install one: pip's reason.
    """
    wheels = [wheel for wheel in sorted(channel.glob("*.whl")) if _offers_plugins(wheel)]
    sources = [folder for folder in (channel, *sorted(channel.iterdir())) if _is_source(folder)]
    if not wheels and not sources:
        raise PluginError(
            f"{channel}: expected wheels or source folders of plugins (with an entry point in the "
            f'group "{ENTRY_POINT_GROUP}"); it holds: '
            f"{', '.join(path.name for path in sorted(channel.iterdir())) or 'nothing'}"
        )
    prefix = Path(tempfile.mkdtemp(prefix="fw-plugins-"))
    with tempfile.TemporaryDirectory() as scratch:
        # Some builds write into the source folder, which is read-only here.
        copies = [
            shutil.copytree(source, Path(scratch) / str(k) / source.name)
            for k, source in enumerate(sources)
        ]
        _pip_install([*wheels, *copies], channel, prefix)
    names = ", ".join(path.name for path in (*wheels, *sources))
    print(f"installed plugins: {names}", flush=True)


def _pip_install(what: list[Path], channel: Path, prefix: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation"]
    command += ["--prefix", str(prefix), "--find-links", str(channel)]
    # The plugins go beside what the image may have of them: pip would take that away first, which
    # is root's. What they need is installed only where it is missing.
    _pip([*command, "--no-deps", "--ignore-installed"], list(map(str, what)), channel)
    packages = _put_first(prefix)
    needs = {
        need
        for distribution in metadata.distributions(path=packages)
        for need in distribution.requires or ()
        if "extra ==" not in need
    }
    if needs:
        _pip(command, sorted(needs), channel)


def _put_first(prefix: Path) -> list[str]:
    """Make what is installed in ``prefix`` importable, here and in processes of this one."""
    found = [str(packages) for packages in prefix.glob("lib/python*/site-packages")]
    for packages in found:
        site.addsitedir(packages)
        sys.path.remove(packages)
        sys.path.insert(0, packages)
        os.environ["PYTHONPATH"] = os.pathsep.join(
            filter(None, (packages, os.environ.get("PYTHONPATH")))
        )
    importlib.invalidate_caches()
    return found


def _pip(command: list[str], what: list[str], channel: Path) -> None:
    offline = _run([*command, "--no-index", *what])
    if offline is None:
        return
    online = _run([*command, "--retries", "1", "--timeout", "20", *what])
    if online is not None:
        names = ", ".join(Path(one).name for one in what)
        raise PluginError(
            f"{names} cannot be installed with what is in "
            f"{channel} ({offline}), nor with the package index ({online})"
        )


def _run(command: list[str]) -> str | None:
    """None, or why it failed: the last of pip's lines that says ERROR."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["pip gave no reason"])[-1].strip()


def _offers_plugins(wheel: Path) -> bool:
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.endswith(".dist-info/entry_points.txt"):
                    parser = configparser.ConfigParser(delimiters=("=",))
                    parser.read_string(archive.read(name).decode())
                    return parser.has_section(ENTRY_POINT_GROUP)
    except (OSError, zipfile.BadZipFile, configparser.Error, UnicodeDecodeError) as error:
        raise PluginError(f"{wheel}: is not a wheel that can be read ({error})") from error
    return False


def _is_source(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file() or (folder / "setup.py").is_file()
