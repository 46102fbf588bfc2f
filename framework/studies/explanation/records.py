"""Explanations as flat records: lines of importance.csv, entries of importance.json."""

from __future__ import annotations

from typing import Any

from framework.core.files import slug
from framework.experiment.stored_runs.reloaded_run import ReloadedRun
from framework.studies.explanation.columns import ColumnsExplained
from framework.studies.explanation.permutation_importance import tells
from framework.studies.explanation.pictures import PicturesExplained


def column_records(reloaded: ReloadedRun, found: ColumnsExplained) -> list[dict[str, Any]]:
    """One per model and feature; families first, within a model the dearest to lose first."""
    records = []
    for model in reloaded.models:
        families, alone = found.ranked(model.name)
        for position in [*families, *alone]:
            feature = found.features[position]
            importance = found.importances[model.name][position]
            moved = importance.moved
            records.append(
                {
                    "model": model.name,
                    "feature": feature.name,
                    "family": position < found.n_families,
                    "columns": [found.column_names[column] for column in feature.columns],
                    "dollars_lost": importance.lost.mean,
                    "low": importance.lost.low,
                    "high": importance.lost.high,
                    "tells": tells(importance.lost),
                    "decisions_changed": importance.decisions_changed,
                    "more_than_baseline": moved and moved.mean,
                    "more_low": moved and moved.low,
                    "more_high": moved and moved.high,
                }
            )
    return records


def picture_records(found: PicturesExplained) -> list[dict[str, Any]]:
    """One per picture and model."""
    return [
        {
            "case": picture.name,
            "truth": picture.truth,
            "chosen_as": picture.chosen_as,
            "model": of.model,
            "decided": of.decided,
            "came_to": of.came_to,
            "expected_dollars": of.expected,
            "expected_dollars_of_baseline_picture": of.expected_of_baseline,
            "speaks_for": float(of.credit.clip(min=0).sum()),
            "speaks_against": float(of.credit.clip(max=0).sum()),
            "gap": of.gap,
            "file": overlay_file(picture.row, of.model),
        }
        for picture in found.pictures
        for of in picture.maps
    ]


def overlay_file(row: int, model: str) -> str:
    """Path of a pixel map within the run folder."""
    return f"importance/case-{row}-{slug(model)}.png"
