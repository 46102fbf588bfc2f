"""Nothing heavy is loaded before it is needed, each in a process of its own."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

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
    assert loaded(code, HEAVY, ROOT) == []


def test_a_command_imports_no_other():
    modules = [f"framework.cli.{name}" for name in ("run", "sweep", "matrix", "sagemaker.main")]
    assert loaded(command("plugins", "--help"), modules, ROOT) == []
    modules = [f"framework.cli.sagemaker.{name}" for name in ("deploy", "build", "tune")]
    assert loaded(command("sagemaker", "run", "--help"), modules, ROOT) == []
    assert loaded(command("--help"), modules, ROOT) == []


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
