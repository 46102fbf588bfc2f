"""An environment of its own for what is installed from wheels, as a user's is.

It sees the packages that the tests' environment has from others, so that TensorFlow is not installed
again; of this project, only what is installed into it. (Editable installs are .pth files, which
count in their own environment alone.)
"""

import os
import subprocess
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")


class CleanEnvironment:
    """A new environment in ``folder``; commands of it run in the folder ``work``."""

    def __init__(self, folder):
        venv.create(folder / "venv", with_pip=False)
        place = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
        self.bin = Path(sysconfig.get_path("scripts", "venv", place))
        self.packages = Path(sysconfig.get_path("purelib", "venv", place))
        (self.packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.wheels, self.work = folder / "wheels", folder / "work"
        self.work.mkdir()

    def run(self, *words, exit_code=0):
        """What ``words`` print; the first is a program of the environment. pip asks no index."""
        own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        own["PATH"] = f"{self.bin}{os.pathsep}{own['PATH']}"
        own["TF_CPP_MIN_LOG_LEVEL"] = "3"
        if words[:2] == ("pip", "install"):
            words = ("python", *PIP, "install", "--no-index", "--no-build-isolation", *words[2:])
        done = subprocess.run(
            [self.bin / words[0], *map(str, words[1:])],
            cwd=self.work,
            env=own,
            capture_output=True,
            text=True,
        )
        assert done.returncode == exit_code, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def build(self, *sources):
        """All wheels built so far, those of ``sources`` among them."""
        offline = ("--no-index", "--no-deps", "--no-build-isolation")
        self.run("python", *PIP, "wheel", *offline, "--wheel-dir", self.wheels, *sources)
        return sorted(self.wheels.glob("*.whl"))

    def install(self, *wheels):
        self.run("pip", "install", "--no-deps", "--ignore-installed", *wheels)
