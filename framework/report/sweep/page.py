"""report.html of a sweep, made from its sweep.json and config.json alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from framework.core.words import (
    currency,
    in_brackets,
    interval,
    money,
    money_word,
    percent,
    plural,
    quoted,
)
from framework.report.rendering import render
from framework.report.reproduce import command
from framework.report.run.headline import Tile, result_in_words, saved_tiles
from framework.report.run.page import NAME
from framework.report.sweep import charts as sweep_charts
from framework.report.sweep import grid as sweep_grid
from framework.report.sweep import tables as sweep_tables
from framework.report.sweep.words import (
    against_moving,
    axis_title,
    cautions,
    in_words,
    label,
    range_sentence,
    uncertain,
)
from framework.sweep import folder


def write_sweep_report(run_dir: Path) -> Path:
    """Write ``report.html`` and ``plots/*.png`` into the folder of a sweep.

    Raises
    ------
    ArtifactError
        When sweep.json or config.json is missing or cannot be read, or of a newer format.
    """
    data, config = folder.read(run_dir)
    with currency(data.get("currency", "USD")):
        return _write(run_dir, data, config)


def _write(run_dir: Path, data: Any, config: Any) -> Path:
    first = [sweep_charts.frontier(data), sweep_charts.dollars(data)]
    others = [
        sweep_grid.grid(data),
        sweep_grid.training_against_moving(data),
        sweep_charts.measures(data),
        sweep_charts.mistakes(data),
    ]
    page = render(
        "sweep.html.j2",
        {
            "title": title(data),
            "data": data,
            "sentences": _sentences(data),
            "cautions": cautions(data),
            "tiles": _tiles(data),
            "first_charts": first,
            "other_charts": others,
            "present": sweep_tables.present(data),
            "present_break_evens": sweep_tables.break_evens(data),
            "segments": sweep_tables.segments(data),
            "sensitivity": sweep_tables.sensitivity(data),
            "ways": sweep_tables.ways(data),
            "models": sweep_tables.models(data),
            "against_moving": against_moving(data),
            "axis_title": axis_title(data),
            "low": label(data, data["axis"]["values"][0]),
            "high": label(data, data["axis"]["values"][-1]),
            "config": config,
            "command": _command(data, config),
        },
    )
    plots = run_dir / "plots"
    plots.mkdir(exist_ok=True)
    for chart in (*first, *others):
        chart.save_png(plots / f"{chart.slug}.png")
    path = run_dir / NAME
    path.write_text(page, encoding="utf-8")
    return path


def title(data: Any) -> str:
    """Which model to use at the costs as they stand."""
    present = data["axis"]["present"]
    where = "at these costs" if present is None else f"at {label(data, present)}"
    said = f"Use {quoted(data['recommended'])} {where}"
    return f"{said}, but that any model pays is not certain" if uncertain(data) else said


def _sentences(data: Any) -> list[str]:
    best = data["present"]["rows"][0]
    said = [
        f"{quoted(best['model'])} is {in_words(data, best['model'])}. Of {len(data['models'])} models "
        f"none was clearly ahead of it in {data['validation']} at the costs of the matrix "
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
    best = data["present"]["rows"][0]
    constant = next(row for row in data["present"]["rows"] if row["way"] == "constant")
    way = data["present"]["oracle"] - constant["dollars_per_case"]
    tiles = [
        Tile(
            f"{money_word(True)} per case",
            money(best["dollars_per_case"]),
            f"95% interval: {interval(best['interval'])}",
        )
    ]
    if best["model"] != constant["model"]:
        tiles += saved_tiles(
            constant["model"],
            best["saved_against_constant"],
            interval(best["saved_interval"]),
            best["probability_cheaper"],
        )
    if way > 0:
        share = (best["dollars_per_case"] - constant["dollars_per_case"]) / way
        tiles.append(
            Tile(
                "Of the way to a perfect oracle",
                percent(share, 0),
                f"0%: {quoted(constant['model'])}",
            )
        )
    return tiles


def _command(data: Any, config: Any) -> str:
    axis = data["axis"]
    words = command(config, "sweep", without=("references", "seeds", "strategy", "members"))
    return f"{words} {axis['option']} --points {len(axis['values'])}"
