"""docs/any_classifier.md: its blocks of Python run, one after the other, as they are printed."""

import re
import textwrap

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "any_classifier.md"
BLOCKS = re.findall(
    r"(?:^ {4}.*\n(?:\n(?= {4}))?)+", PAGE.read_text(encoding="utf-8"), re.MULTILINE
)
PYTHON = [textwrap.dedent(block) for block in BLOCKS if not block.startswith("    fw ")]


def test_the_blocks_of_the_page_run_as_printed():
    assert len(PYTHON) > 5
    names = {}
    for block in PYTHON:
        exec(compile(block, str(PAGE), "exec"), names)
    found = {name: names[name] for name in ("found", "clf", "search")}
    assert found["search"].best_score_ <= 0
    assert len(found["clf"].cost_matrix["malignant"]) == 1
