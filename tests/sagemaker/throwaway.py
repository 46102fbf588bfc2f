"""A plugin that nothing has seen before: a dataset "coins", as a source folder or as a wheel."""

import zipfile

MODULE = """
from framework import DatasetSpec, hookimpl


def load():
    import numpy as np

    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    return rng.normal(size=(200, 2)) + 2 * y[:, None], y


@hookimpl
def fw_register_datasets():
    return [DatasetSpec("coins", ("good", "forged"), load, default_model="logistic")]
"""
BROKEN = MODULE.replace("return rng", "raise RuntimeError('the mint is closed')\n    return rng")
PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "fw-coins"
version = "1.0"

[project.entry-points.fw]
coins = "fw_coins"

[tool.hatch.build.targets.wheel]
packages = ["fw_coins"]
"""
MATRIX = {"name": "mint", "labels": ["good", "forged"], "costs": [[0, 1], [20, 0]]}


def write_source(folder, module=MODULE):
    (folder / "fw_coins").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "fw_coins/__init__.py").write_text(module)


def write_wheel(folder, module=MODULE, requires=""):
    """Zipped by hand: no build backend is needed."""
    folder.mkdir(parents=True, exist_ok=True)
    info = "fw_coins-1.0.dist-info"
    files = {
        "fw_coins/__init__.py": module,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: fw-coins\nVersion: 1.0\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[fw]\ncoins = fw_coins\n",
    }
    record = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
    path = folder / "fw_coins-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(name, text)
    return path
