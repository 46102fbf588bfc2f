"""One description of a table, drawn for the terminal and for a page."""

import io
import re

import pytest
from rich.console import Console

from framework.report.console import terminal_table
from framework.report.rendering import html_page
from framework.report.tables import HeatCell, Table

TABLE = Table(
    ("model", "$"),
    (("served", "1"), ("other", HeatCell("2", 0.5))),
    caption="In all.",
    strong=(0,),
    foot=(("oracle", "3"),),
    folded=(("further", "4"),),
    title="Dollars",
    sections=(1,),
)
CELLS = ["served", "1", "other", "2", "oracle", "3", "further", "4"]


def printed(table, **settings):
    console = Console(width=60, record=True, file=io.StringIO())
    console.print(terminal_table(table, **settings))
    return [line.strip() for line in console.export_text().splitlines()]


def test_the_terminal_shows_all_rows_the_foot_last_and_sections_apart():
    lines = [re.sub(" +", " ", line) for line in printed(TABLE)]
    assert lines[0] == "Dollars"
    assert lines[4:9] == ["served 1", "other 2", "", "further 4", "oracle 3"]
    assert lines[-1] == "In all."


def test_folded_rows_can_be_counted_alone():
    lines = printed(TABLE, folded=False)
    assert not any("further" in line for line in lines)
    assert lines[-2:] == ["In all.", "1 more."]


@pytest.mark.parametrize("title", ["", "Dollars"])
def test_a_caption_without_a_title_heads_the_table(title):
    lines = printed(Table(("model",), (("served",),), caption="In all.", title=title))
    assert lines[0] == (title or "In all.")
    assert lines.count("In all.") == 1


def test_the_page_shows_the_same_cells():
    comparison = {"dataset": "d", "judge": {"name": "m"}, "parts": (), "statement": ""}
    content = {"comparison": comparison, "title": "", "n_runs": 1, "models": TABLE, "pairs": None}
    empty = dict.fromkeys(("sentences", "tiles", "charts"), ())
    page = html_page("compare.html.j2", {**content, **empty})
    cells = re.findall(r'<t[dh](?! scope="col")[^>]*>([^<]*)</t[dh]>', page)
    assert cells == CELLS
    assert '<tr class="strong"><th scope="row" class="word">served' in page
    assert '<tr class="quiet"><th scope="row" class="word">oracle' in page
    assert '<td class="heat" style="--hot:0.500">2</td>' in page
    assert "<summary>1 more</summary>" in page
