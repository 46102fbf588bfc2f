import numpy as np

from framework.report.folding import KEPT, folded


def test_groups_are_sums_of_their_classes_and_others_stay_alone():
    labels = ("ash", "oak", "car", "bus")
    cells = np.arange(16.0).reshape(4, 4)
    found, rows, columns = folded(cells, labels, labels, {"tree": ["ash", "oak"]})
    assert rows == columns == ("tree", "car", "bus")
    assert found[0, 0] == 0 + 1 + 4 + 5
    assert found[0, 1] == 2 + 6
    assert found.sum() == cells.sum()


def test_costs_are_means():
    labels = ("ash", "oak", "car")
    cells = np.array([[0.0, 2.0, 5.0], [2.0, 0.0, 7.0], [9.0, 9.0, 0.0]])
    found, _, _ = folded(cells, labels, labels, {"tree": ["ash", "oak"]}, mean=True)
    assert found.tolist() == [[1.0, 6.0], [9.0, 0.0]]


def test_the_dearest_are_kept_and_the_others_are_one():
    labels = tuple(f"c{k}" for k in range(100))
    cells = np.zeros((100, 101))
    cells[:, 100] = np.arange(100)
    found, rows, columns = folded(cells, labels, (*labels, "refer"), {})
    assert rows == tuple(name for name in columns if name != "refer")
    assert len(columns) == KEPT + 1
    assert rows[-1] == "(61 others)"  # of 101 names
    assert "c99" in rows
    assert "c1" not in rows
    assert "refer" in columns
    assert found.sum() == cells.sum()


def test_a_label_of_two_groups_is_in_the_first():
    found, rows, _ = folded(np.eye(2), ("a", "b"), ("a", "b"), {"x": ["a"], "y": ["a", "b"]})
    assert rows == ("x", "y")
    assert found.tolist() == [[1, 0], [0, 1]]
