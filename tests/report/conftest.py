"""Run folders of really trained models, as the report finds them."""

import numpy as np
import pytest

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, run
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.plugins.registry import Plugin, Registry
from framework.report.run.page import write_report
from tests.browser import Browser
from tests.conftest import blobs, plugin


@pytest.fixture(scope="module")
def browser():
    with Browser() as opened:
        yield opened
    assert opened.console == []


HOSTILE = ("<script>alert(1)</script>", "$a & $b \"quoted\" 'x' {{ 7 * 7 }}")
FIVE = CostMatrix("five", ("no", "yes"), [[0, 100], [500, -20]], source="<b>a book</b>")
MANY = tuple(f"class {k} of many" for k in range(43))
SCARCE = MANY[:16]


def priced():
    """Cases whose mistakes cost what a feature says."""
    X, y = blobs()
    return Dataset(X, y, ("no", "yes"), feature_names=("amount", "b", "c"))


@pytest.fixture(scope="session")
def offered():
    """A registry of tiny datasets."""

    @hookimpl
    def fw_register_datasets():
        return [
            DatasetSpec("blobs", ("no", "yes"), blobs, default_model="logistic"),
            DatasetSpec("hostile", HOSTILE, blobs, default_model="logistic"),
            DatasetSpec("blobs3", ("a", "b", "c"), lambda: blobs(n_classes=3), default_model="mlp"),
            DatasetSpec("many", MANY, lambda: blobs(1290, 43), default_model="mlp"),
            DatasetSpec("scarce", SCARCE, lambda: blobs(480, 16), default_model="mlp"),
            DatasetSpec("priced", ("no", "yes"), priced, default_model="logistic"),
        ]

    registry = Registry(entry_points=[])
    registry.register(
        plugin(fw_register_datasets=fw_register_datasets), Plugin("blobs", "fw-blobs", "1.0")
    )
    return registry


def settings(kind):
    """What to run for each kind of report."""
    if kind == "two":
        return {"dataset": "blobs", "cost_matrix": FIVE, "seeds": 2}
    if kind == "hostile":
        matrix = CostMatrix('"><img src=x onerror=alert(1)>', HOSTILE, [[0, 1], [5, 0]])
        return {"dataset": "hostile", "cost_matrix": matrix, "loss": "cross_entropy"}
    if kind == "refer":
        matrix = CostMatrix("referring", ("no", "yes"), [[0, 10], [50, 0]], refer=[2, 2])
        return {
            "dataset": "blobs",
            "cost_matrix": matrix,
            "decision_rule": "minimum_expected_cost",
            "epochs": 20,
            "loss": "cross_entropy",
        }
    if kind == "acts":
        matrix = CostMatrix(
            "acts",
            ("no", "yes"),
            [[0, 4, 10], [100, 30, 5]],
            actions=("leave", "ask", "act"),
            refer=[3, 20],
        )
        return {"dataset": "blobs", "cost_matrix": matrix, "loss": "cross_entropy"}
    if kind == "three":
        matrix = CostMatrix("three", ("a", "b", "c"), [[0, 1, 5], [1, 0, 1], [9, 9, 0]])
        return {"dataset": "blobs3", "cost_matrix": matrix}
    if kind == "priced":
        by_amount = ColumnCost("yes", "no", "amount", 0.75)
        matrix = CostMatrix("priced", ("no", "yes"), [[0, 9], [1, 0]], column_costs=(by_amount,))
        return {"dataset": "priced", "cost_matrix": matrix, "loss": "cross_entropy"}
    labels = MANY if kind == "many" else SCARCE
    costs = np.add.outer(np.arange(len(labels)), np.ones(len(labels))) * (1 - np.eye(len(labels)))
    many = {"dataset": kind, "cost_matrix": CostMatrix("many", labels, costs)}
    if kind == "scarce":  # hardly a test case; most classes are not there
        return {**many, "test_fraction": 0.01, "stratify": False, "loss": "cross_entropy"}
    return many


PLOTTED = ("two", "three", "acts", "hostile", "many")
KINDS = ("two", "three", "refer", "acts", "hostile", "priced", "many", "scarce")


@pytest.fixture(scope="session")
def run_dirs(offered, tmp_path_factory):
    """One run folder of each kind, with its report; of PLOTTED with its charts as pictures, too."""
    folder = tmp_path_factory.mktemp("runs")
    for kind in KINDS:
        # One run writes its page itself, without plots, which are drawn when they are asked for.
        more = {"epochs": 3, "report": kind == "three", **settings(kind)}
        run(RunConfig(**more, out=folder / kind), offered)
        assert (folder / kind / "report.html").exists() == (kind == "three")
        assert not (folder / kind / "plots").exists()
        write_report(folder / kind, plots=kind in PLOTTED)
    return {kind: folder / kind for kind in KINDS}
