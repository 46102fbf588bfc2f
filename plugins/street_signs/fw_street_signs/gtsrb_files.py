"""Which photographs a GTSRB folder holds, of which class, track and region of interest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from framework import DataError
from fw_street_signs.gtsrb_annotations import Annotation, read_annotations
from fw_street_signs.gtsrb_labels import LABELS

IMAGES = (".ppm", ".png", ".jpg", ".jpeg", ".bmp")
TEST_CSV = "GT-final_test.csv"
LEVELS = 4  # how far below the given folder the class folders may lie

_CLASS_FOLDER = re.compile(r"\d{5}")
_TRACK_AND_FRAME = re.compile(r"(\d{5})_\d+")


@dataclass(frozen=True)
class Photo:
    """One image file. A track is one physical sign of its class; None where it is not known."""

    path: Path
    class_id: int
    track: int | None = None
    roi: tuple[int, int, int, int] | None = None
    annotation: str = ""


def training_photos(folder: Path) -> list[Photo]:
    """The photographs of a folder that must hold all classes."""
    root = _class_root(folder)
    missing = [k for k in range(len(LABELS)) if not (root / f"{k:05d}").is_dir()]
    if missing:
        named = ", ".join(f"{k:05d} ({LABELS[k]})" for k in missing)
        raise DataError(
            f"{root}: expected a folder for each of the {len(LABELS)} classes, 00000 to "
            f"{len(LABELS) - 1:05d}, received none for {named}; unpack the archive again"
        )
    photos = _classes(root)
    for photo in photos:
        if photo.track is None:
            raise DataError(
                f"{photo.path}: expected a name like 00003_00029.ppm (track, frame), received "
                f'"{photo.path.name}"; rename it, or frames of one sign cannot be kept together'
            )
    return photos


def held_out_photos(folder: Path) -> list[Photo]:
    """The photographs of a test set: one flat folder with a CSV, or class folders."""
    annotations = sorted(folder.rglob(TEST_CSV))
    if len(annotations) > 1:
        raise DataError(
            f"{folder}: expected one {TEST_CSV}, received {len(annotations)} "
            f"({', '.join(map(str, annotations))}); name the folder of one of them"
        )
    if annotations:
        return _flat(annotations[0], folder)
    if any(folder.rglob("GT-final_test.test.csv")):
        raise DataError(
            f"{folder}: expected {TEST_CSV}, received only GT-final_test.test.csv, which does not "
            f"tell the classes; download GTSRB_Final_Test_GT.zip and put its {TEST_CSV} there"
        )
    return _classes(_class_root(folder, f"{TEST_CSV} with its images, or "))


def _class_root(folder: Path, alternative: str = "") -> Path:
    """The folder of the class folders, at or below ``folder``."""
    roots = [root for root in _folders(folder, LEVELS) if _class_folders(root)]
    # The archive of precomputed features has folders of the same names, without images.
    with_images = [root for root in roots if any(_images(f) for f in _class_folders(root))]
    roots = with_images or roots
    if not roots:
        raise DataError(
            f"{folder}: expected {alternative}class folders named 00000 to {len(LABELS) - 1:05d} in it or "
            f"up to {LEVELS} levels below, received none; name the folder of the unpacked archive"
        )
    if len(roots) > 1:
        raise DataError(
            f"{folder}: expected one set of class folders, received {len(roots)} "
            f"({', '.join(map(str, roots))}); name one of them"
        )
    return roots[0]


def _folders(folder: Path, levels: int) -> Iterator[Path]:
    """``folder`` and those below it, but nothing inside a class folder."""
    yield folder
    if levels and folder.is_dir():
        for child in sorted(folder.iterdir()):
            if child.is_dir() and not _CLASS_FOLDER.fullmatch(child.name):
                yield from _folders(child, levels - 1)


def _class_folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(p for p in root.iterdir() if _CLASS_FOLDER.fullmatch(p.name) and p.is_dir())


def _images(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in IMAGES)


def _classes(root: Path) -> list[Photo]:
    folders = _class_folders(root)
    annotated = [folder for folder in folders if _annotation_file(folder).is_file()]
    if annotated and len(annotated) < len(folders):
        bare = next(folder for folder in folders if folder not in annotated)
        raise DataError(
            f"{bare}: expected {_annotation_file(bare).name}, as {annotated[0].name} has its own, "
            "received none; unpack the archive again"
        )
    return [photo for folder in folders for photo in _one_class(folder)]


def _annotation_file(folder: Path) -> Path:
    return folder / f"GT-{folder.name}.csv"


def _one_class(folder: Path) -> Iterator[Photo]:
    class_id = int(folder.name)
    if class_id >= len(LABELS):
        raise DataError(
            f"{folder}: expected class folders 00000 to {len(LABELS) - 1:05d}, received "
            f"{folder.name}; remove it"
        )
    images = _images(folder)
    if not images:
        raise DataError(
            f"{folder}: expected images ({', '.join(IMAGES)}), received none; "
            "unpack the archive again"
        )
    rows: dict[str, Annotation] = {}
    if _annotation_file(folder).is_file():
        rows = read_annotations(_annotation_file(folder))
        _check_files(rows, images, folder)
    for path in images:
        match = _TRACK_AND_FRAME.fullmatch(path.stem)
        track = int(match[1]) if match else None
        row = rows.get(path.name)
        if row is None:
            yield Photo(path, class_id, track)
            continue
        if row.class_id != class_id:
            raise DataError(
                f"{row.where}: expected ClassId {class_id} in the folder {folder.name}, received "
                f"{row.class_id}; correct the line or move the image"
            )
        yield Photo(path, class_id, track, row.roi, row.where)


def _flat(annotations: Path, folder: Path) -> list[Photo]:
    rows = read_annotations(annotations)
    first = next(iter(rows))
    found = [annotations.parent / first, *sorted(folder.rglob(first))]
    home = next((path.parent for path in found if path.is_file()), annotations.parent)
    _check_files(rows, _images(home), annotations)
    return [
        Photo(home / row.filename, row.class_id, roi=row.roi, annotation=row.where)
        for row in rows.values()
    ]


def _check_files(rows: dict[str, Annotation], images: list[Path], where: Path) -> None:
    """The annotated files are exactly those that are there."""
    names = {path.name for path in images}
    for name, row in rows.items():
        if name not in names:
            raise DataError(
                f'{row.where}: names "{name}", which is not there; unpack the archive again'
            )
    extra = sorted(names - set(rows))
    if extra:
        raise DataError(
            f"{where}: expected a line of the CSV for every image, received {len(extra)} "
            f'without one (for instance "{extra[0]}"); unpack the archive again'
        )
