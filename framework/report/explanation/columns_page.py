"""importance.html of a table: features side by side for all models, and how importance moved."""

from __future__ import annotations

from pathlib import Path

from framework.core.words import money, quoted
from framework.experiment.stored_runs.reloaded_run import ReloadedRun
from framework.report.explanation.columns_chart import importance_chart
from framework.report.explanation.columns_tables import features_table, moves_table
from framework.report.rendering import html_page
from framework.studies.explanation.columns import ColumnsExplained
from framework.studies.explanation.permutation_importance import ALIKE, tells

TOP = 12  # rows of a chart, and of a table before it is folded


def columns_html(reloaded: ReloadedRun, found: ColumnsExplained, folder: Path) -> str:
    """The page; its charts also go to ``plots/`` in ``folder``."""
    best = reloaded.served
    families, alone = found.ranked(best)
    charts = [
        importance_chart(reloaded, found, positions[:TOP], slug, title)
        for positions, slug, title in (
            (families, "importance-families", "Families of features, each shuffled as one"),
            (alone, "importance", "Every feature, shuffled alone"),
        )
        if positions
    ]
    (folder / "plots").mkdir(exist_ok=True)
    for chart in charts:
        chart.save_png(folder / "plots" / f"{chart.slug}.png")
    lone = [importance.lost for importance in found.importances[best]][found.n_families :]
    telling = [lost.mean > 0 for lost in lone if tells(lost)]
    return html_page(
        "importance_columns.html.j2",
        {
            "reloaded": reloaded,
            "found": found,
            "title": _title(found, best),
            "best": best,
            "alike": ALIKE,
            "charts": charts,
            "members": [
                (found.features[k].name, ", ".join(found.features[k].members)) for k in families
            ],
            "has_report": (folder / "report.html").is_file(),
            "moves": moves_table(reloaded, found, TOP),
            "families": features_table(reloaded, found, families, TOP) if families else None,
            "alone": features_table(reloaded, found, alone, TOP),
            "n_losing": sum(telling),
            "n_saving": len(telling) - sum(telling),
            "n_by_chance": 0.05 * len(lone),
            "n_differences": (len(reloaded.models) - 1) * len(found.features),
        },
    )


def _title(found: ColumnsExplained, best: str) -> str:
    families, alone = found.ranked(best)
    lost = [importance.lost for importance in found.importances[best]]
    telling = [k for k in (*families, *alone) if tells(lost[k]) and lost[k].mean > 0]
    if not telling:
        return f"These test cases cannot tell what {quoted(best)} depends on"
    dearest = max(telling, key=lambda k: lost[k].mean)
    first, *others = found.features[dearest].members or (found.features[dearest].name,)
    name = f"{quoted(first)} and {len(others)} like it" if others else quoted(first)
    return f"{quoted(best)} depends most on {name}: without, {money(lost[dearest].mean)} per case are lost"
