"""Imports point one way, between rooms and files; what is public is imported from ``framework`` alone."""

import ast
import graphlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "framework"
# What each room may import, besides itself; the rooms of a storey know nothing of each other.
STOREYS = [
    {"core": ""},
    {"config": "core", "data": "core", "plugins": "core", "training": "core"},
    {"inference": "core data plugins"},
    {
        "experiment": "core config data inference plugins training",
        "serving": "core data inference",
        "sagemaker": "core config data inference plugins",
    },
    {
        "checking": "core config experiment inference plugins training",
        "studies": "config core data experiment inference plugins",
    },
    {"report": "core experiment studies"},
    {
        "api": "config core experiment plugins report studies training",
        "cli": "checking core config data experiment inference plugins report sagemaker serving studies",
        "container": "core experiment inference plugins report sagemaker serving training",
    },
]
MAY_IMPORT = {room: may.split() for storey in STOREYS for room, may in storey.items()}
# The rooms within a room, likewise. What lies beside them in it is everybody's, or its door.
WITHIN = {
    "core": [
        {"cases": "", "costs": "", "decisions": "", "uncertainty": ""},
        {"evaluation": "cases costs decisions uncertainty"},
        {
            "matrix_checks": "costs decisions evaluation",
            "monitoring": "costs evaluation uncertainty",
            "slicing": "cases evaluation uncertainty",
            "uncertain_costs": "costs evaluation",
        },
    ],
    "experiment": [
        {"fitting": "", "folders": "", "loading": ""},
        {"choosing": "fitting loading"},
        {"results": "choosing fitting loading"},
        {"stored_runs": "choosing loading results"},
    ],
    "studies": [{"explanation": "", "monitoring": "", "sweeping": ""}],
    "api": [{"estimator": ""}],
    "sagemaker": [
        {"aws": ""},
        {"launching": "aws"},
        {"endpoints": "aws launching", "jobs": "aws launching"},
    ],
}
# The files that may import TensorFlow, some of them only when one of their functions is called.
TENSORFLOW = (
    "checking/gradients.py",
    "core/backend.py",
    "core/losses.py",
    "core/keras_inputs.py",
    "core/metrics.py",
    "core/weights.py",
    "inference/keras_model.py",
    "inference/predicting.py",
    "plugins/networks.py",
    "plugins/loss_checks.py",
    "studies/explanation/integrated_gradients.py",
    "training/",
)


def all_imports(path, with_types=False):
    """(line, module) that a file imports; ``with_types`` what is for type checkers only as well."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if is_for_types and not with_types:
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def imports(path):
    """(line, module) of the framework that a file imports."""
    return [found for found in all_imports(path) if found[1].startswith("framework.")]


def refused(path, line, name, room, may):
    """Whose line of code imports what the line of its ``room`` in ``may`` does not allow."""
    return (
        f"framework/{path.relative_to(ROOT)}, line {line} imports {name}: {room}/ may import "
        f"{', '.join(may.get(room, ())) or 'nothing'}; move what it needs down, or the line up"
    )


FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_what_its_line_says(path):
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for line, name in imports(path):
        room = name.split(".")[1]
        assert room == own or room in MAY_IMPORT[own], refused(path, line, name, own, MAY_IMPORT)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_tensorflow_is_imported_by_the_files_that_may(path):
    own = str(path.relative_to(ROOT))
    if own.startswith(TENSORFLOW):
        return
    for line, name in all_imports(path):
        assert not name.startswith(("framework.core.backend", "keras", "tensorflow")), (
            f"framework/{own}, line {line} imports {name}: TensorFlow is for "
            f"{', '.join(TENSORFLOW)}; what computes with it belongs there"
        )


def test_no_line_allows_more_than_is_used():
    used = {room: set() for room in MAY_IMPORT}
    for path in FILES:
        own = path.relative_to(ROOT).parts[0].removesuffix(".py")
        used[own] |= {name.split(".")[1] for _, name in imports(path)} - {own}
    assert used == {room: set(may) for room, may in MAY_IMPORT.items()}


def check_that_they_point_down(storeys):
    """Each room of ``storeys`` imports from those before its own alone; all of their rooms."""
    below = set()
    for storey in storeys:
        for room, may in storey.items():
            assert set(may.split()) <= below, room
        below |= set(storey)
    return below


def test_rooms_import_from_storeys_below_alone():
    below = check_that_they_point_down(STOREYS)
    assert below == {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in FILES}


@pytest.mark.parametrize("large", WITHIN)
def test_rooms_within_a_room_import_what_their_lines_say(large):
    may = {room: set(names.split()) for storey in WITHIN[large] for room, names in storey.items()}
    used = {path.parent.name: set() for path in ROOT.glob(f"{large}/*/__init__.py")}
    for path in FILES:
        own, inner, *_ = *path.relative_to(ROOT).parts, ""
        if own != large or inner not in used:
            continue
        for line, name in imports(path):
            room = name.split(".")[2] if name.startswith(f"framework.{large}.") else inner
            if room in used and room != inner:
                used[inner].add(room)
                assert room in may.get(inner, ()), refused(path, line, name, inner, may)
    assert used == may
    check_that_they_point_down(WITHIN[large])


def test_no_file_imports_itself_over_others():
    """Nor for type checkers: who reads one file of a circle has to read them all."""
    names = {
        ".".join(("framework", *path.relative_to(ROOT).with_suffix("").parts)) for path in FILES
    }
    imported = {
        name: {
            found
            for _, module in all_imports(ROOT.parent / f"{name.replace('.', '/')}.py", True)
            for found in (module, module.rpartition(".")[0])
            if found in names and found != name
        }
        for name in names
    }
    assert sum(map(len, imported.values())) > 1000
    try:
        graphlib.TopologicalSorter(imported).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("folder", ["bench", "container", "docs", "plugins"])
def test_what_is_imported_from_elsewhere_is_there(folder):
    """Not every bench is run by a test."""
    modules = {
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in ROOT.rglob("*.py")
    }
    missing = [
        f"{path}, line {line}: {name}"
        for path in sorted((ROOT.parent / folder).rglob("*.py"))
        for line, name in imports(path)
        if not {name, name.rpartition(".")[0]} & modules
    ]
    assert not missing, "\n".join(missing)


def test_every_public_name_can_be_imported():
    import framework

    for name in framework.__all__:
        assert getattr(framework, name).__doc__
        assert not (ROOT / name).exists()  # an import of that room would take the name's place
    assert set(framework.__all__) <= set(dir(framework))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = framework.nothing


def test_every_public_name_is_told():
    import framework

    page = (ROOT.parent / "docs" / "python.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\w+)`", page)) == {"framework", *framework.__all__}


PLUGINS = sorted((ROOT.parent / "plugins").rglob("*.py"))
PAGES = [ROOT.parent / "README.md", *sorted((ROOT.parent / "docs").rglob("*.md"))]


@pytest.mark.parametrize(
    "path", [*PLUGINS, *PAGES], ids=lambda path: str(path.relative_to(ROOT.parent))
)
def test_plugins_and_pages_import_from_the_framework_alone(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = "\n".join(re.findall(r"^ *((?:from|import) framework.*)", text, re.MULTILINE))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "framework":
            assert node.module == "framework", f"{path}, line {node.lineno}: {node.module}"
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("framework.") for alias in node.names), path
