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

PYTHON = [
    block
    for block in BLOCKS
    if block.language == "python"
    or (not block.language and block.code.startswith(("import ", "from ")))
]
# What a block takes for granted; made when it is asked for.
GIVEN = {
    "X": lambda: load_breast_cancer().data,
    "model": lambda: compiled_model(),
    "matrix": lambda: CostMatrix("given", ("a", "b"), [[0, 1], [5, 0]]),
    "dollars": lambda: -np.arange(40.0),
    "first": lambda: -np.arange(40.0),
    "second": lambda: -np.arange(40.0)[::-1],
}
# What trains is told so: sooner done, and what it finds is tested elsewhere.
TRAINING, SHORTER = ("train", "RunConfig"), {"epochs": 2, "report": False}


def load_breast_cancer():
    from sklearn import datasets

    return datasets.load_breast_cancer()


def compiled_model():
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
            node.keywords += [ast.keyword(k, ast.Constant(v)) for k, v in SHORTER.items()]
    return ast.fix_missing_locations(tree)


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_a_block_of_python_runs(block, place, monkeypatch):
    monkeypatch.chdir(place)
    if "my_dataset" in block.code:
        monkeypatch.setitem(sys.modules, "my_dataset", my_dataset())
    names = {node.id for node in ast.walk(ast.parse(block.code)) if isinstance(node, ast.Name)}
    made = {name: make() for name, make in GIVEN.items() if name in names}
    exec(compile(shorter(block.code), str(block), "exec"), made)


def test_the_requests_that_a_page_sends_are_understood(place, monkeypatch):
    from framework import load, train

    monkeypatch.chdir(place)
    settings = {"target": "priority", "text": "note", "report": False, "epochs": 2}
    result = train("tickets.csv", cost=["*->*=1"], groups="customer", out="runs/words", **settings)
    bodies = Bodies(load(result.run_dir))
    table = bodies.read("text/csv", {}, Path("new_tickets.csv").read_bytes())
    assert len(table.X) == 20
    assert len(bodies.read("application/json", {}, Path("request.json").read_bytes()).X) == 1
