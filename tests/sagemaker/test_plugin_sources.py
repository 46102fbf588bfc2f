"""Which plugins go along with a job, and in which form."""

import subprocess
import sys
import zipfile
from importlib import metadata

import pytest

from framework import Registry, RunConfig
from framework.core.errors import PluginError
from framework.sagemaker.launching.plugin_sources import files, found, needed, repack

from . import throwaway


def test_an_installed_wheel_is_made_again_and_can_be_installed_again(tmp_path):
    original = throwaway.write_wheel(tmp_path / "original")
    installed = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", installed, original], check=True)
    (distribution,) = metadata.distributions(path=[str(installed)])
    again = repack(distribution, tmp_path)
    assert again.name == original.name
    with zipfile.ZipFile(original) as before, zipfile.ZipFile(again) as after:
        kept = set(before.namelist())
        assert set(after.namelist()) == kept
        for name in kept - {name for name in kept if name.endswith("RECORD")}:
            assert after.read(name) == before.read(name)
    # pip refuses a wheel whose records do not fit.
    subprocess.run([*pip, "--target", tmp_path / "twice", again], check=True)
    (twice,) = metadata.distributions(path=[str(tmp_path / "twice")])
    assert list(twice.entry_points) == list(distribution.entry_points)


def test_what_the_run_names_goes_along_and_the_framework_does_not(tmp_path):
    registry = Registry()
    config = RunConfig(dataset="breast_cancer", model="mlp", loss="expected_cost")
    (source,) = needed(config, registry, tmp_path)
    assert source.name == "breast_cancer"
    assert (source / "pyproject.toml").is_file()
    with pytest.raises(PluginError, match='unknown model "nope"'):
        needed(RunConfig(dataset="breast_cancer", model="nope"), registry, tmp_path)
    with pytest.raises(PluginError, match="name its source folder or wheel with --plugin"):
        found("not-a-distribution", tmp_path)


def test_of_a_source_folder_only_the_source(tmp_path):
    source = tmp_path / "plugin"
    for name in (
        *("pyproject.toml", "mine/__init__.py", "mine/matrices/a.json"),
        *(".git/config", "mine/__pycache__/x.pyc", "dist/old.whl", "mine.egg-info/PKG-INFO"),
        ".env",
    ):
        file = source / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    assert [name for _, name in files(source)] == [
        "plugin/mine/__init__.py",
        "plugin/mine/matrices/a.json",
        "plugin/pyproject.toml",
    ]
