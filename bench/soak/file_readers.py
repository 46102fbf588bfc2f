"""Doors that archives and tables come through."""

import io
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from reader import RUN, Reader

from framework.core.archives import ArchiveError, check_zip, unzipped
from framework.core.errors import ArtifactError
from framework.inference.network_file import check_network


def archives(folder: Path) -> list[Reader]:
    import gzip

    from framework.training.checkpoints import Checkpoints

    def of_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], None]:
        path = folder / name

        def with_it(data: bytes) -> None:
            path.write_bytes(data)
            try:
                read(path)
            except ArchiveError as error:
                raise ArtifactError(str(error)) from None

        return with_it

    saved = io.BytesIO()
    np.savez(saved, losses=np.ones(3), seconds=np.float64(2), state0=np.ones((2, 2)))
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir()
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.txt", "text" * 9)
    keras = (RUN / "models" / "medical" / "model.keras").read_bytes()
    return [
        Reader(
            "a checkpoint",
            "archives",
            0.01,
            of_file("checkpoints/k.npz", lambda path: Checkpoints(checkpoints).read("k")),
            (saved.getvalue(),),
        ),
        Reader("a zip file", "archives", 0.02, of_file("z.zip", check_zip), (zipped.getvalue(),)),
        Reader(
            "a gzip file",
            "archives",
            0.02,
            of_file("g.gz", unzipped),
            (gzip.compress(b"a" * 300),),
        ),
        Reader("a .keras file", "archives", 0.003, of_file("n.keras", check_network), (keras,)),
        Reader("a tar file", "archives", 0.01, of_file("t.tar.gz", _unpacked), (_tar(),)),
    ]


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, kind in (
            ("a.txt", tarfile.REGTYPE),
            ("../b", tarfile.REGTYPE),
            ("c", tarfile.SYMTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, 3 if kind == tarfile.REGTYPE else 0
            member.linkname = "a.txt" if kind == tarfile.SYMTYPE else ""
            tar.addfile(member, io.BytesIO(b"abc") if member.size else None)
    return out.getvalue()


def _unpacked(path: Path) -> None:
    """As ``fw sagemaker fetch`` unpacks what S3 holds."""
    from framework.sagemaker.launching.fetching import unpacked

    with tempfile.TemporaryDirectory(dir=path.parent) as home:
        unpacked(path, Path(home) / "out")
        assert not (Path(home).parent / "b").exists(), "a file outside the folder"


def tables(folder: Path) -> list[Reader]:
    import openpyxl

    from framework.data.reading import read_table

    def of(name: str) -> Callable[[bytes], None]:
        path = folder / name

        def read(data: bytes) -> None:
            path.write_bytes(data)
            assert len(set(map(len, read_table(path).columns.values()))) <= 1

        return read

    book, sheet = openpyxl.Workbook(), io.BytesIO()
    for row in (["a", "b", "c"], [1, 2.5, "x"], [None, True, "y"]):
        book.active.append(row)
    book.save(sheet)
    csv = b"a;b;c\n1;2,5;x\n;3;y\n"
    lines = b'{"a": 1, "b": "x", "c": null}\n{"a": 2.5, "b": "y", "c": true}\n'
    return [
        Reader("a CSV file", "tables", 0.001, of("t.csv"), (csv, b"a,b\n1,2\n3,4\n")),
        Reader("a file of JSON lines", "tables", 0.001, of("t.jsonl"), (lines,)),
        Reader("an Excel file", "tables", 0.001, of("t.xlsx"), (sheet.getvalue(),)),
        Reader("a Parquet file", "tables", 0.001, of("t.parquet"), (_parquet(folder),)),
    ]


def _parquet(folder: Path) -> bytes:
    import duckdb

    path = folder / "right.parquet"
    duckdb.sql("SELECT i AS a, i / 3 AS b, 'x' || i AS c FROM range(9) t(i)").write_parquet(
        str(path)
    )
    return path.read_bytes()
