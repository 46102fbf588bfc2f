"""Imports point one way, and nothing heavy is imported before it is needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "framework"
# What each room may import, besides itself; the rooms of a storey know nothing of each other.
STOREYS = [
    {"core": ""},
    {"config": "core", "data": "core", "plugins": "core", "training": "core"},
    {"inference": "core data plugins training"},
    {
        "experiment": "core config inference plugins training",
        "serving": "core data inference",
        "sagemaker": "core config inference plugins",
    },
    {
        "sweep": "core config experiment plugins",
        "explanation": "core config experiment inference plugins",
    },
    {"report": "config core experiment explanation plugins sweep"},
    {
        "api": "experiment explanation plugins report sweep",
        "cli": "core config data experiment explanation inference plugins report sagemaker serving "
        "sweep",
        "container": "core experiment inference plugins report sagemaker serving training",
    },
]
MAY_IMPORT = {room: may.split() for storey in STOREYS for room, may in storey.items()}
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


def imports(path):
    """(line, module) of the framework that a file imports, but for type checkers only."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "framework":
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_what_its_line_says(path):
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for line, name in imports(path):
        room = name.split(".")[1]
        assert room == own or room in MAY_IMPORT[own], (
            f"framework/{path.relative_to(ROOT)}, line {line} imports {name}: {own}/ may import "
            f"{', '.join(MAY_IMPORT[own]) or 'nothing'}; move what it needs down, or the line up"
        )


def test_no_line_allows_more_than_is_used():
    used = {room: set() for room in MAY_IMPORT}
    for path in FILES:
        own = path.relative_to(ROOT).parts[0].removesuffix(".py")
        used[own] |= {name.split(".")[1] for _, name in imports(path)} - {own}
    assert used == {room: set(may) for room, may in MAY_IMPORT.items()}


def test_rooms_import_from_storeys_below_alone():
    below = set()
    for storey in STOREYS:
        for room, may in storey.items():
            assert set(may.split()) <= below, room
        below |= set(storey)
    assert below == {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in FILES}


@pytest.mark.parametrize(
    "code",
    [
        "import framework",
        "from framework import DatasetSpec, hookimpl",
        "from framework.cli.main import main; main(['--help'], standalone_mode=False)",
        "from framework.cli.main import main; main(['plugins', '--help'], standalone_mode=False)",
        "from framework.cli.main import main; main(['run', '--help'], standalone_mode=False)",
        "from framework.cli.main import main; main(['explain', '--help'], standalone_mode=False)",
        "from framework.cli.main import main; main(['serve', '--help'], standalone_mode=False)",
        "from framework.cli.main import main; main(['sweep', '--help'], standalone_mode=False)",
        "from framework.cli.main import main; main(['compare', '--help'], standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_imported(code):
    probe = f"{code}\nimport sys; print('loaded:', *sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_listing_plugins_does_not_import_tensorflow():
    probe = (
        "from framework.cli.main import main; main(['plugins'], standalone_mode=False)\n"
        "import sys; print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


OPTIONAL = ("sklearn", "matplotlib.pyplot", "scipy.stats")


def test_a_run_loads_only_what_it_uses(tmp_path):
    probe = (
        "import sys; from framework.cli.main import main\n"
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
        "import sys, framework.cli.main, framework.core.backend\n"
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
