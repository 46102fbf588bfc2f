"""The page of a sweep: complete in itself, in words as well as in pictures, and in a browser."""

import html
import io
import json
import re

import numpy as np
import pytest
from rich.console import Console

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, sweep
from framework.core.words import TOO_FEW
from framework.plugins.registry import Plugin, Registry
from framework.report.sweep.page import write_sweep_report
from framework.report.sweep.sentences import advice
from framework.report.sweep.text import sweep_text
from tests.conftest import FIVE, blobs, plugin
from tests.report.conftest import HOSTILE
from tests.report.test_browser import CHROMIUM, measured

CHARTS = ("frontier", "dollars", "grid", "training-against-moving", "measures", "mistakes")


@pytest.fixture(scope="module")
def sweeps(offered, tmp_path_factory):
    """Of two classes with hostile names, and of cells among three."""
    folder = tmp_path_factory.mktemp("sweeps")
    hostile = CostMatrix('"><img src=x onerror=alert(1)>', HOSTILE, [[0, 1], [5, 0]])
    three = CostMatrix("three", ("a", "b", "c"), [[0, 1, 5], [1, 0, 1], [9, 9, 0]])
    settings = {"epochs": 3, "learning_rate": 0.05}
    sweep(
        RunConfig(dataset="hostile", cost_matrix=hostile, out=folder / "two", **settings),
        points=3,
        registry=offered,
    )
    sweep(
        RunConfig(dataset="blobs3", cost_matrix=three, out=folder / "three", **settings),
        cells="cell=c->a,b:x0.1..x10",
        points=3,
        registry=offered,
    )
    for kind in ("two", "three"):
        assert not (folder / kind / "plots").exists()
        write_sweep_report(folder / kind, plots=True)
    return folder


@pytest.mark.parametrize("kind", ["two", "three"])
def test_it_is_one_file_that_escapes_names_and_has_every_chart(sweeps, kind):
    page = (sweeps / kind / "report.html").read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("<svg") == len(CHARTS)
    for slug in CHARTS:
        assert (sweeps / kind / "plots" / f"{slug}.png").read_bytes().startswith(b"\x89PNG")
    for label in re.findall(r'<svg[^>]*aria-label="([^"]*)"', page):
        assert len(label) > 40
    assert "nan" not in re.sub(r"<[^>]+>", " ", page).lower().split()


def test_it_says_what_the_figures_say(sweeps):
    data = json.loads((sweeps / "three" / "sweep.json").read_text())
    page = (sweeps / "three" / "report.html").read_text(encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert text.count(advice(data)) == 2  # the title and the heading
    assert f"In the tables it is called “{data['recommended']}”" in text
    assert "fw sweep blobs3" in page
    assert "--scale &#39;cell=c-&gt;a,b:x0.1..x10&#39; --points 3" in page
    before = page
    assert write_sweep_report(sweeps / "three").read_text(encoding="utf-8") == before


def test_too_few_groups_give_no_intervals_and_are_said(tmp_path):
    """240 cases of 20 groups, of which the test part holds 5."""

    @hookimpl
    def fw_register_datasets():
        X, y = blobs()
        load = lambda: Dataset(X, y, ("no", "yes"), groups=np.arange(240) // 12)  # noqa: E731
        return [DatasetSpec("grouped", ("no", "yes"), load, default_model="logistic")]

    registry = Registry(entry_points=[])
    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("g", "g", "1"))
    config = RunConfig(dataset="grouped", cost_matrix=FIVE, epochs=2, out=tmp_path / "out")
    found = sweep(config, points=3, registry=registry)
    assert {row["interval"] for row in found.data["present"]["rows"]} == {None}
    page = re.sub(r"<[^>]+>", " ", (tmp_path / "out/report.html").read_text(encoding="utf-8"))
    assert TOO_FEW in page
    assert not {"nan", "None"} & set(page.split())
    text = Console(width=200, record=True, file=io.StringIO())
    text.print(sweep_text(found.data, report=True))
    assert TOO_FEW in text.export_text()


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("kind", ["two", "three"])
def test_it_fits_and_nothing_goes_wrong(sweeps, kind, width, tmp_path):
    told, console = measured(sweeps / kind, width, tmp_path)
    assert console == []
    assert told["sticking_out"] == []
    assert told["scrollWidth"] <= told["width"]
    assert told["charts"] == len(CHARTS)
    assert told["silent"] == told["flat"] == 0
