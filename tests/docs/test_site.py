"""The site builds without a warning, loads nothing from elsewhere, and says what there is."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import nbformat
import pytest

import framework
from tests.conftest import ROOT
from tests.pages import DOCS

NOTEBOOKS = sorted(DOCS.glob("notebooks/*.ipynb"))


def hook(name):
    """A hook of MkDocs, docs/site/NAME.py."""
    spec = importlib.util.spec_from_file_location(name, DOCS / "site" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site; its notebooks are run by ``make docs`` alone."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"FW_DOCS_RUN": "0", "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


class Loaded(HTMLParser):
    """Addresses that a browser fetches by itself when it shows a page, and ids on it."""

    def __init__(self, page):
        super().__init__()
        self.found, self.ids = [], set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids.add(given.get("id"))
        if given.get("src"):
            self.found.append(given["src"])
        if tag == "link" and given.get("rel") in ("stylesheet", "icon", "preconnect", "preload"):
            self.found.append(given["href"])


def test_nothing_is_fetched_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    remote = {
        (page.name, address)
        for page in pages
        for address in Loaded(page).found
        if re.match(r"(https?:)?//", address)
    }
    assert remote == set()


def test_every_public_name_has_an_entry(site):
    ids = Loaded(site / "api.html").ids
    names = {re.sub(r".*\.", "", name) for name in ids if name and name.startswith("framework.")}
    assert set(framework.__all__) <= names


def test_every_public_name_is_on_the_page_once():
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^::: framework\.(\w+)$", page, re.MULTILINE)) == framework.__all__


def test_every_command_is_told_with_its_options(site):
    from framework.cli.main import main

    commands = hook("commands")
    told = [" ".join(("fw", *words)) for words in commands.commands()]
    assert {f"fw {name}" for name in main.commands} <= set(told)
    assert "fw sagemaker tune" in told
    page = (site / "cli.html").read_text(encoding="utf-8")
    ids = Loaded(site / "cli.html").ids
    assert {name.replace(" ", "-") for name in told} <= ids
    assert "--evaluation-matrix FILE" in page


def test_every_page_is_in_the_index_of_the_search(site):
    found = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    places = {entry["location"].partition("#")[0] for entry in found["docs"]}
    pages = {str(page.relative_to(DOCS).with_suffix(".html")) for page in DOCS.rglob("*.md")}
    assert {place or "index.html" for place in places} == pages


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs_and_has_a_page(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    page = path.with_suffix(".md").read_text(encoding="utf-8")
    assert hook("notebooks").HERE.search(page)[1] == path.name


def test_a_notebooks_outputs_are_shown_and_a_failing_cell_fails(tmp_path):
    from nbclient.exceptions import CellExecutionError

    notebooks = hook("notebooks")
    cells = ["print('one')", "'two'", "import sys; print('three', file=sys.stderr)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, tmp_path / "shown.ipynb")
    shown = notebooks.shown(notebooks.executed(tmp_path / "shown.ipynb"))
    assert "```{.text .wrapped}\none\n```" in shown
    assert "```text\n'two'\n```" in shown
    assert "\nthree" not in shown
    notebook.cells.append(nbformat.v4.new_code_cell("1 / 0"))
    nbformat.write(notebook, tmp_path / "failing.ipynb")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        notebooks.executed(tmp_path / "failing.ipynb")


def test_the_samples_are_what_their_script_writes():
    spec = importlib.util.spec_from_file_location("make_sample", DOCS / "make_sample.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    lines = (DOCS / "samples" / "tickets.csv").read_text(encoding="utf-8").splitlines()
    rows = script.tickets(400, seed=1)
    assert lines[0] == ";".join(rows[0])
    assert lines[1:] == [
        ";".join(row.values()).replace(row["note"], f'"{row["note"]}"') for row in rows
    ]
