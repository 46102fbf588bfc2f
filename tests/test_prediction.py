import numpy as np
import pytest

from framework import CostMatrix, RunConfig, load, run
from framework.errors import ArtifactError, DataError
from framework.tables import read_table

FIVE = CostMatrix("five", ("no", "yes"), [[0, 1], [5, 0]])
NAMES = ("a", "b")


@pytest.fixture
def finished(registry, tmp_path):
    return run(RunConfig(dataset="blobs", cost_matrix=FIVE, epochs=1, out=tmp_path / "r"), registry)


def test_the_cheapest_model_is_meant_when_none_is_named(finished, registry):
    X = np.full((1, 3), 110.0)
    cheapest = load(finished.run_dir, registry=registry)
    named = load(finished.run_dir, finished.cheapest, registry)
    np.testing.assert_array_equal(cheapest.predict_proba(X), named.predict_proba(X))


def test_a_model_folder_is_loaded_as_well(finished, registry):
    model = load(finished.run_dir / "models" / "five", registry=registry)
    assert model.labels == ("no", "yes")


def test_expected_dollars_of_each_decision(finished, registry):
    model = load(finished.run_dir, registry=registry)
    answers = model.answer(np.full((2, 3), 110.0))
    no, yes = answers.probabilities[0]
    np.testing.assert_allclose(answers.expected_dollars[0], [-5 * yes, -no])
    assert answers.margins[0] == pytest.approx(abs(5 * yes - no))
    assert answers.dollars.tolist() == answers.expected_dollars[[0, 1], answers.decisions].tolist()


@pytest.mark.parametrize(
    ("folder", "model", "message"),
    [
        ("none", None, "no such folder"),
        (".", None, "is neither the folder of a run nor of a model"),
        ("r", "six", 'has no model "six"; it has: built-in, five'),
    ],
)
def test_a_folder_that_is_no_run_is_told(finished, registry, tmp_path, folder, model, message):
    with pytest.raises(ArtifactError, match=message):
        load(tmp_path / folder, model, registry)


def test_a_table_is_matched_by_name_in_any_order(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("b,id,a\n2,x,1\n4,y,3\n")
    table = read_table(path, NAMES)
    assert table.X.tolist() == [[1, 2], [3, 4]]
    assert table.ignored == ("id",)
    path.write_text("b,amount,a\n2,9,1\n")
    assert read_table(path, NAMES, ["amount"]).columns["amount"].tolist() == [9]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("a\n1\n", "the header lacks 1 of 2 columns: b"),
        ("a,b\n", "no cases below the header"),
        ("a,b\n1,2\n1\n", "case 2 has 1 cells; expected 2"),
        ("a,b\n1,2\n1,x\n", "case 2, \"b\": expected a number, received 'x'"),
        ("a,b,a\n1,2,3\n", 'the header names "a" more than once'),
    ],
)
def test_a_malformed_table_names_file_and_cell(tmp_path, text, message):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(DataError) as error:
        read_table(path, NAMES)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_a_missing_table_and_a_model_without_named_features(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "none.csv", NAMES)
    (tmp_path / "t.csv").write_text("a\n1\n")
    with pytest.raises(DataError, match="takes no table"):
        read_table(tmp_path / "t.csv", ())
