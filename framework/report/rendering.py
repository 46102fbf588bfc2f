"""Templates to pages, and pages to files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from framework.core.files import write_text
from framework.core.words import MINUS, before_digits, money_sign, money_word

if TYPE_CHECKING:
    from framework.report.figures import Chart


def html_page(template: str, content: Mapping[str, Any]) -> str:
    """One self-contained HTML page; what ``content`` lacks is an error, not a blank."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    environment.globals |= {"money_sign": money_sign, "money_word": money_word}
    return environment.get_template(template).render(content)


def write_page(path: Path, page: str, charts: Iterable[Chart] = ()) -> Path:
    """Write a page, and ``charts`` as PNGs into ``plots/`` beside it."""
    plots = path.parent / "plots"
    for chart in charts:
        plots.mkdir(exist_ok=True)
        chart.save_png(plots / f"{chart.slug}.png")
    write_text(path, page)
    return path


def unbroken(text: str) -> Markup:
    """Text for HTML whose amounts of money stay on one line."""
    sign = re.escape(before_digits())
    amounts = re.compile(rf"[{MINUS}+]?{sign}\d[\d,.]*\d|{sign}\d")
    return Markup(amounts.sub(r'<span class="n">\g<0></span>', str(escape(text))))
