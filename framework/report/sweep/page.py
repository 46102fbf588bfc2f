"""report.html of a sweep, made from its sweep.json and config.json alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from framework.core.files import REPORT
from framework.core.words import currency, in_brackets, plural, quoted
from framework.report.rendering import html_page, write_page
from framework.report.sweep.charts import (
    dollars_chart,
    frontier_chart,
    measures_chart,
    mistakes_chart,
)
from framework.report.sweep.sentences import (
    advice,
    against_moving,
    axis_title,
    best_constant,
    cautions,
    label,
    range_sentence,
    savings,
)
from framework.report.sweep.tables import (
    break_evens_table,
    models_table,
    present_table,
    segments_table,
    sensitivity_table,
    ways_table,
)
from framework.report.sweep.training_charts import savings_chart, training_against_moving_chart
from framework.report.tiles import (
    Tile,
    brought_tile,
    result_in_words,
    saved_tiles,
    savings_tile,
)
from framework.studies.sweeping import folder


def write_sweep_report(run_dir: Path, plots: bool = False) -> Path:
    """Write ``report.html`` into the folder of a sweep, and with ``plots`` its charts as ``plots/*.png``.

    Raises
    ------
    ArtifactError
        When sweep.json or config.json is missing or cannot be read, or of a newer format.
    """
    data, config = folder.read(run_dir)
    with currency(data.get("currency", "USD"), data.get("largest_cost")):
        return _write(run_dir, data, config, plots)


def _write(run_dir: Path, data: Any, config: Any, plots: bool) -> Path:
    first = [frontier_chart(data), dollars_chart(data)]
    others = [
        savings_chart(data),
        training_against_moving_chart(data),
        *([] if data.get("actions") else [measures_chart(data)]),  # which are of classes
        mistakes_chart(data),
    ]
    page = html_page(
        "sweep.html.j2",
        {
            "title": advice(data),
            "data": data,
            "sentences": _sentences(data),
            "cautions": cautions(data),
            "tiles": _tiles(data),
            "first_charts": first,
            "other_charts": others,
            "present": present_table(data),
            "present_break_evens": break_evens_table(data),
            "segments": segments_table(data),
            "sensitivity": sensitivity_table(data),
            "ways": ways_table(data),
            "models": models_table(data),
            "against_moving": against_moving(data),
            "axis_title": axis_title(data),
            "low": label(data, data["axis"]["values"][0]),
            "high": label(data, data["axis"]["values"][-1]),
            "config": config,
            "command": folder.command_of(data, config),
        },
    )
    return write_page(run_dir / REPORT, page, (*first, *others) if plots else ())


def _sentences(data: Any) -> list[str]:
    best = data["present"]["rows"][0]
    said = [
        f"In the tables it is called {quoted(best['model'])}. Of {len(data['models'])} models none was "
        f"clearly ahead of it in {data['validation']} at the costs of the matrix "
        f"{quoted(data['evaluation_matrix'])}, and of those none is steadier. On "
        f"{plural(data['n_test'], 'test case')}, which took no part in the choice, it "
        f"{result_in_words(best['dollars_per_case'])} {in_brackets(best['interval'])}."
    ]
    sentence = range_sentence(data)
    costs = data.get("cost_sentences")
    meant = (
        [f"At the costs of {quoted(data['evaluation_matrix'])}, {'; '.join(costs)}."]
        if costs
        else []
    )
    return [*said, *([sentence] if sentence else []), against_moving(data), *meant]


def _tiles(data: Any) -> list[Tile]:
    best, constant = data["present"]["rows"][0], best_constant(data)
    tiles = [brought_tile(best["dollars_per_case"], best["interval"])]
    if best["model"] != constant["model"]:
        tiles += saved_tiles(
            quoted(constant["model"]),
            best["saved_against_constant"],
            best["saved_interval"],
            best["probability_cheaper"],
        )
    share = savings(data, best["dollars_per_case"])
    if share is not None:
        tiles.append(savings_tile(share, quoted(constant["model"])))
    return tiles
