"""Every block of Python in README and docs runs, in a folder with what its page speaks of."""

import ast
import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from framework import CostMatrix, RunConfig, run
from framework.serving.bodies import Bodies
from tests.pages import BLOCKS, DOCS
from tests.pictures import write_skin


def is_python(block):
    """Whether a block is fenced as Python, or parses as it and imports or calls something."""
    if block.language:
        return block.language == "python"
    try:
        tree = ast.parse(block.code)
    except SyntaxError:
        return False
    return any(isinstance(node, (ast.Import, ast.ImportFrom, ast.Call)) for node in ast.walk(tree))


PYTHON = [block for block in BLOCKS if is_python(block)]
PAGES = list(dict.fromkeys(block.page for block in PYTHON))
# Compiled alone.
NOT_RUN = {"parametrize_with_plugin_checks": "tests/cli/test_new.py installs that plugin"}
# What pages take for granted; made where it is asked for.
GIVEN = {
    "X": lambda: breast_cancer()[0],
    "X_train": lambda: breast_cancer()[0][:300],
    "X_test": lambda: breast_cancer()[0][300:],
    "y_train": lambda: breast_cancer()[1][:300],
    "y_test": lambda: breast_cancer()[1][300:],
    "C": lambda: [[0, 1], [5, 0]],
    "LGBMClassifier": lambda: classifier(),
    "batches": lambda: record_batches(),
    "model": lambda: network(),
    "matrix": lambda: CostMatrix("given", ("a", "b"), [[0, 1], [5, 0]]),
    "dollars": lambda: -np.arange(40.0),
    "first": lambda: -np.arange(40.0),
    "second": lambda: -np.arange(40.0)[::-1],
}
# What trains is told so: sooner done, and what it finds is tested elsewhere.
TRAINING, SHORTER = ("train", "RunConfig"), {"epochs": 2, "report": False}


def breast_cancer():
    from sklearn import datasets

    return datasets.load_breast_cancer(return_X_y=True)


def record_batches():
    import pyarrow
    from sklearn import datasets

    cases = datasets.load_breast_cancer(as_frame=True).data
    return pyarrow.Table.from_pandas(cases).to_batches(max_chunksize=100)


def classifier():
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier


def network():
    import keras

    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, "softmax")])


def my_dataset():
    """The module that a page imports: the plugin that another page prints, by another name."""
    (wine,) = [block.code for block in PYTHON if 'name="wine"' in block.code]
    module = ModuleType("my_dataset")
    exec(wine.replace('name="wine"', 'name="mine"'), module.__dict__)
    return module


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Samples, a run, and the files that pages print."""
    folder = tmp_path_factory.mktemp("reader")
    for sample in (DOCS / "samples").iterdir():
        shutil.copy(sample, folder)
    for block in BLOCKS:
        if block.title:
            (folder / block.title).write_text(block.code)
    write_skin(folder)
    labels = ("barolo", "grignolino", "barbera")
    CostMatrix("mine", labels, 1 - np.eye(3)).to_file(folder / "mine.json")
    settings = {"cost_matrix": "medical.json", "epochs": 2, "report": False}
    run(RunConfig(dataset="breast_cancer", **settings, out=folder / "runs/medical"))
    return folder


def shorter(code):
    """The code, with ``SHORTER`` said to what trains."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in TRAINING:
            given = {keyword.arg for keyword in node.keywords}
            node.keywords += [
                ast.keyword(name, ast.Constant(value))
                for name, value in SHORTER.items()
                if name not in given
            ]
    return ast.fix_missing_locations(tree)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_a_page_runs_block_after_block(page, place, monkeypatch):
    monkeypatch.chdir(place)
    monkeypatch.setitem(sys.modules, "my_dataset", my_dataset())
    names = {}
    for block in PYTHON:
        if block.page != page:
            continue
        code = compile(shorter(block.code), str(block), "exec")
        asked = {node.id for node in ast.walk(ast.parse(block.code)) if isinstance(node, ast.Name)}
        names |= {name: GIVEN[name]() for name in asked & set(GIVEN) - set(names)}
        if not asked & set(NOT_RUN):
            exec(code, names)


def test_the_requests_that_a_page_sends_are_understood(place, monkeypatch):
    from framework import load, train

    monkeypatch.chdir(place)
    settings = {"target": "priority", "text": "note", "report": False, "epochs": 2}
    result = train("tickets.csv", cost=["*->*=1"], groups="customer", out="runs/words", **settings)
    bodies = Bodies(load(result.run_dir))
    table = bodies.read("text/csv", {}, Path("new_tickets.csv").read_bytes())
    assert len(table.X) == 20
    assert len(bodies.read("application/json", {}, Path("request.json").read_bytes()).X) == 1
