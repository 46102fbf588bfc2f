"""A result shows itself in a few lines, and as a table with a link to its report in a notebook."""

import numpy as np

from framework import CostMatrix, read_run
from framework.core.words import money
from tests.conftest import FIVE

MANY = tuple(CostMatrix(f"m{k}", ("no", "yes"), [[0, 1], [k, 0]]) for k in range(2, 8))


def test_a_result_is_ten_lines_of_text_at_most(finished):
    result = finished(cost_matrix=(FIVE, *MANY))
    lines = repr(result).splitlines()
    assert len(lines) == 10
    assert lines[0] == ('RunResult: blobs, 180 training and 60 test cases, judged by "five"')
    served = result.model(result.served.model)
    assert lines[2].split()[-4:-3] == [money(served.mean_dollars)]
    assert "  and 4 more" in lines
    assert result.verdict in lines[-2]
    assert lines[-1] == f"Run folder: {result.run_dir}"


def test_a_model_of_it_is_one_line(finished):
    for model in finished().models:
        assert model.name in repr(model)
        assert len(repr(model)) < 200


def test_a_notebook_shows_every_model_with_its_interval_drawn(finished, notebook):
    result = finished(cost_matrix=(FIVE, *MANY))
    page = notebook.shown(result)["text/html"]
    for model in result.models:
        assert model.name in page
        assert money(model.mean_dollars) in page
    # One for each model, for the best constant decision and for the oracle.
    assert page.count("<svg") == len(result.models) + 2
    assert "report.html" not in page  # none was written
    (result.run_dir / "report.html").touch()
    assert f'{result.run_dir}/report.html"' in notebook.shown(result)["text/html"]


def test_names_are_escaped(finished, notebook):
    hostile = CostMatrix("<script>alert(1)</script>", ("no", "yes"), [[0, 1], [5, 0]])
    page = notebook.shown(finished(cost_matrix=hostile))["text/html"]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_stored_run_shows_the_same(finished):
    result = finished()
    shown, stored = repr(result).splitlines(), repr(read_run(result.run_dir)).splitlines()
    assert stored == [shown[0].replace("RunResult", "RunData"), *shown[1:-1]]
    assert np.isfinite(result.models[0].mean_dollars)


def test_amounts_are_in_the_currency_of_the_matrix(finished):
    euros = CostMatrix("euros", ("no", "yes"), [[0, 1], [5, 0]], unit="EUR")
    assert "EUR per case" in repr(finished(cost_matrix=euros))
