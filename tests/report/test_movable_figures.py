"""The panel of a report whose costs and mix can be moved, in a real Chromium, against Python's figures."""

import json
import shutil

import numpy as np
import pytest

from framework import CostMatrix, RunConfig, run
from framework.core.words import money
from framework.report.run.page import write_report
from tests.browser import CHROMIUM
from tests.conftest import OLD_RUN, blobs, plugin
from tests.report.panel import TABLE, data_of, in_python, put, shown, text

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def test_the_page_starts_from_the_run(browser, run_dirs):
    for kind in ("two", "three", "refer", "acts", "priced"):
        browser.open(run_dirs[kind] / "report.html")
        data = data_of(run_dirs[kind])
        matrix = CostMatrix.from_file(run_dirs[kind] / "cost_matrix.json")
        assert shown(browser) == in_python(data, matrix, None)


FIVE_CLASSES = ("a", "b", "c", "d", "e")


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    """A run of five classes, whose referrals cost what the truth makes them cost."""
    from framework import DatasetSpec, hookimpl
    from framework.plugins.registry import Plugin, Registry

    @hookimpl
    def fw_register_datasets():
        return [
            DatasetSpec("b5", FIVE_CLASSES, lambda: blobs(600, 5), default_model="logistic"),
        ]

    registry = Registry(entry_points=[])
    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("b5", "b5", "1"))
    matrix = CostMatrix("five", FIVE_CLASSES, 9.0 - 9 * np.eye(5), refer=[1, 2, 3, 4, 5])
    out = tmp_path_factory.mktemp("five") / "run"
    run(
        RunConfig(dataset="b5", cost_matrix=matrix, epochs=3, loss="cross_entropy", out=out),
        registry,
    )
    return out


def moved_at_random(browser, data, rng):
    """Type a random matrix and mix; returns the mix as it must come out."""
    browser.run("document.getElementById('move-reset').click()")
    values = {}
    for number, movable in enumerate(data["movables"]):
        if movable["kind"] == "price":
            diagonal = movable["cells"][0][0] == movable["cells"][0][1]
            values[f'[data-move="{number}"]'] = round(
                float(rng.lognormal(1 if diagonal else 5, 2)), 3
            )
        elif movable["kind"] == "referral":
            values[f'[data-move="{number}"]'] = round(float(rng.lognormal(3, 2)), 2)
    target = np.array(data["stated"])
    for k in rng.permutation(len(target))[1:]:
        percent = round(100 * float(rng.dirichlet(np.ones(len(target)))[0]), 4) + 0.001
        values[f'[data-share="{k}"]'] = percent
        others = target * (1 - percent / 100) / (1 - target[k])
        target = np.where(np.arange(len(target)) == k, percent / 100, others)
    put(browser, values)
    return target


@pytest.mark.parametrize(
    ("kind", "times"),
    [("two", 15), ("three", 15), ("refer", 10), ("priced", 5), ("five", 15), ("acts", 10)],
)
def test_figures_are_pythons_to_the_cent_wherever_the_numbers_are_moved(
    browser, run_dirs, five, kind, times
):
    run_dir = five if kind == "five" else run_dirs[kind]
    browser.open(run_dir / "report.html")
    data, rng = data_of(run_dir), np.random.default_rng(len(kind))
    told = set()
    for _ in range(times):
        target = moved_at_random(browser, data, rng)
        matrix = CostMatrix.from_dict(json.loads(text(browser, "move-json")))
        assert shown(browser) == in_python(data, matrix, target)
        told |= {model for model, *_ in browser.run(TABLE)}
    assert len(told) > times  # another ranking each time


@pytest.mark.parametrize(
    ("dataset", "labels", "actions", "refer"),
    [
        ("blobs3", ("a", "b", "c"), ("go", "slow down"), None),
        ("blobs3", ("a", "b", "c"), ("go", "slow down", "stop", "turn"), None),
        ("blobs", ("no", "yes"), ("go", "slow down", "stop"), [3, 4]),
        ("blobs", ("no", "yes"), ("go", "slow down", "stop"), [3, 3]),
    ],
)
def test_actions_that_are_no_labels_are_decided_as_in_python(
    browser, offered, tmp_path, dataset, labels, actions, refer
):
    rng = np.random.default_rng(0)
    costs = rng.uniform(0, 100, (len(labels), len(actions)))
    matrix = CostMatrix("acts", labels, costs, actions=actions, refer=refer)
    how = {"dataset": dataset, "epochs": 2, "loss": "cross_entropy"}
    run(RunConfig(**how, cost_matrix=matrix, out=tmp_path / "run"), offered)
    browser.open(tmp_path / "run" / "report.html")
    data = data_of(tmp_path / "run")
    assert shown(browser) == in_python(data, matrix, None)
    for _ in range(5):
        target = moved_at_random(browser, data, rng)
        matrix = CostMatrix.from_dict(json.loads(text(browser, "move-json")))
        assert matrix.decision_labels[: len(actions)] == actions
        assert shown(browser) == in_python(data, matrix, target)


def test_a_folder_of_old_has_the_panel(browser, tmp_path):
    shutil.copytree(OLD_RUN, tmp_path / "run")
    write_report(tmp_path / "run")
    browser.open(tmp_path / "run" / "report.html")
    put(browser, {'[data-share="1"]': 0.6})
    # Found malignant cases cost 35,280 dollars each, false alarms 1,287.67.
    assert shown(browser)["always “malignant”"] == money(-(0.006 * 35280 + 0.994 * 1287.67))
