"""importance.html of pictures: each beside the pixel maps of all models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from framework.core.files import write_bytes
from framework.core.words import percent, plural
from framework.experiment.stored_runs.reloaded_run import ReloadedRun
from framework.report.explanation.overlay import data_url, overlay, picture, place, png
from framework.report.explanation.picture_table import picture_table
from framework.report.rendering import html_page
from framework.report.tables import Table
from framework.studies.explanation.pictures import PictureExplained, PicturesExplained, PixelMap
from framework.studies.explanation.records import overlay_file


@dataclass(frozen=True)
class Shown:
    """A picture with alternative text and a heading."""

    url: str
    alt: str
    heading: str


@dataclass(frozen=True)
class Row:
    """A test case: the picture and a map for every model, and what the models made of it."""

    title: str
    shown: tuple[Shown, ...]
    table: Table


def pictures_html(reloaded: ReloadedRun, found: PicturesExplained, folder: Path) -> str:
    """The page; its pixel maps also go to ``importance/`` in ``folder``."""
    (folder / "importance").mkdir(exist_ok=True)
    for old in (folder / "importance").glob("case-*.png"):
        old.unlink()  # of an earlier explanation
    rows: dict[str, list[Row]] = {"mistake": [], "close call": []}
    for one in found.pictures:
        original = picture(one.pixels)
        write_bytes(folder / "importance" / f"case-{one.row}.png", png(original))
        shown = [Shown(data_url(original), f"Test case {one.name}: {one.truth}.", "the picture")]
        for of in one.maps:
            image = overlay(one.pixels, of.credit)
            write_bytes(folder / overlay_file(one.row, of.model), png(image))
            shown.append(Shown(data_url(image), _spoken(one, of), of.model))
        rows[one.chosen_as].append(
            Row(f"Case {one.name}: {one.truth}", tuple(shown), picture_table(one))
        )
    gap = max((_share_missed(of) for one in found.pictures for of in one.maps), default=0.0)
    return html_page(
        "importance_pictures.html.j2",
        {
            "reloaded": reloaded,
            "found": found,
            "title": f"What the models looked at: {plural(len(found.pictures), 'test picture')}",
            "baseline_url": data_url(picture(found.baseline.round().astype("uint8")))
            if reloaded.dataset.X.dtype.name == "uint8"
            else data_url(picture(found.baseline)),
            "has_report": (folder / "report.html").is_file(),
            "mistakes": rows["mistake"],
            "calls": rows["close call"],
            "gap": percent(gap),
        },
    )


def _spoken(one: PictureExplained, of: PixelMap) -> str:
    """What the map shows, for those who do not see it."""
    most = []
    for word, strength in (("for", of.credit.clip(min=0)), ("against", -of.credit.clip(max=0))):
        if strength.any():
            most.append(f"what speaks most {word} it lies {place(strength)}")
    said = "; ".join(most) or "no pixel changes what the decision is expected to bring"
    return (
        f"Pixel map of {of.model} for case {one.name}, {one.truth}, decided {of.decided}: {said}."
    )


def _share_missed(of: PixelMap) -> float:
    """The gap, as a share of all that the pixels were credited with either way."""
    total = float(abs(of.credit).sum())
    return abs(of.gap) / total if total else 0.0
