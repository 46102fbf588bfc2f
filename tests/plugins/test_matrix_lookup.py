import json

import pytest

from framework import CostMatrix, DatasetSpec, Registry
from framework.core.errors import CostMatrixError
from framework.plugins.matrix_lookup import find_matrix
from tests.conftest import blobs

MINE = {"name": "mine", "labels": ["benign", "malignant"], "costs": [[0, 1], [9, 0]]}


@pytest.fixture
def spec():
    return Registry().dataset("breast_cancer")


def test_a_bare_name_is_the_shipped_file(spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = find_matrix("medical.json", [spec])
    assert found.matrix.name == "medical"
    assert found.origin == "medical.json (shipped with the dataset breast_cancer)"


def test_a_file_in_the_working_directory_comes_first_and_is_named(spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "medical.json").write_text(json.dumps(MINE))
    found = find_matrix("medical.json", [spec])
    assert found.matrix.name == "mine"
    assert found.origin == "medical.json (in the working directory)"


def test_a_path_is_that_file_and_never_a_shipped_one(spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CostMatrixError, match="no such cost matrix file"):
        find_matrix("./nowhere/medical.json", [spec])


def test_an_object_is_itself(spec):
    matrix = CostMatrix("m", ("a", "b"), [[0, 1], [1, 0]])
    assert find_matrix(matrix, [spec]).matrix is matrix


def test_an_unknown_name_gets_the_shipped_ones(spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CostMatrixError) as error:
        find_matrix("medcal.json", [spec])
    assert "did you mean medical.json?" in str(error.value)
    assert "five_to_one.json (shipped with breast_cancer)" in str(error.value)


def test_a_name_shipped_twice_asks_for_the_dataset(spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    other = DatasetSpec("other", ("a", "b"), blobs, cost_matrices=spec_folder(spec))
    with pytest.raises(CostMatrixError, match=r"\(breast_cancer, other\); say which"):
        find_matrix("medical.json", [spec, other])


def spec_folder(spec):
    return next(iter(spec.shipped_matrices().values())).parent
