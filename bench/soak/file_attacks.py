"""Attacks with files that are none, and with archives that unfold, lead elsewhere, or hold code."""

import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from attack import MEGABYTE, Attack


def on_files(folder: Path) -> list[Attack]:
    from framework.core.cases.images import read_image
    from framework.core.costs.cost_matrix import CostMatrix
    from framework.core.files import read_json
    from framework.data.reading import read_table
    from framework.experiment.results.predictions_file import read_predictions

    pipe = folder / "pipe.json"
    os.mkfifo(pipe)
    link = folder / "link.json"
    link.symlink_to("/dev/zero")
    doors: dict[str, Callable[[Path], object]] = {
        "a matrix": CostMatrix.from_file,
        "JSON": read_json,
        "a picture": lambda path: read_image(path, (4, 4, 3)),
        "a table": lambda path: read_table(path),
        "predictions": lambda path: read_predictions(path, ("a", "b")),
    }
    found = []
    for what, path in (
        ("a device", Path("/dev/zero")),
        ("a pipe", pipe),
        ("a link to a device", link),
    ):
        for door, read in doors.items():
            found.append(
                Attack(
                    f"{what} as {door}",
                    lambda: b"",
                    lambda _, read=read, path=path: read(path),
                    False,
                )
            )
    return found


def on_archives(folder: Path) -> list[Attack]:
    """Files that unfold, lead elsewhere, or hold code."""
    import gzip
    import tarfile

    import h5py  # noqa: F401 -- what is loaded here is not counted
    import skops.io  # noqa: F401
    from reader import RUN

    from framework.core.archives import check_zip, unzipped
    from framework.core.errors import ArtifactError
    from framework.data.reading import read_table
    from framework.inference.members import EstimatorMember
    from framework.inference.network_file import check_network
    from framework.sagemaker.launching.fetching import unpacked

    network = RUN / "models" / "medical" / "model.keras"

    def made(name: str, data: bytes, read: Callable[[Path], object]) -> Callable[[bytes], object]:
        def met(_: bytes) -> object:
            path = folder / name
            path.write_bytes(data)
            try:
                return read(path)
            except ValueError as error:
                raise ArtifactError(str(error)) from None

        return met

    def zipped(members: dict[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return out.getvalue()

    with zipfile.ZipFile(network) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    zeros = bytes(300 * MEGABYTE)

    def of_keras(weights: bytes) -> bytes:
        return zipped({**parts, "model.weights.h5": weights})

    def pickled(path: Path) -> object:
        return EstimatorMember.read(path, {"n_classes": 2})

    large = {**parts, "model.weights.h5": parts["model.weights.h5"] + zeros}
    config = parts["config.json"].decode()
    units = {**parts, "config.json": config.replace('"units": 2', '"units": 2000000000').encode()}
    if units["config.json"] == parts["config.json"]:
        units["config.json"] = config.replace('"units": 1', '"units": 2000000000').encode()
    deep = {**parts, "config.json": b"[" * 9000 + b"]" * 9000}

    def tar(**member: object) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            info = tarfile.TarInfo(str(member["name"]))
            for key, value in member.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(bytes(info.size)) if info.isreg() else None)
        return out.getvalue()

    def fetched(path: Path) -> object:
        return unpacked(path, folder / "out")

    far = '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    cases: list[tuple[str, str, bytes, Callable[[Path], object]]] = [
        ("a .keras member of 300 MB", "a.keras", zipped(large), check_network),
        ("a .keras layer of 2 billion units", "b.keras", zipped(units), check_network),
        ("a .keras config 9,000 deep", "c.keras", zipped(deep), check_network),
        (
            "a .keras with packed weights",
            "d.keras",
            of_keras(_packed()),
            check_network,
        ),
        (
            "a .keras with weights elsewhere",
            "e.keras",
            of_keras(_linked()),
            check_network,
        ),
        ("an .npz that unfolds", "a.npz", zipped({"a.npy": zeros}), check_zip),
        ("a zip with ..", "b.zip", zipped({"../a": b"x"}), check_zip),
        ("a gzip that unfolds", "a.gz", gzip.compress(zeros, 9), unzipped),
        (
            "pickle as a member",
            "a.skops",
            b"\x80\x04cos\nsystem\n.",
            pickled,
        ),
        ("a tar with ..", "a.tar.gz", tar(name="../a", size=3), fetched),
        (
            "a tar with a link",
            "b.tar.gz",
            tar(name="a", type=b"2", linkname="/etc/passwd"),
            fetched,
        ),
        ("a tar with a device", "c.tar.gz", tar(name="a", type=b"3"), fetched),
        ("a spreadsheet that ends at XFD1048576", "a.xlsx", _sheet(far), read_table),
        ("a spreadsheet that unfolds", "b.xlsx", zipped({"xl/workbook.xml": zeros}), read_table),
    ]
    return [
        Attack(name, lambda: b"", made(file, data, read), False, answered="ends at" in name)
        for name, file, data, read in cases
    ]


def _packed() -> bytes:
    import h5py

    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file.create_dataset("layers/dense/vars/0", (30_000, 3000), "f4", compression="gzip")
    return out.getvalue()


def _linked() -> bytes:
    import h5py

    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file["layers"] = h5py.ExternalLink("/etc/passwd", "/")
    return out.getvalue()


def _sheet(cells: str) -> bytes:
    """A workbook whose one sheet is that XML."""
    import openpyxl

    out, again = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(out)
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = re.sub(rb"<sheetData ?/>|<sheetData></sheetData>", cells.encode(), data)
                assert cells.encode() in data
            new.writestr(name, data)
    return again.getvalue()
