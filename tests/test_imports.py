"""Imports point one way, and nothing heavy is imported before it is needed."""

import ast
import graphlib
import json
import re
import subprocess
import sys
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


def loaded(code, names, cwd):
    """Those of ``names`` that a process has imported when ``code`` has run."""
    probe = (
        f"import sys\n{code}\nprint('loaded:', *[name for name in {names} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=cwd
    )
    return done.stdout.splitlines()[-1].split()[1:]


def command(*words):
    return f"from framework.cli.main import main; main({list(words)}, standalone_mode=False)"


@pytest.mark.parametrize(
    "code",
    [
        "import framework",
        "from framework import DatasetSpec, hookimpl",
        command("--help"),
        *(
            command(name, "--help")
            for name in ("run", "sweep", "compare", "report", "explain", "evaluate", "serve")
        ),
        command("plugins", "--help"),
        command("prevalence", "--help"),
        command("sagemaker", "run", "--help"),
    ],
)
def test_nothing_heavy_is_imported(code):
    assert loaded(code, HEAVY, ROOT.parent) == []


def test_a_command_imports_no_other():
    modules = [f"framework.cli.{name}" for name in ("run", "sweep", "matrix", "sagemaker.main")]
    assert loaded(command("plugins", "--help"), modules, ROOT.parent) == []
    modules = [f"framework.cli.sagemaker.{name}" for name in ("deploy", "build", "tune")]
    assert loaded(command("sagemaker", "run", "--help"), modules, ROOT.parent) == []
    assert loaded(command("--help"), modules, ROOT.parent) == []


OPTIONAL = ["sklearn", "matplotlib.figure", "scipy", "pandas", "IPython"]


@pytest.fixture(scope="module")
def run_made(tmp_path_factory):
    """A working directory with the folder ``run``, and what making it has loaded of OPTIONAL."""
    folder = tmp_path_factory.mktemp("imports")
    words = ("run", "breast_cancer", "--no-report", "--epochs", "1", "--out", "run")
    return folder, loaded(command(*words), OPTIONAL, folder)


def test_a_run_loads_only_what_it_uses(run_made):
    assert run_made[1] == []


PARSED = """
from types import SimpleNamespace as Of
from framework import CostMatrix
from framework.serving.bodies import Bodies
from framework.serving.replies import negotiated
signature = Of(feature_names=("a", "b"), input_shape=(2,), takes_pictures=False)
matrix = CostMatrix("m", ("x", "y"), [[0, 1], [5, 0]])
model = Of(labels=matrix.labels, artifact=Of(signature=signature, cost_matrix=matrix, schema=None))
assert Bodies(model).read("text/csv", {}, b"b,a\\n1,2").X.tolist() == [[2, 1]]
assert negotiated("*/*") == "application/json"
"""


@pytest.mark.parametrize(
    "code",
    [
        "from framework import read_run; from pathlib import Path; read_run(Path('run'))",
        command("--help"),
        command("plugins"),
        command("report", "run"),
        command("compare", "run", "run", "--out", "compared.html"),
        command("matrix", "show", "medical.json"),
        command("matrix", "check", "medical.json", "--dataset", "breast_cancer"),
        command("matrix", "new", "breast_cancer"),
        command("sagemaker", "delete", "x", "--region", "eu-west-1", "--dry-run"),
        PARSED,
    ],
    ids=lambda code: code.partition("; ")[2] or "parsing a request",
)
def test_what_trains_and_decides_nothing_needs_no_tensorflow(code, run_made):
    assert loaded(code, ["tensorflow", "keras"], run_made[0]) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "tpyo"), 'unknown dataset "tpyo"'),
        (("run", "breast_cancer", "--model", "tpyo"), 'unknown model "tpyo"'),
        (("run", "breast_cancer", "--cost-matrix", "tpyo.json"), "tpyo.json: no such cost matrix"),
        (("run", "tpyo.csv", "--target", "y"), "tpyo.csv: no such file"),
        (("sweep", "breast_cancer", "--ratio", "tpyo"), "--ratio: expected"),
        (("sweep", "breast_cancer", "--prevalence", "tpyo=.1..2"), "--prevalence: expected"),
    ],
)
def test_a_typing_error_is_told_before_tensorflow_is_loaded(words, told, tmp_path):
    code = (
        f"from framework import FrameworkError\ntry: {command('--debug', *words)}\n"
        f"except FrameworkError as error: assert {told!r} in str(error), error\n"
        "else: raise AssertionError('no error')"
    )
    assert loaded(code, ["tensorflow", "keras"], tmp_path) == []


@pytest.mark.parametrize(
    "code",
    [
        command("predict", "run", "cases.csv"),
        command("predict", "run", "cases.csv", "--model", "medical"),
        "from framework import load; load('run').predict([[1.0] * 30])",
        "from framework.serving import create_app; create_app('run')",
    ],
)
def test_answers_need_no_tensorflow(code, run_made):
    """What answers needs ONNX Runtime: a second less of processor time, and half a gigabyte."""
    folder, _ = run_made
    names = json.loads(next(folder.glob("run/models/*/signature.json")).read_text())[
        "feature_names"
    ]
    (folder / "cases.csv").write_text(f"{','.join(names)}\n{','.join(['1.5'] * len(names))}\n")
    unused = ["tensorflow", "keras", "onnx", "sklearn", "scipy", "matplotlib", "pandas", "PIL"]
    unused += ["fw_breast_cancer", "fw_street_signs.synthetic", "framework.data.learning"]
    assert loaded(code, unused, folder) == []


def test_who_answers_http_needs_no_numpy(run_made):
    """The process beside it, which has the model and decides, has that, too."""
    app = "from framework.serving import create_app; create_app('run')"
    assert loaded(app, ["numpy", "onnxruntime"], run_made[0]) == []


@pytest.mark.slow
def test_who_imports_the_command_line_has_a_process_of_their_own():
    """Keras itself imports matplotlib where it can; a user's plots and garbage are none of our business."""
    probe = (
        "import gc, sys, framework.cli.main, framework.core.backend\n"
        "from keras.src.visualization import plot_image_gallery as p\n"
        "print(p.plt is not None and gc.isenabled() and not gc.get_freeze_count())"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"


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
