"""The panel of a report whose costs and mix can be moved, in a real Chromium, against Python's figures."""

import json
import re
import shlex
import shutil
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from framework import CostMatrix, RunConfig, run
from framework.cli.options import config_of
from framework.config.settings import OPTIONS
from framework.core.costs import case_costs
from framework.core.decision import minimum_expected_cost
from framework.core.prevalence import at_target, moved
from framework.core.references import constant_dollars, oracle_dollars
from framework.core.words import money
from framework.report.run.packed import unpacked
from framework.report.run.page import write_report
from tests.browser import CHROMIUM, Browser
from tests.cli.test_printed_commands import parsed
from tests.conftest import OLD_RUN, blobs, plugin

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
SET = """(values) => { for (const [selector, value] of Object.entries(values)) {
  const input = document.querySelector(selector);
  input.value = value;
  input.dispatchEvent(new Event("input"));
} }"""
TABLE = """[...document.querySelectorAll("#move-table tr")].map((row) =>
  [...row.children].map((cell) => cell.textContent))"""


@pytest.fixture(scope="module")
def browser():
    with Browser() as opened:
        yield opened
    assert opened.console == []


def put(browser, values):
    """Type ``values`` into the inputs that selectors name."""
    browser.run(f"({SET})({json.dumps(values)})")


def text(browser, name):
    return browser.run(f"document.getElementById({json.dumps(name)}).textContent")


def shown(browser):
    """Dollars per case by name, as the table says them."""
    return {re.sub(r"^\d+\. ", "", row[0]): row[1] for row in browser.run(TABLE)}


def data_of(run_dir):
    html = (run_dir / "report.html").read_text(encoding="utf-8")
    return json.loads(unescape(re.search(r'id="move-data">(.*?)</script>', html, re.DOTALL)[1]))


def in_python(data, matrix, target):
    """The same dollars, by the framework's own functions; ``target`` None: the test cases' mix."""
    n = len(matrix.labels)
    y = np.repeat(np.arange(n), data["counts"])
    columns = {column["name"]: np.array(column["values"]) for column in data["columns"]}
    costs = matrix.dollar_costs(columns)
    weights = np.array(data["start"]) if target is None else target
    found = {}
    for model in data["models"]:
        p = unpacked(model["probabilities"], data["width"]).reshape(len(y), n)
        p = p if target is None else moved(p, np.array(data["stated"]), target)
        found[f"“{model['name']}”"] = -case_costs(y, minimum_expected_cost(p, costs), costs)
    for j, label in enumerate(matrix.decision_labels):
        found[f"always “{label}”"] = constant_dollars(y, costs, j)
    found["a perfect oracle"] = oracle_dollars(y, costs)
    return {name: money(float(at_target(of, y, weights).mean())) for name, of in found.items()}


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


def test_what_was_typed_is_in_the_matrix_to_take(browser, run_dirs):
    browser.open(run_dirs["refer"] / "report.html")
    before = CostMatrix.from_file(run_dirs["refer"] / "cost_matrix.json")
    put(browser, {'[data-move="2"]': 77.5, '[aria-label="Referring a case to a person"]': 3})
    after = CostMatrix.from_dict(json.loads(text(browser, "move-json")))
    assert before.costs.tolist() == [[0, 10], [50, 0]]
    assert after.costs.tolist() == [[0, 10], [77.5, 0]]
    assert after.refer.tolist() == [3, 3]
    assert after.name == "referring moved"
    put(browser, {'[aria-label="Referring a case to a person"]': ""})
    after = CostMatrix.from_dict(json.loads(text(browser, "move-json")))
    assert after.refer is None
    assert "always “refer”" not in shown(browser)


def test_a_case_may_be_referred_where_none_could_be(browser, run_dirs):
    browser.open(run_dirs["two"] / "report.html")
    assert "always “refer”" not in shown(browser)
    put(browser, {'[aria-label="Referring a case to a person"]': 4})
    assert shown(browser)["always “refer”"] == money(-4)
    assert json.loads(text(browser, "move-json"))["refer"] == [4, 4]


def test_a_mistake_that_pays_is_allowed_in_the_matrix_to_take(browser, run_dirs):
    browser.open(run_dirs["two"] / "report.html")
    put(browser, {'[data-move="1"]': -5})
    assert CostMatrix.from_dict(json.loads(text(browser, "move-json"))).costs[0, 1] == -5


def test_the_command_trains_with_what_was_moved(browser, run_dirs, monkeypatch, tmp_path):
    run_dir = run_dirs["hostile"]
    browser.open(run_dir / "report.html")
    put(browser, {'[data-share="1"]': 0.6})
    words = shlex.split(text(browser, "move-command"))
    _, parameters = parsed(words)
    config = config_of(
        {name: parameters.get(name) for name in ("dataset", *(of.name for of in OPTIONS))}
    )
    assert config.cost_matrix == ("moved.json",) or config.cost_matrix == ["moved.json"]
    labels = data_of(run_dir)["labels"]
    assert config.prevalence == {labels[1]: 0.006}
    monkeypatch.chdir(tmp_path)
    Path("moved.json").write_text(text(browser, "move-json"))
    assert CostMatrix.from_file("moved.json").labels == tuple(labels)


def test_copying_puts_the_command_and_the_matrix_on_the_clipboard(browser, run_dirs):
    browser.open(run_dirs["two"] / "report.html")
    browser.call(
        "Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"]
    )
    for name in ("move-command", "move-json"):
        browser.run(f"document.querySelector('[data-copy={name}]').focus()")
        browser.press("Enter")
        for _ in range(100):
            if browser.run("document.getElementById('move-copied').textContent"):
                break
        assert text(browser, "move-copied") == "Copied."
        assert browser.run("navigator.clipboard.readText()") == text(browser, name)
        browser.run("document.getElementById('move-copied').textContent = ''")


def test_the_matrix_is_saved_as_the_file_that_the_command_names(browser, run_dirs):
    browser.open(run_dirs["two"] / "report.html")
    put(browser, {'[data-move="1"]': 123})
    link = browser.run(
        "(({href, download}) => [href, download])(document.getElementById('move-download'))"
    )
    assert link[1] == "moved.json"
    assert json.loads(unquote(link[0].partition(",")[2]))["costs"][0][1] == 123


def test_it_works_from_the_keyboard(browser, run_dirs):
    browser.open(run_dirs["two"] / "report.html")
    before = shown(browser)
    browser.run("document.querySelector('[data-share=\"0\"]').focus()")
    focused = "document.activeElement.getAttribute('data-%s')"
    browser.press("Tab")
    assert browser.run(focused % "slide") == "0"
    browser.press("Tab")
    assert browser.run(focused % "share") == "1"
    browser.run("document.activeElement.select()")
    browser.type("0.6")
    assert "At 0.6% “yes”" in text(browser, "move-says")
    browser.press("Tab")
    browser.press("ArrowRight")
    assert "At 0.6% “yes”" not in text(browser, "move-says")
    browser.run("document.querySelector('[data-move=\"2\"]').focus()")
    assert "“yes” decided “no”: $500.00" in text(browser, "move-held")
    browser.run("document.getElementById('move-slider').focus()")
    browser.press("End")
    assert browser.run("document.querySelector('[data-move=\"2\"]').value") == "50000"
    browser.press("ArrowLeft")
    assert browser.run("document.querySelector('[data-move=\"2\"]').value") == "47700"
    assert shown(browser) != before
    browser.run("document.getElementById('move-reset').focus()")
    browser.press("Enter")
    assert shown(browser) == before


def test_every_input_has_a_name_and_says_what_it_stands_at(browser, run_dirs):
    browser.open(run_dirs["three"] / "report.html")
    names = browser.run(
        "[...document.querySelectorAll('#move input, #move select, #move button')].map((input) =>"
        " input.getAttribute('aria-label') || [...(input.labels || [])].map((label) =>"
        " label.textContent.trim()).join('') || input.textContent.trim())"
    )
    assert len(names) > 15
    assert all(names)
    put(browser, {'[data-share="1"]': 5})
    spoken = browser.run(
        "document.querySelector('[data-slide=\"1\"]').getAttribute('aria-valuetext')"
    )
    assert spoken == "5%"


@pytest.mark.parametrize("typed", ["0", "100", "-3", ""])
def test_a_share_that_is_none_is_marked_and_changes_nothing(browser, run_dirs, typed):
    browser.open(run_dirs["two"] / "report.html")
    before = shown(browser)
    put(browser, {'[data-share="1"]': typed})
    assert shown(browser) == before
    marked = "document.querySelector('[data-share=\"1\"]').getAttribute('aria-invalid')"
    assert browser.run(marked) == "true"
    put(browser, {'[data-share="1"]': "4"})
    assert browser.run(marked) == "false"


def test_a_sentence_says_what_is_the_cheapest_and_why_it_turned(browser, run_dirs):
    browser.open(run_dirs["two"] / "report.html")
    assert "Move a cost or a share" in text(browser, "move-why")
    put(browser, {'[data-share="1"]': 0.01})
    says = text(browser, "move-says")
    # 0.0001 x 500.
    assert "At 0.01% “yes” the cheapest is always “no”: it loses $0.05 per case" in says
    assert "No model is worth its trouble here." in says
    put(browser, {'[data-share="1"]': 50, '[data-move="0"]': 1000, '[data-move="1"]': -1000})
    why = text(browser, "move-why")
    assert "at these costs the cheapest is always “yes”" in text(browser, "move-says")
    assert "The answer has turned: at the start it was “" in why or "brings the same here" in why


def test_what_turns_the_answer_is_named(browser, run_dirs):
    browser.open(run_dirs["three"] / "report.html")
    start = text(browser, "move-says")
    put(browser, {'[data-move="6"]': 900, '[data-move="7"]': 900})
    assert text(browser, "move-says") != start
    before = browser.run(TABLE)
    why = text(browser, "move-why")
    turned = re.search(r"mostly in “(.)” cases decided “(.)”: (\S+) per case, against (\S+);", why)
    assert turned or "at the start" in why
    assert before


def test_break_even_points_are_told(browser, run_dirs):
    browser.open(run_dirs["two"] / "report.html")
    # (1 - p) 100 against p 520: 100 / 620.
    assert "by P(yes): “no”, from 0.1613 on “yes”" in text(browser, "move-break-even")
    put(browser, {'[data-share="1"]': 0.01})
    assert "always “no” is the cheapest up to" in text(browser, "move-break-even")
    assert "at any share" not in text(browser, "move-break-even")


@pytest.mark.parametrize("kind", ["two", "three", "refer", "acts", "many", "priced"])
def test_break_even_points_and_table_agree_on_the_cheapest(browser, run_dirs, kind):
    browser.open(run_dirs[kind] / "report.html")
    # Before a share is moved the table is about the mix of the test part, the sentence about that of the
    # training part; of many classes these differ.
    for share in (0.7, 7, 77) if kind == "many" else (None, 0.7, 7, 77):
        if share is not None:
            put(browser, {'[data-share="1"]': share})
        (_, best, *_), *_ = rows = browser.run(TABLE)
        equal = {re.sub(r"^\d+\. ", "", name) for name, amount, *_ in rows if amount == best}
        told = re.search(
            "By the share of “.*?”, (.*) is the cheapest", text(browser, "move-break-even")
        )
        assert told[1] in equal


def test_of_many_classes_what_costs_alike_is_moved_together(browser, run_dirs):
    browser.open(run_dirs["many"] / "report.html")
    data = data_of(run_dirs["many"])
    number = next(m for m, one in enumerate(data["movables"]) if one["start"] == 43)
    assert data["movables"][number]["label"] == "“class 42 of many” decided anything else"
    put(browser, {f'[data-move="{number}"]': 1000})
    matrix = CostMatrix.from_dict(json.loads(text(browser, "move-json")))
    assert set(matrix.costs[42].tolist()) == {1000, 0}
    assert set(matrix.costs[41].tolist()) == {42, 0}
    assert shown(browser).items() <= in_python(data, matrix, None).items()


def test_it_prints_its_present_state_without_sliders(browser, run_dirs):
    browser.open(run_dirs["two"] / "report.html")
    put(browser, {'[data-share="1"]': 2})
    browser.call("Emulation.setEmulatedMedia", media="print")
    shape = (
        "[...document.querySelectorAll('#move %s')].map((e) => e.getBoundingClientRect().height)"
    )
    assert set(browser.run(shape % "input[type=range]")) == {0}
    assert set(browser.run(shape % "button")) == {0}
    assert min(browser.run(shape % "input[type=number]")) > 0
    assert browser.run("document.querySelector('[data-share=\"1\"]').value") == "2"
    assert "At 2% “yes”" in browser.run("document.getElementById('move').innerText")
    assert browser.call("Page.printToPDF", printBackground=True)["data"].startswith(
        "JVBERi"
    )  # %PDF


def test_a_sentence_takes_its_place_without_javascript(browser, run_dirs):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(run_dirs["two"] / "report.html")
        seen = browser.run("document.getElementById('move').innerText")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert "Scripts are switched off here" in seen
    assert "best first" not in seen


def test_nothing_sticks_out_on_a_phone_when_numbers_grow(browser, run_dirs):
    browser.open(run_dirs["three"] / "report.html", width=360)
    put(browser, {'[data-move="1"]': 123456789012, '[data-share="2"]': 0.0123})
    assert browser.run("document.documentElement.scrollWidth") <= 360


def test_a_folder_of_old_has_the_panel(browser, tmp_path):
    shutil.copytree(OLD_RUN, tmp_path / "run")
    write_report(tmp_path / "run")
    browser.open(tmp_path / "run" / "report.html")
    put(browser, {'[data-share="1"]': 0.6})
    # Found malignant cases cost 35,280 dollars each, false alarms 1,287.67.
    assert shown(browser)["always “malignant”"] == money(-(0.006 * 35280 + 0.994 * 1287.67))
