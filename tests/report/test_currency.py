"""A matrix in euros, without a rate of exchange: no page and no table speaks of dollars."""

import html
import io
import re
from contextlib import redirect_stdout

import numpy as np
import pytest

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, explain, hookimpl, run, sweep
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.experiment.stored_runs.compare import compare
from framework.experiment.stored_runs.stored_run import read_run
from framework.plugins.registry import Plugin, Registry
from framework.report.compare.page import write_comparison
from framework.report.console import show
from framework.report.run.text import run_text
from framework.report.sweep.text import sweep_text
from tests.conftest import plugin

CLASSES = ("no", "yes")
AMOUNT = ColumnCost("yes", "no", "amount", 2.0)
EUROS = CostMatrix(
    "euros", CLASSES, [[0, 100], [500, -20]], unit="EUR", column_costs=(AMOUNT,), refer=[60, 60]
)


def rare():
    """Hardly a test case is the dear one, and those there are are told apart: what is not seen is
    told of, and what was hardly tested.
    """
    rng = np.random.default_rng(0)
    y = (np.arange(400) % 40 == 0).astype(int)
    X = rng.normal(size=(400, 3)) + 8 * y[:, None]
    return Dataset(X, y, CLASSES, cost_columns={"amount": rng.uniform(10, 300, 400)})


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a person reads, by where: pages without their styles, and terminal tables."""
    folder = tmp_path_factory.mktemp("euros")

    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("rare", CLASSES, rare, default_model="logistic")]

    registry = Registry(entry_points=[])
    registry.register(
        plugin(fw_register_datasets=fw_register_datasets), Plugin("rare", "fw-rare", "1.0")
    )
    settings = {"dataset": "rare", "cost_matrix": EUROS, "epochs": 20}
    one = run(RunConfig(**settings, seeds=2, out=folder / "run"), registry).run_dir
    explain(one, registry=registry, repeats=2)
    swept = sweep(
        RunConfig(**settings, out=folder / "sweep"),
        cells="cell=no->yes:10..1000",
        points=3,
        registry=registry,
    )
    compared = compare([one], EUROS)
    write_comparison(compared, folder / "compare.html")
    return {
        "run": (one / "report.html").read_text(),
        "importance": (one / "importance.html").read_text(),
        "sweep": (folder / "sweep" / "report.html").read_text(),
        "compare": (folder / "compare.html").read_text(),
        "run in the terminal": printed(run_text(read_run(one), one)),
        "sweep in the terminal": printed(sweep_text(swept.data, report=True)),
    }


def printed(renderable):
    with redirect_stdout(io.StringIO()) as text:
        show(renderable)
    return text.getvalue()


@pytest.mark.parametrize(
    "where",
    ["run", "importance", "sweep", "compare", "run in the terminal", "sweep in the terminal"],
)
def test_amounts_are_told_in_euros(told, where):
    page = re.sub(r"(?s)<(style|script).*?</\1>", "", told[where])
    spoken = re.findall(r'(?:alt|aria-label|content)="([^"]*)"', page)
    text = " ".join([re.sub(r"<[^>]*>", " ", page), *spoken])
    assert "EUR" in text
    assert re.findall(r".{40}(?:\$|[Dd]ollar|USD).{20}", text) == []


def test_what_was_not_seen_and_hardly_tested_is_told(told):
    """The pages above have all there is to say in money."""
    assert 'of "yes": what its mistakes cost' in html.unescape(told["run"])
    for where in ("run", "sweep", "compare", "run in the terminal", "sweep in the terminal"):
        assert "no dear mistake seen among" in " ".join(told[where].lower().split()), where
