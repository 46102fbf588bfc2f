"""A cost column known only afterwards: what a run states of its decisions goes without it."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, run
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.words import money
from framework.experiment.stored_runs.stored_run import read_run
from framework.plugins.registry import Plugin, Registry
from framework.report.run.close_calls import close_calls_table
from framework.report.run.curves import dollar_reliability
from framework.report.run.reliability_charts import dollar_reliability_chart
from tests.conftest import blobs, plugin

CLASSES = ("no", "yes")
CLAIM = ColumnCost("yes", "no", "claim", 1.0, known="afterwards")
AMOUNT = ColumnCost("no", "yes", "amount", 0.1)


def claims():
    """Whoever is missed claims between 0 and thousands; nobody knows how much when deciding."""
    X, y = blobs()
    rng = np.random.default_rng(0)
    columns = {
        "claim": rng.exponential(1_000, len(y)) * (y == 1),
        "amount": rng.uniform(50, 500, len(y)),
    }
    return Dataset(X, y, CLASSES, cost_columns=columns)


@pytest.fixture(scope="module", params=[(CLAIM,), (CLAIM, AMOUNT)], ids=["alone", "beside"])
def claimed(request, tmp_path_factory):
    """A run whose costs depend on such a column, alone or beside one that is known before."""

    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("claims", CLASSES, claims, default_model="logistic")]

    registry = Registry(entry_points=[])
    registry.register(
        plugin(fw_register_datasets=fw_register_datasets), Plugin("claims", "fw-claims", "1.0")
    )
    matrix = CostMatrix("claims", CLASSES, [[0, 90], [5, 0]], column_costs=request.param)
    out = tmp_path_factory.mktemp("claimed") / "run"
    settings = {"epochs": 5, "loss": "cross_entropy", "out": out}
    run(RunConfig(dataset="claims", cost_matrix=matrix, **settings), registry)  # and its report
    return read_run(out)


def test_the_dollars_a_chart_states_are_those_of_the_run(claimed):
    for model in claimed.models:
        expected = claimed.expected_dollars(model)
        stated = expected[np.arange(len(expected)), model.decisions]
        told = model.metrics["stated_dollars_per_case"]
        assert stated.mean() == pytest.approx(told)
        figure = Figure()
        dollar_reliability_chart(claimed, [model]).draw(figure)
        drawn = figure.axes[0].lines[1].get_xydata()
        of_bins = dollar_reliability(stated, model.case_dollars)
        np.testing.assert_allclose(drawn, np.transpose(of_bins), rtol=1e-6)


def test_close_calls_expect_what_could_be_expected(claimed):
    model = claimed.served
    expected = claimed.expected_dollars(model)
    for case, *_, as_no, as_yes, _gap, _came in close_calls_table(claimed, model, [0.5]).rows:
        at = claimed.cases.index(case)
        assert (as_no, as_yes) == tuple(money(float(amount)) for amount in expected[at])
