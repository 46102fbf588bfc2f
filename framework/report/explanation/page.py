"""The page of an explanation."""

from __future__ import annotations

from pathlib import Path

from framework.core.files import write_text
from framework.core.words import currency
from framework.report.explanation.columns_page import columns_html
from framework.report.explanation.pictures_page import pictures_html
from framework.studies.explanation.columns import ColumnsExplained
from framework.studies.explanation.explained_run import Explanation

PAGE = "importance.html"


def write_explanation(explanation: Explanation, folder: Path) -> Path:
    """Write importance.html into ``folder``, that of the run; of pictures their overlays too."""
    reloaded, found = explanation.reloaded, explanation.found
    with currency(*reloaded.run.matrix.money):
        if isinstance(found, ColumnsExplained):
            page = columns_html(reloaded, found, folder)
        else:
            page = pictures_html(reloaded, found, folder)
    path = folder / PAGE
    write_text(path, page)
    return path
