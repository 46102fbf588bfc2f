"""What README and docs print is what it says: commands, Python, JSON, TOML, tables.

Commands fw run in tests/cli/test_printed_commands.py; Python in test_python_blocks.py.
"""

import csv
import json
import re
import shlex
import tomllib

import pytest

from tests.conftest import ROOT
from tests.pages import BLOCKS, DOCS, PAGES

FENCED = [block for block in BLOCKS if block.language]
INDENTED = [block for block in BLOCKS if not block.language]
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
PROGRAMS = {"aws", "fw", "make", "pip", "curl", "docker", "export", "cd", "python"}


def lines_of(block):
    joined = block.code.replace("\\\n", " ").splitlines()
    return [words for line in joined if (words := shlex.split(line, comments=True))]


def check_sh(block):
    for program, *arguments in lines_of(block):
        assert program in PROGRAMS
        if program == "make":
            assert arguments[0] in TARGETS


def check_csv(block):
    rows = list(csv.reader(block.code.splitlines()))
    assert len({len(row) for row in rows}) == 1


# Python has a test of its own; text is what programs print.
CHECKS = {
    "sh": check_sh,
    "json": lambda block: json.loads(block.code),
    "csv": check_csv,
    "python": lambda block: compile(block.code, str(block), "exec"),
    "text": lambda block: None,
}


@pytest.mark.parametrize("block", FENCED, ids=str)
def test_a_fenced_block_is_of_the_language_that_it_names(block):
    CHECKS[block.language](block)


@pytest.mark.parametrize("block", INDENTED, ids=str)
def test_an_indented_block_parses_as_what_it_looks_like(block):
    start = block.code.lstrip()
    if "[project]" in start:
        tomllib.loads(block.code)
    elif start.startswith(("{", '"')) and "..." not in block.code:
        json.loads(block.code if start.startswith("{") else "{" + block.code + "}")
    elif start.split()[0] in PROGRAMS:
        check_sh(block)


def test_files_that_pages_print_have_names_of_their_own():
    titles = [block.title for block in BLOCKS if block.title]
    assert len(titles) == len(set(titles)) > 2


def rows_of_figures(page):
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("|") and len(re.findall(r"\d\.\d", line)) > 1]


def test_the_readmes_figures_are_those_of_the_pages():
    readme = rows_of_figures(ROOT / "README.md")
    pages = [row for page in DOCS.glob("*.md") for row in rows_of_figures(page)]
    assert len(readme) > 15
    assert [row for row in readme if row not in pages] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_there_are(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
