import re
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from framework import CostMatrix, monitor
from framework.core.monitoring.drift import Drift
from framework.report.monitoring.page import monitor_text, write_monitor_page
from framework.studies.monitoring.inputs import InputDrift
from framework.studies.monitoring.monitored_run import MonitoredRun

COSTS = CostMatrix("loans", ("good", "bad"), [[0, 1], [5, 0]], unit="EUR")
WEEKS = 14


@pytest.fixture(scope="module")
def found():
    """Fourteen weeks of a hundred cases; nothing is known of the last."""
    rng = np.random.default_rng(0)
    n = 100 * WEEKS
    p = rng.beta(1, 4, n)
    y = np.where(rng.random(n) < p, "bad", "good").astype(object)
    y[-100:] = None
    times = np.datetime64("2026-01-05") + 7 * (np.arange(n) // 100)
    q = rng.beta(1, 4, 500)
    before = (np.where(rng.random(500) < q, "bad", "good"), np.column_stack([1 - q, q]))
    told = monitor(y, p, times=times, cost_matrix=COSTS, labels=["good", "bad"], reference=before)
    far = tuple([None] + [Drift(0.02, 0.9)] * (WEEKS - 2) + [Drift(0.4, 1e-9)])
    near = tuple([None] + [Drift(0.03, 0.8)] * (WEEKS - 1))
    return MonitoredRun("loans", told, InputDrift("the first week", {"age": near, "amount": far}))


def text(found):
    console = Console(width=160, file=StringIO())
    console.print(monitor_text(found))
    return console.file.getvalue()


def test_the_page_is_self_contained_and_in_its_currency(found, tmp_path):
    page = write_monitor_page(found, tmp_path / "monitor.html").read_text()
    assert "EUR" in page
    assert "$" not in re.sub(r"<style.*?</style>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert not re.search(r'(?:src|href)="https?:', page)
    assert page.count("<svg") == 2
    assert "2 more" in page  # weeks, beyond the latest twelve


def test_the_terminal_has_the_weeks_the_latest_first(found):
    shown = text(found)
    assert shown.index("2026-04-06") < shown.index("2026-03-30")
    (last,) = [line for line in shown.splitlines() if "2026-04-06" in line and "EUR" in line][:1]
    assert re.search(r"100 +0 ", last)
    assert " - " in last  # nothing came


def test_columns_that_have_drifted_the_most_come_first(found):
    shown = text(found)
    assert re.search(r"amount +40\.0% \* +1", shown)
    assert re.search(r"age +3\.0% +0", shown)
    assert shown.index("amount") < shown.index("age  ")


def test_one_week_is_enough_for_a_page(tmp_path):
    times = np.full(12, np.datetime64("2026-01-05"))
    told = monitor(
        ["good"] * 12, [0.1] * 12, times=times, cost_matrix=COSTS, labels=["good", "bad"]
    )
    page = write_monitor_page(MonitoredRun("m", told, None), tmp_path / "a.html").read_text()
    assert "12 decisions of 1 week<" in page
