"""The models of several runs on one self-contained page."""

from __future__ import annotations

import time
from pathlib import Path

from framework.core.errors import ConfigError
from framework.core.files import write_text
from framework.core.words import currency, in_brackets, money, probability, quoted
from framework.experiment.stored_runs.compared_models import Comparison
from framework.report.compare.charts import differences_chart, intervals_chart
from framework.report.compare.tables import models_table, pairs_table
from framework.report.rendering import html_page
from framework.report.tiles import (
    Tile,
    brought_tile,
    result_in_words,
    saved_tiles,
    savings_tile,
)


def write_comparison(comparison: Comparison, path: Path | None = None) -> Path:
    """Write the page (default: ``runs/compare-TIME.html``) and say where it is.

    Raises
    ------
    ConfigError
        When ``path`` exists already.
    """
    path = path or _new_page()
    if path.exists():
        raise ConfigError(f"{path} exists already; name another file with --out")
    path.parent.mkdir(parents=True, exist_ok=True)
    with currency(*comparison.judge.money):
        page = _page(comparison)
    write_text(path, page)
    return path


def _new_page() -> Path:
    """A new file's name, with a number where two comparisons are made in one second."""
    page = Path("runs") / f"compare-{time.strftime('%Y%m%d-%H%M%S')}.html"
    numbered = (page.with_stem(f"{page.stem}-{number}") for number in range(2, 1000))
    return next(path for path in (page, *numbered) if not path.exists())


def _page(comparison: Comparison) -> str:
    return html_page(
        "compare.html.j2",
        {
            "comparison": comparison,
            "title": comparison.verdict,
            "sentences": _sentences(comparison),
            "tiles": _tiles(comparison),
            "charts": [intervals_chart(comparison), differences_chart(comparison)],
            "models": models_table(comparison),
            "pairs": pairs_table(comparison),
            "n_runs": len({run for model in comparison.models for run in model.runs}),
        },
    )


def _sentences(comparison: Comparison) -> list[str]:
    best = comparison.cheapest
    said = [
        f"Judged by the matrix {quoted(comparison.judge.name)}, {quoted(best.label)} "
        f"{result_in_words(best.dollars_per_case)} {in_brackets(best.interval.ends)}, by the decisions "
        "it made in its run.",
        comparison.statement,
    ]
    if best.not_excluded:
        said.append(f"{quoted(best.name)}: {best.not_excluded}.")
    if len(comparison.models) > 1:
        second = comparison.models[1]
        difference = comparison.difference(best, second)
        said.append(
            f"The next, {quoted(second.label)}, costs {money(difference.interval.mean)} per case more "
            f"{in_brackets(difference.interval.ends)}; probability that {quoted(best.name)} is the "
            f"cheaper one on other cases like these: {probability(difference.probability_cheaper)}. The "
            "best of several on the same cases is partly the luckiest: both figures know of the choice."
        )
    return said


def _tiles(comparison: Comparison) -> list[Tile]:
    best = comparison.cheapest
    constant = f"always {quoted(best.part.constant)}"
    saved = best.saved
    tiles = [
        brought_tile(best.dollars_per_case, best.interval.ends),
        *saved_tiles(constant, saved.interval.mean, saved.interval.ends, saved.probability_cheaper),
    ]
    if best.savings is not None:
        tiles.append(savings_tile(best.savings, constant))
    return tiles
