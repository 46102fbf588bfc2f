"""Imports point one way, and nothing heavy is imported before it is needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "framework"
# A room may import from itself and from rooms of a lower number.
LEVELS = {
    "errors": 0,
    "names": 0,
    "core": 1,
    "plugins": 2,
    "config": 3,
    "roles": 3,
    "versions": 3,
    "loading": 4,
    "fitting": 4,
    "tables": 4,
    "strategy": 5,
    "validation": 6,
    "selection": 7,
    "results": 8,
    "run_folder": 9,
    "candidates": 10,
    "prediction": 10,
    "circle": 11,
    "strategy_options": 11,
    "judging": 11,
    "remarks": 11,
    "report": 12,
    "serving": 12,
    "verdict": 13,
    "explanation": 14,
    "pipeline": 14,
    "sweep": 14,
    "commands": 15,
    "sagemaker": 15,
    "container": 16,
    "cli": 16,
}
HEAVY = (
    "tensorflow",
    "keras",
    "sklearn",
    "matplotlib",
    "pydantic",
    "numpy",
    "rich",
    "starlette",
    "uvicorn",
    "boto3",
    "botocore",
    "sagemaker",
)


def room(module):
    return module.split(".")[1]


def imports(path):
    """Modules of the framework that a file imports, wherever in it, but for type checkers only."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("framework"):
            if node.module in ("framework", "framework.core"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for module in imports(path):
        assert room(module) == own or LEVELS[room(module)] < LEVELS[own], (
            f"{path.name} imports {module}"
        )


@pytest.mark.parametrize(
    "code",
    [
        "import framework",
        "from framework import DatasetSpec, hookimpl",
        "from framework.cli import main; main(['--help'], standalone_mode=False)",
        "from framework.cli import main; main(['plugins', '--help'], standalone_mode=False)",
        "from framework.cli import main; main(['run', '--help'], standalone_mode=False)",
        "from framework.cli import main; main(['explain', '--help'], standalone_mode=False)",
        "from framework.cli import main; main(['serve', '--help'], standalone_mode=False)",
        "from framework.cli import main; main(['sweep', '--help'], standalone_mode=False)",
        "from framework.cli import main; main(['compare', '--help'], standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_imported(code):
    probe = f"{code}\nimport sys; print('loaded:', *sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_listing_plugins_does_not_import_tensorflow():
    probe = (
        "from framework.cli import main; main(['plugins'], standalone_mode=False)\n"
        "import sys; print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


OPTIONAL = ("sklearn", "matplotlib.pyplot", "scipy.stats")


def test_a_run_loads_only_what_it_uses(tmp_path):
    probe = (
        "import sys; from framework.cli import main\n"
        "main('run breast_cancer --no-report --epochs 1'.split(), standalone_mode=False)\n"
        f"print('loaded:', *[name for name in {OPTIONAL} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_who_imports_the_command_line_has_nothing_hidden_from_keras():
    """Keras itself imports matplotlib where it can; a user's plots are none of our business."""
    probe = (
        "import sys, framework.cli, framework.core.backend\n"
        "from keras.src.visualization import plot_image_gallery as p; print(p.plt is not None)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"


def test_every_public_name_can_be_imported():
    import framework

    for name in framework.__all__:
        assert getattr(framework, name).__doc__
    assert set(framework.__all__) <= set(dir(framework))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = framework.nothing
