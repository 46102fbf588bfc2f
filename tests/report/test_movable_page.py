"""The panel of a report whose costs and mix can be moved, in a real Chromium: what it says and does."""

import json
import re
import shlex
from pathlib import Path
from urllib.parse import unquote

import pytest

from framework import CostMatrix
from framework.cli.options import config_of
from framework.config.settings import OPTIONS
from framework.core.words import money
from tests.browser import CHROMIUM
from tests.cli.test_printed_commands import parsed
from tests.report.panel import TABLE, data_of, in_python, put, shown, text

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


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
