"""A trained model shows what it takes, tells apart and decides by."""

from framework import CostMatrix, RunConfig, load, run
from tests.conftest import offering_blobs


def test_a_model_is_a_few_lines_and_a_table_in_a_notebook(elsewhere, notebook):
    matrix = CostMatrix("<five>", ("no", "yes"), [[0, 1], [5, 0]])
    config = RunConfig(dataset="blobs", cost_matrix=matrix, epochs=1, report=False, threshold=0.2)
    result = run(config, offering_blobs())
    model = load(result.run_dir, "<five>", offering_blobs())
    assert repr(model).splitlines() == [
        "TrainedModel",
        "  labels         no, yes",
        "  takes          3 columns: x0, x1, x2",
        "  decides by     threshold 0.2",
        "  probabilities  as they come",
        '  cost matrix    "<five>"',
    ]
    page = notebook.shown(model)["text/html"]
    assert "threshold 0.2" in page
    assert "&lt;five&gt;" in page
    assert "<five>" not in page
    assert "as yes" in page  # its costs
