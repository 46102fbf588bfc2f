"""The table of a picture: what each model decided, and what it expected of that."""

from __future__ import annotations

from framework.core.words import money, money_word
from framework.report.tables import Table
from framework.studies.explanation.pictures import PictureExplained


def picture_table(one: PictureExplained) -> Table:
    """A column for every model, as the pixel maps stand above it."""
    rows = [("decided", *(f"{of.decided}, {of.outcome}" for of in one.maps))]
    for name, amounts in (
        ("came to", [of.came_to for of in one.maps]),
        ("the model expected", [of.expected for of in one.maps]),
        ("of the mean picture", [of.expected_of_baseline for of in one.maps]),
        ("pixels speak for it", [float(of.credit.clip(min=0).sum()) for of in one.maps]),
        ("and against it", [float(of.credit.clip(max=0).sum()) for of in one.maps]),
    ):
        rows.append((name, *map(money, amounts)))
    return Table(
        ("", *(of.model for of in one.maps)), tuple(rows), f"{money_word(True)} of the decision"
    )
