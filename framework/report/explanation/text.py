"""Explanations as tables for the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from framework.core.words import interval, money, money_word
from framework.explanation.columns import ColumnsExplained, Importance
from framework.explanation.permutation_importance import tells
from framework.explanation.pictures import PicturesExplained
from framework.explanation.source import Source


def columns_text(source: Source, found: ColumnsExplained, top: int) -> RenderableType:
    """The ``top`` families and features, the dearest to the served model first."""
    best = source.served
    families, alone = found.ranked(best)
    tables = [
        _columns(source, found, positions[:top], title)
        for positions, title in (
            (families, "Families: features that say the same, shuffled as one"),
            (alone, "Features, each shuffled alone"),
        )
        if positions
    ]
    notes = (
        f"{money_word(True)} lost per case on {len(source.y)} test cases when a feature is "
        f"shuffled (negative = saved), {found.repeats} shuffles, seed {found.seed}; in order of {best}.\n"
        "In brackets the 95% interval over test cases and shuffles; * leaves out 0, the others do "
        "not tell.\nFeatures that correlate share importance: alone, each may look useless."
    )
    return Group(*tables, Text(notes))


def pictures_text(source: Source, found: PicturesExplained) -> RenderableType:
    """The chosen pictures: decisions, and what they were expected to bring."""
    table = Table(box=box.SIMPLE_HEAD, title="Pictures explained", title_justify="left")
    for column in ("Case", "Truth", "Chosen as", "Model", "Decided"):
        table.add_column(column)
    for column in ("Came to", "Expected", "of the mean\npicture"):
        table.add_column(column, justify="right", no_wrap=True)
    for picture in found.pictures:
        for number, of in enumerate(picture.maps):
            case = (str(picture.row), picture.truth, picture.chosen_as)
            table.add_row(
                *(case if number == 0 else ("", "", "")),
                of.model,
                of.decided,
                *map(money, (of.came_to, of.expected, of.expected_of_baseline)),
            )
    return table


def _columns(
    source: Source, found: ColumnsExplained, positions: list[int], title: str
) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    table.add_column("Feature")
    for model in source.models:
        table.add_column(model.name, justify="right", no_wrap=True)
    for position in positions:
        cells = [_cell(found.importances[model.name][position]) for model in source.models]
        table.add_row(found.features[position].name, *cells)
    return table


def _cell(importance: Importance) -> Text:
    lost = importance.lost
    star = "*" if tells(lost) else " "
    text = f"{money(lost.mean)} ({interval(lost.ends)}){star}"
    return Text(text, style="bold" if tells(lost) else "dim")
