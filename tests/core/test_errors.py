"""A person's mistake is one sentence in a notebook, too; a fault of ours keeps its traceback."""

import traceback


def test_a_notebook_shows_one_sentence_and_no_traceback(notebook, capsys):
    ran = notebook.run_cell(
        "from framework import CostMatrix\nCostMatrix('mine', ('a', 'b'), [[0, 1]])"
    )
    assert capsys.readouterr().out.splitlines() == [
        'CostMatrixError: "costs": expected 2 rows of 2 numbers (one per label), received 1 rows'
    ]
    # Who wants to see where it came from still can.
    assert "table_of_numbers" in "".join(traceback.format_exception(ran.error_in_exec))


def test_any_other_error_keeps_its_traceback(notebook, capsys):
    notebook.run_cell("{}['x']")
    assert "Traceback" in capsys.readouterr().out
