import csv
import json
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from rich.console import Console

from framework import RunConfig, run
from framework.core.errors import ArtifactError
from framework.core.files import slug
from framework.core.words import MINUS, money
from framework.core.words import interval as money_interval
from framework.experiment.stored_runs.stored_run import read_run
from framework.report.run.page import write_report
from framework.report.run.text import run_text
from tests.conftest import FIVE, changeable_copy
from tests.report.conftest import HOSTILE, KINDS, PLOTTED

WRITE = (
    "import sys; from pathlib import Path; from framework.report.run.page import write_report\n"
    "write_report(Path(sys.argv[1]))"
)
VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Elements, ids and text of a page; fails where tags are not closed in order."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text, self._open = [], "", []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if not self._open or self._open[-1] not in ("style", "script"):
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def page(run_dirs, kind):
    return Page((run_dirs[kind] / "report.html").read_text(encoding="utf-8"))


def dollars(amount):
    size = abs(amount)
    return f"{MINUS if amount < 0 else ''}${size:,.2f}" if size >= 0.1 else money(amount)


def read_metrics(run_dir):
    return json.loads((run_dir / "metrics.json").read_text())


def test_the_figures_of_metrics_json_are_on_the_page(run_dirs, kind, page):
    metrics = read_metrics(run_dirs[kind])
    text = " ".join(page.text.split())
    for model in metrics["models"]:
        assert dollars(model["dollars_per_case"]) in text
        assert money_interval(model["dollars_per_case_interval"]) in text
        assert dollars(model["dollars_total"]) in text
        assert money(model["stated_dollars_per_case"]) in text
        assert len(model["saved_against"]) >= 2
        for saved in model["saved_against"].values():
            assert money_interval(saved["interval"]) in text
    for step in metrics["steps"]:
        assert money_interval(step["interval"]) in text
    assert dollars(metrics["bounds"]["constant_dollars_per_case"]) in text
    assert " ".join(metrics["verdict"].split()) in text
    assert f"“{metrics['served']['model']}” is the model that is served" in text
    assert f"{metrics['n_train']:,} to train with" in text


def test_confusion_tables_are_those_of_the_predictions(run_dirs):
    run_dir = run_dirs["three"]
    html = (run_dir / "report.html").read_text(encoding="utf-8")
    for model in read_metrics(run_dir)["models"]:
        with (run_dir / "predictions" / f"{slug(model['name'])}.csv").open() as file:
            rows = list(csv.DictReader(file))
        counts = Counter((row["true"], row["predicted"]) for row in rows)
        start = f'<table class="counts" aria-label="“{model["name"]}”: cases per cell">'
        table = html.split(start)[1].split("</table>")[0]
        cells = [int(cell) for cell in re.findall(r'class="heat"[^>]*>([\d,]+)<', table)]
        assert cells == [counts[true, decided] for true in "abc" for decided in "abc"]


def test_classification_report_shows_none_as_a_dash(run_dirs, tmp_path):
    run_dir = tmp_path / "run"
    changeable_copy(run_dirs["two"], run_dir)
    metrics = read_metrics(run_dir)
    metrics["models"][0]["per_class"]["yes"]["precision"] = None
    (run_dir / "metrics.json").write_text(json.dumps(metrics))
    html = write_report(run_dir).read_text(encoding="utf-8")
    assert re.search(r'yes</th><td class="figure">-</td>', html)


def test_warnings_are_told_loudly(run_dirs, tmp_path):
    run_dir = tmp_path / "run"
    changeable_copy(run_dirs["two"], run_dir)
    metrics = read_metrics(run_dir)
    metrics["warnings"] = ["the model <five> COLLAPSED"]
    (run_dir / "metrics.json").write_text(json.dumps(metrics))
    html = write_report(run_dir).read_text(encoding="utf-8")
    assert 'role="alert"><p>Warning: the model &lt;five&gt; COLLAPSED' in html


def test_labels_and_names_are_text_never_markup(run_dirs):
    html = (run_dirs["hostile"] / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert [script["type"] for script in page.all("script")] == ["application/json", "module"]
    assert html.count("<script") == html.count("</script>") == 2
    assert page.all("img") == []
    assert not any(name.startswith("on") for _, element in page.elements for name in element)
    assert all(label in page.text for label in HOSTILE)
    assert "49" not in re.findall(r"\{\{.*?\}\}", page.text)


def test_sources_and_descriptions_are_text(run_dirs):
    assert "&lt;b&gt;a book&lt;/b&gt;" in (run_dirs["two"] / "report.html").read_text()


def test_nothing_is_loaded_from_elsewhere(page, run_dirs, kind):
    loading = ("src", "href", "xlink:href", "data", "poster", "srcset", "action")
    for tag, element in page.elements:
        for name in loading:
            target = element.get(name) or ""
            if tag != "a":
                assert target.startswith(("data:", "#")) or not target
    assert not {"iframe", "object", "embed"} & {tag for tag, _ in page.elements}
    html = (run_dirs[kind] / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|import\s*\()", html)


def test_styles_load_nothing(run_dirs, kind):
    html = (run_dirs[kind] / "report.html").read_text(encoding="utf-8")
    assert "@import" not in html
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", html))


def test_every_figure_tells_in_words_what_it_shows(page):
    charts = page.all("svg")
    assert len(charts) >= 5
    for chart in charts:
        assert chart["role"] == "img"
        assert len(chart["aria-label"]) > 20


def test_ids_are_unique_and_what_refers_to_them_finds_them(page):
    ids = Counter(element["id"] for _, element in page.elements if element.get("id"))
    assert max(ids.values()) == 1
    for _, element in page.elements:
        target = element.get("href") or element.get("xlink:href") or ""
        if target.startswith("#"):
            assert target[1:] in ids
        for name in ("aria-labelledby",):
            assert element.get(name, next(iter(ids))) in ids


def test_headings_go_down_one_level_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_command_names_every_setting(run_dirs):
    text = Page((run_dirs["three"] / "report.html").read_text(encoding="utf-8")).text
    command = next(line for line in text.splitlines() if line.startswith("fw run"))
    assert command.startswith("fw run blobs3 ")
    for setting in (
        "--cost-matrix three",
        "--stream auto",
        "--references",
        "--stratify",
        "--epochs 3",
        "--seed 0",
        "--report",
    ):
        assert setting in command
    assert "--out" not in command
    assert "True" not in command


def test_a_referred_case_is_neither_right_nor_wrong(run_dirs):
    run_dir = run_dirs["refer"]
    (model,) = [m for m in read_metrics(run_dir)["models"] if m["name"] == "referring"]
    counts = model["confusion_matrix"]
    referred = counts[0][2] + counts[1][2]
    assert referred > 0
    html = (run_dir / "report.html").read_text(encoding="utf-8")
    table = html.split(">referred</th>")[1]
    row = re.search(r"<tr[^>]*><th[^>]*>referring( \*)?</th>(.*?)</tr>", table)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row[2])
    assert cells[:3] == [str(counts[0][1]), str(counts[1][0]), str(referred)]


def test_no_more_than_needed_is_said_about_two_seeds(run_dirs):
    metrics = read_metrics(run_dirs["two"])
    best = next(m for m in metrics["models"] if m["name"] == metrics["served"]["model"])
    text = " ".join(
        Page((run_dirs["two"] / "report.html").read_text(encoding="utf-8")).text.split()
    )
    assert "All dollars per case are means over 2 seeds" in text
    assert f"it loses {dollars(-best['seeds']['mean'])} per case" in text


@pytest.mark.parametrize("kind", PLOTTED)
def test_plots_lie_beside_the_page(run_dirs, kind):
    names = {path.name for path in (run_dirs[kind] / "plots").iterdir()}
    assert {
        "dollars.png",
        "cases-1.png",
        "cells-1.png",
        "roc.png",
        "reliability-dollars.png",
    } <= names
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in (run_dirs[kind] / "plots").iterdir())


def test_pages_are_small(run_dirs, kind):
    html = (run_dirs[kind] / "report.html").read_text(encoding="utf-8")
    # What the panel computes with has a limit of its own (test_movable.py).
    assert len(re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)) < 500_000


def test_43_classes_are_soon_written(run_dirs):
    # The processor's seconds: what other processes take does not count.
    probe = f"{WRITE}\nimport time; print(time.process_time())"
    done = subprocess.run(
        [sys.executable, "-c", probe, str(run_dirs["many"])],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) < 5


def test_costs_that_depend_on_the_case_are_told_as_such(run_dirs):
    text = Page((run_dirs["priced"] / "report.html").read_text(encoding="utf-8")).text
    assert f"{MINUS}$1.00 + {MINUS}$0.75 x amount" in text
    assert "Dollars against the threshold" in text
    assert "expected $ as yes" in text


def test_the_same_folder_gives_the_same_page(run_dirs, tmp_path):
    run_dir = tmp_path / "run"
    changeable_copy(run_dirs["three"], run_dir)
    before = (run_dir / "report.html").read_text(encoding="utf-8")
    assert write_report(run_dir).read_text(encoding="utf-8") == before


def test_tensorflow_is_not_imported(run_dirs):
    probe = (
        f"{WRITE}\n"
        "print(*sorted({'tensorflow', 'keras', 'sklearn', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, str(run_dirs["two"])],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", ["metrics.json", "config.json", "cost_matrix.json"])
def test_a_missing_file_is_named(run_dirs, tmp_path, name):
    run_dir = tmp_path / "run"
    changeable_copy(run_dirs["two"], run_dir)
    (run_dir / name).unlink()
    with pytest.raises(ArtifactError, match=name):
        write_report(run_dir)


def test_a_broken_file_of_predictions_is_named(run_dirs, tmp_path):
    run_dir = tmp_path / "run"
    changeable_copy(run_dirs["two"], run_dir)
    (run_dir / "predictions" / "five.csv").write_text("case,true\n1,no\n")
    with pytest.raises(ArtifactError, match=r"five\.csv"):
        write_report(run_dir)


@pytest.mark.slow
def test_the_pool_leads_its_members_and_has_a_ladder(offered, tmp_path):
    how = {"dataset": "blobs", "cost_matrix": FIVE, "strategy": "auto", "epochs": 2}
    result = run(RunConfig(**how, loss="cross_entropy", out=tmp_path / "run"), offered)
    used = str(result.model("five").choice.strategy)
    console = Console(width=200)
    with console.capture() as printed:
        console.print(run_text(read_run(result.run_dir), result.run_dir))
    text = Page((result.run_dir / "report.html").read_text(encoding="utf-8")).text
    table = text[text.index("“five”: the pool, and its members alone") :]
    members = [f"{recipe}; " for recipe in result.model("five").choice.strategy.recipes]
    rows = [table.index(row) for row in (used, *members)]
    assert rows[0] == min(rows)
    shown = printed.get()
    assert f"{used} *" in shown
    for rung in result.model("five").ladder:
        assert rung.family in text
        assert rung.family in shown
