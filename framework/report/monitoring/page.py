"""monitor.html: the dollars that came, on one self-contained page; and the same for a terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from framework.core.words import currency, interval, money, money_word, percent
from framework.report.console import terminal_table
from framework.report.monitoring.charts import alarm_chart, dollars_chart
from framework.report.monitoring.tables import drift_table, inputs_table, mix_table, weeks_table
from framework.report.rendering import html_page, write_page
from framework.report.tables import Table
from framework.report.tiles import Tile
from framework.studies.monitoring.monitored_run import MonitoredRun

MEANT = (
    "Promised is what the model's calibrated probabilities expected of each decision, or the figure that was "
    "given. The alarm is a bet against the promise: it may be looked at every day. It knows of no reason: "
    "drift of inputs and class mix may tell one."
)


def write_monitor_page(found: MonitoredRun, path: Path) -> Path:
    """Write the page."""
    monitored = found.monitored
    with currency(*monitored.currency):
        first, *others = monitored.sentences()
        charts = [dollars_chart(monitored), alarm_chart(monitored)]
        page = html_page(
            "monitor.html.j2",
            {
                "title": first,
                "model": found.model,
                "alarm": monitored.alarm.raised is not None,
                "sentences": [f"{text[:1].upper()}{text[1:]}." for text in others],
                "tiles": _tiles(found),
                "charts": [chart for chart in charts if chart is not None],
                "tables": _tables(found),
                "weeks": len(monitored.weeks),
                "n": monitored.figures.n,
                "meant": MEANT,
            },
        )
    return write_page(path, page)


def monitor_text(found: MonitoredRun) -> RenderableType:
    """The tables, and the sentences."""
    monitored = found.monitored
    with currency(*monitored.currency):
        told = "\n".join(f"{text[:1].upper()}{text[1:]}." for text in monitored.sentences())
        return Group(
            *(terminal_table(table, folded=False) for table in _tables(found)),
            Text(told),
        )


def _tables(found: MonitoredRun) -> list[Table]:
    monitored = found.monitored
    tables = [
        weeks_table(monitored),
        mix_table(monitored),
        drift_table(monitored),
        inputs_table(monitored, found.inputs),
    ]
    return [table for table in tables if table is not None]


def _tiles(found: MonitoredRun) -> list[Tile]:
    figures, alarm = found.monitored.figures, found.monitored.alarm
    word = money_word(True)
    tiles = [Tile(f"{word} promised per case", money(figures.promised), "of all decisions")]
    if figures.came is not None:
        note = f"95% interval {interval(figures.came.ends)}"
        tiles.append(Tile(f"{word} that came per case", money(figures.came.mean), note))
    known = percent(figures.known / figures.n, 0)
    tiles.append(Tile("With an outcome", known, f"{figures.known:,} of {figures.n:,} cases"))
    tiles.append(
        Tile(
            "Alarm",
            alarm.raised or "none",
            f"false for at most {percent(alarm.level, 0)} of models that keep their promise",
        )
    )
    return tiles
