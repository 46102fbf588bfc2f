"""The page of an explanation."""

from __future__ import annotations

from pathlib import Path

from framework.core.words import currency
from framework.explanation.columns import ColumnsExplained
from framework.explanation.explain import Explanation
from framework.report.explanation import columns_page, pictures_page

PAGE = "importance.html"


def write_page(explanation: Explanation, folder: Path) -> Path:
    """Write importance.html into ``folder``, that of the run; of pictures their overlays too."""
    source, found = explanation.source, explanation.found
    with currency(source.run.matrix.currency):
        if isinstance(found, ColumnsExplained):
            page = columns_page.page(source, found, folder)
        else:
            page = pictures_page.page(source, found, folder)
    path = folder / PAGE
    path.write_text(page, encoding="utf-8")
    return path
