"""A cost matrix shows itself in a few lines, and as a table or a picture in a notebook."""

import numpy as np

from framework import ColumnCost, CostMatrix


def test_two_classes_are_a_table_in_dollars():
    matrix = CostMatrix(
        "medical", ("ok", "ill"), [[0, 0.0129], [2.52, 0]], unit="QALY", dollars_per_unit=1e5
    )
    assert repr(matrix).splitlines() == [
        'CostMatrix "medical": costs of a case in USD, rows the truth; 1 QALY = 100,000 USD',
        "            ok    ill",
        "  ok         0  1,290",
        "  ill  252,000      0",
    ]


def test_what_depends_on_the_case_and_a_referral_are_told():
    by_amount = ColumnCost("bad", "good", "amount", 0.75)
    matrix = CostMatrix(
        *("loans", ("good", "bad"), [[0, 90], [5, 0]]), refer=[20, 25], column_costs=(by_amount,)
    )
    assert repr(matrix).splitlines()[1:] == [
        "                     good  bad  refer",
        "  good                  0   90     20",
        "  bad   5 + 0.75 x amount    0     25",
    ]


def test_a_notebook_colours_the_dear_cells_and_escapes_names(notebook):
    matrix = CostMatrix("<b>m</b>", ("<i>no</i>", "yes"), [[0, 1], [5, 0]])
    shown = notebook.shown(matrix)
    assert shown["text/plain"] == repr(matrix)
    page = shown["text/html"]
    assert "<b>m</b>" not in page
    assert "&lt;i&gt;no&lt;/i&gt;" in page
    assert "rgba(224,83,43,0.70)" in page  # the dearest
    assert "calling a &#34;yes&#34; case" in page


def test_many_classes_are_told_in_few_lines_and_drawn(notebook):
    costs = np.add.outer(np.arange(43.0), np.ones(43)) * (1 - np.eye(43))
    matrix = CostMatrix("many", tuple(f"sign {k}" for k in range(43)), costs)
    assert len(repr(matrix).splitlines()) <= 10
    assert "43 labels, costs of a case in USD" in repr(matrix)
    assert 'calling a "sign 42" case anything else costs 43 USD' in repr(matrix)
    page = notebook.shown(matrix)["text/html"]
    assert page.count("<path") == 5
    assert page.count("M") >= 43 * 42
    assert len(page) < 40_000


def test_columns_that_are_actions_are_named_as_they_are():
    matrix = CostMatrix(
        "m", ("a", "b"), [[0, 5, 3], [9, 0, 3]], actions=("go", "stop", "slow down")
    )
    text = repr(matrix)
    assert "rows the truth, columns what is done" in text
    assert "slow down" in text.splitlines()[1]
    assert "as slow down" not in matrix._repr_html_()
