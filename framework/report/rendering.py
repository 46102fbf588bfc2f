"""Templates to pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from framework.report.words import money_sign, money_word, unbroken


def render(template: str, content: Mapping[str, Any]) -> str:
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
