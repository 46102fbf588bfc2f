"""Tables of importances: what each feature is worth to each model, and what training has moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from framework.core.uncertainty.intervals import Interval
from framework.core.words import TOO_FEW, money_word, percent, short_money
from framework.experiment.stored_runs.reloaded_run import ReloadedRun
from framework.report.tables import Table
from framework.studies.explanation.columns import ColumnsExplained
from framework.studies.explanation.permutation_importance import tells


def features_table(
    reloaded: ReloadedRun, found: ColumnsExplained, positions: Sequence[int], shown: int
) -> Table:
    """What is lost without the families, or the features alone, at ``positions``, model by model.

    All beyond the first ``shown`` are folded.
    """
    families = positions[0] < found.n_families
    names = [model.name for model in reloaded.models]
    rows, quiet = [], []
    for number, position in enumerate(positions):
        of_models = [found.importances[name][position] for name in names]
        cells = [_starred(importance.lost) for importance in of_models]
        changed = " / ".join(percent(importance.decisions_changed) for importance in of_models)
        if not any(tells(importance.lost) for importance in of_models):
            quiet.append(number)
        like = () if families else (_relative(found, position),)
        rows.append((found.features[position].name, *like, *cells, changed))
    return Table(
        (*(("family",) if families else ("feature", "most like")), *names, "decisions changed"),
        tuple(rows[:shown]),
        f"{'Families' if families else 'Features alone'}: {money_word()} lost per case when shuffled, with "
        "95% intervals; * leaves out 0, the others do not tell",
        words=1 if families else 2,
        quiet=tuple(quiet),
        folded=tuple(rows[shown:]),
    )


def moves_table(reloaded: ReloadedRun, found: ColumnsExplained, shown: int) -> Table | None:
    """Where a cost-trained model depends more, or less, on a feature than the baseline does."""
    found_moves: list[tuple[float, tuple[str, ...]]] = []
    for model in reloaded.models:
        for position, importance in enumerate(found.importances[model.name]):
            moved = importance.moved
            if moved is None or not tells(moved) or reloaded.baseline is None:
                continue
            before = found.importances[reloaded.baseline][position].lost.mean
            name = found.features[position].name
            cells = (short_money(before), short_money(importance.lost.mean), told(moved))
            found_moves.append((abs(moved.mean), (name, model.name, *cells)))
    if not found_moves:
        return None
    rows = tuple(row for _, row in sorted(found_moves, key=lambda move: -move[0]))
    return Table(
        ("feature", "model", f"lost by {reloaded.baseline}", "lost by the model", "difference"),
        rows[:shown],
        f"{money_word(True)} per case by which a feature is worth more to the model than to the baseline "
        "(with a minus: less), where the 95% interval of the paired difference leaves out 0",
        words=2,
        folded=rows[shown:],
    )


def told(interval: Interval) -> str:
    """A figure and its interval: $12.3k ($3.82k to $21.2k)."""
    ends = TOO_FEW if interval.ends is None else " to ".join(map(short_money, interval.ends))
    return f"{short_money(interval.mean + 0.0)} ({ends})"


def _starred(interval: Interval) -> str:
    return told(interval) + (" *" if tells(interval) else "")


def _relative(found: ColumnsExplained, position: int) -> str:
    relative = found.relative(position)
    if relative is None:
        return "-"
    return f"{relative[0]}, {np.floor(100 * relative[1]) / 100:.2f}"
