"""An explanation for the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.words import currency, money_word
from framework.experiment.stored_runs.reloaded_run import ReloadedRun
from framework.report.console import terminal_table
from framework.report.explanation.columns_tables import features_table
from framework.report.explanation.picture_table import picture_table
from framework.report.tables import stacked, transposed
from framework.studies.explanation.columns import ColumnsExplained
from framework.studies.explanation.explained_run import Explanation
from framework.studies.explanation.pictures import PicturesExplained


def explanation_text(explanation: Explanation, top: int) -> RenderableType:
    """The ``top`` families and features, the dearest to the served model first; or the pictures."""
    reloaded, found = explanation.reloaded, explanation.found
    with currency(*reloaded.run.matrix.money):
        if isinstance(found, ColumnsExplained):
            return _columns(reloaded, found, top)
        return _pictures(found)


def _columns(reloaded: ReloadedRun, found: ColumnsExplained, top: int) -> RenderableType:
    best = reloaded.served
    tables = [
        terminal_table(features_table(reloaded, found, positions, top), folded=False)
        for positions in found.ranked(best)
        if positions
    ]
    notes = (
        f"{money_word(True)} lost per case on {len(reloaded.y)} test cases when a feature is "
        f"shuffled (negative = saved), {found.repeats} shuffles, seed {found.seed}; in order of {best}.\n"
        "In brackets the 95% interval over test cases and shuffles; * leaves out 0, the others do "
        "not tell.\nFeatures that correlate share importance: alone, each may look useless."
        f"{_population(reloaded)}"
    )
    return Group(*tables, Text(notes))


def _population(reloaded: ReloadedRun) -> str:
    if reloaded.run.judged.target is None:
        return ""
    which = "prevalence" if reloaded.run.is_moved else "shares of the classes"
    return f" Figures are at the {which} that the run was judged at."


def _pictures(found: PicturesExplained) -> RenderableType:
    """The chosen pictures: decisions, and what they were expected to bring."""
    tables = {
        f"{one.name}: {one.truth}, {one.chosen_as}": transposed(picture_table(one), "model")
        for one in found.pictures
    }
    return terminal_table(stacked("case", tables, "Pictures explained"))
