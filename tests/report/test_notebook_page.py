"""docs/terminal.md: its block of Python runs in a notebook, and shows what the page says."""

import re
from textwrap import dedent

import pytest

from tests.conftest import ROOT


@pytest.mark.usefixtures("elsewhere")
def test_the_block_runs_and_shows_a_table_with_a_link(notebook):
    page = (ROOT / "docs" / "terminal.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"\n((?:    (?:from|import) .*\n)(?:    .*\n|\n)+)", page)
    ran = notebook.run_cell(dedent(block), store_history=False)
    ran.raise_error()
    shown = notebook.shown(ran.result)
    assert len(shown["text/plain"].splitlines()) <= 10
    assert re.search(r'href="runs/breast_cancer-[\d-]+/report.html"', shown["text/html"])
    assert ran.result.verdict in shown["text/plain"]
