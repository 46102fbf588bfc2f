"""Inputs that are meant ill: bombs, floods, devices, links, code. Each in a process of its own, measured.

An attack is well met where it is refused in a sentence, or answered, within SLOWEST and within LARGEST.
"""

import contextlib
import io
import json
import os
import re
import signal
import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rows import Row

LARGEST = 200  # MB that one request, or one file, may take
SLOWEST = 20.0  # seconds
MEGABYTE = 2**20
BODY = 25 * MEGABYTE - 100  # fw serve's largest


@dataclass(frozen=True)
class Attack:
    """``made`` gives the bytes, ``met`` is given them; ``request``: whether it comes over HTTP.

    ``answered``: it need not be refused.
    """

    name: str
    made: Callable[[], bytes]
    met: Callable[[bytes], object]
    request: bool = True
    answered: bool = False


def attack_rows(*, short: bool, seconds: float) -> list[Row]:
    """Rows of the table: what became of the attacks, the largest memory, the longest time.

    As many as there is time for; ``short``: those over HTTP alone.
    """
    found, memory, slowest, tried = [], 0.0, 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        until = time.monotonic() + seconds
        every = _on_requests() if short else attacks(Path(folder))
        for attack in every:
            if time.monotonic() > until:
                break
            said, mb, took = _measured(attack)
            tried += 1
            print(
                f"attack: {attack.name}: {mb:.0f} MB, {took:.2f} s: {said[:110]}", file=sys.stderr
            )
            slowest = max(slowest, took)
            memory = max(memory, mb)
            if not _well_met(attack, said) or mb > LARGEST or took > SLOWEST:
                found.append(f"{attack.name}: {said}, {mb:.0f} MB, {took:.1f} s")
    bad = sum("traceback" in line or "accepted" in line or "killed" in line for line in found)
    return [
        Row("crafted attacks", tried, f"{bad} not refused", "0", not found, tuple(found)),
        Row(
            "memory of one request",
            tried,
            f"{memory:.0f} MB",
            f"<= {LARGEST} MB",
            memory <= LARGEST,
        ),
        Row(
            "time of one attack",
            tried,
            f"{slowest:.1f} s",
            f"<= {SLOWEST:.0f} s",
            slowest <= SLOWEST,
        ),
    ]


def _well_met(attack: Attack, said: str) -> bool:
    return said.startswith("refused") or (attack.answered and said.startswith("answered"))


def _measured(attack: Attack) -> tuple[str, float, float]:
    """What came of it, MB above what the process had before, and seconds."""
    data = attack.made()
    reading, writing = os.pipe()
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.close(reading)
        said, before = "killed", _resident()
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        try:
            attack.met(data)
            said = "answered"
        except Exception as error:
            kind = "refused" if _is_ours(error) else "traceback"
            said = f"{kind}: {type(error).__name__}: {str(error)[:200]}"
        os.write(writing, json.dumps([said, (_peak() - before) / MEGABYTE]).encode())
        os._exit(0)
    os.close(writing)
    answer = _read_until(reading, child)
    os.close(reading)
    os.waitpid(child, 0)
    took = time.perf_counter() - started
    said, memory = (
        json.loads(answer) if answer else ("killed, after a minute or for its memory", 0.0)
    )
    return said, memory, took


def _read_until(reading: int, child: int) -> bytes:
    import select

    ready, _, _ = select.select([reading], [], [], 60)
    if not ready:
        os.kill(child, signal.SIGKILL)
        return b""
    return os.read(reading, 65536)


def _is_ours(error: Exception) -> bool:
    from framework.core.errors import FrameworkError

    return isinstance(error, FrameworkError)


def _resident() -> int:
    return _of_status("VmRSS:")


def _peak() -> int:
    return _of_status("VmHWM:")


def _of_status(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(key))


def attacks(folder: Path) -> list[Attack]:
    """All of them; files stand in ``folder``."""
    return [*_on_requests(), *_on_pictures(), *_on_files(folder), *_on_archives(folder)]


def _on_requests() -> list[Attack]:
    from readers import MATRIX, asked_with

    plain, mixed, signs = (asked_with(kind) for kind in ("numbers", "columns", "pictures"))
    row = "[" + ",".join(["1.25"] * 30) + "]"
    one = json.dumps([[1.0] * 30])

    def with_matrix(**changes: object) -> bytes:
        return json.dumps(
            {"instances": [[1.0] * 30], "cost_matrix": {**MATRIX, **changes}}
        ).encode()

    labels = [f"label {k}" for k in range(5000)]
    keys = ",".join(f'"k{k}": 1' for k in range(1_500_000))
    spread = ",".join(f'{{"c{k}": 1}}' for k in range(60_000))
    json_of, csv_of, npy_of = (
        (lambda data, kind=kind: plain(kind, data))
        for kind in ("application/json", "text/csv", "application/x-npy")
    )

    def columns_of(data: bytes) -> object:
        return mixed("application/json", data)

    def pictures_of(data: bytes) -> object:
        return signs("application/json", data)

    return [
        Attack(
            "40,000 keys twice", lambda: ("{" + keys[:400_000] + ', "k0": 1}').encode(), json_of
        ),
        Attack("25 MB of keys", lambda: ("{" + keys + "}").encode()[:BODY], json_of),
        Attack(
            "5,000 labels by rules",
            lambda: with_matrix(labels=labels, default=1, rules=[]),
            json_of,
        ),
        Attack(
            "100,000 actions by rules",
            lambda: json.dumps(
                {
                    "instances": [[1.0] * 30],
                    "cost_matrix": {
                        "name": "m",
                        "labels": MATRIX["labels"],
                        "actions": [f"a{k}" for k in range(100_000)],
                        "default": 1,
                        "rules": [],
                    },
                }
            ).encode(),
            json_of,
        ),
        Attack(
            "100,000 rules",
            lambda: json.dumps(
                {
                    "instances": [[1.0] * 30],
                    "cost_matrix": {
                        "name": "m",
                        "labels": MATRIX["labels"],
                        "default": 1,
                        "rules": [{"true": "*a*b*c*d*" * 3, "predicted": "*", "cost": 1}] * 100_000,
                    },
                }
            ).encode(),
            json_of,
        ),
        Attack("2,000 deep", lambda: b"[" * 2000 + b"]" * 2000, json_of),
        Attack("12 million deep", lambda: b"[" * (BODY // 2), json_of),
        Attack("25 MB of empty lists", lambda: b"[" + b"[]," * (BODY // 3 - 2) + b"[]]", json_of),
        Attack(
            "25 MB of empty objects", lambda: b"[" + b"{}," * (BODY // 3 - 2) + b"{}]", columns_of
        ),
        Attack("25 MB of ones", lambda: b"[[" + b"1," * (BODY // 2 - 2) + b"1]]", json_of),
        Attack("25 MB of texts", lambda: b"[[" + b'"ab",' * (BODY // 5 - 2) + b"1]]", columns_of),
        Attack("25 MB of a text's quotes", lambda: b'["' + b'\\"' * (BODY // 2 - 4), json_of),
        Attack("25 MB of digits", lambda: b"[[" + b"1" * (BODY - 4) + b"]]", json_of),
        Attack("a column for each row", lambda: f"[{spread}]".encode()[:BODY], columns_of),
        Attack(
            "as many rows as are taken",
            lambda: f"[{','.join([row] * 40_000)}]".encode(),
            json_of,
            answered=True,
        ),
        Attack("25 MB of rows", lambda: f"[{','.join([row] * (BODY // 160))}]".encode(), json_of),
        Attack(
            "25 MB of CSV",
            lambda: b"1," * 29 + b"1\n" + (b"12," * 29 + b"12\n") * (BODY // 91),
            csv_of,
        ),
        Attack("6 MB of CSV", lambda: (b"12.5," * 29 + b"12.5\n") * 40_000, csv_of, answered=True),
        Attack("CSV in one quote", lambda: b'"' + b"1," * (BODY // 2 - 2), csv_of),
        Attack("an .npy of a byte a number", lambda: _npy("|i1", BODY - 200), npy_of),
        Attack("an .npy of 2^60 numbers", lambda: _npy("<f8", 2**60), npy_of),
        Attack("an .npy with pickle", lambda: _npy("|O", 3), npy_of),
        Attack("costs of 1e308", lambda: with_matrix(costs=[[0, 1e308], [1e308, 0]]), json_of),
        Attack("costs of NaN", lambda: with_matrix(costs=[[0, float("nan")], [1, 0]]), json_of),
        Attack(
            "costs that overflow",
            lambda: with_matrix(costs=[[0, 1e29], [1e29, 0]], dollars_per_unit=1e29),
            json_of,
        ),
        Attack(
            "costs that overflow by a column",
            lambda: json.dumps(
                {
                    "instances": [[1.0] * 30 + [1e300]],
                    "cost_matrix": {
                        **MATRIX,
                        "costs": [[0, {"column": "z", "factor": 1e20}], [1, 0]],
                    },
                }
            ).encode(),
            json_of,
        ),
        Attack("a number of 10^400", lambda: one.replace("1.0", "1" * 400, 1).encode(), json_of),
        Attack("true for a number", lambda: one.replace("1.0", "true", 1).encode(), json_of),
        Attack(
            "markup in labels",
            lambda: with_matrix(labels=["<script>alert(1)</script>", "\u202e"]),
            json_of,
        ),
        Attack("170 large pictures", lambda: _pictures(), pictures_of),
    ]


def _npy(dtype: str, size: int) -> bytes:
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({size // 30}, 30), }}"
    header = header + " " * (117 - len(header)) + "\n"
    data = bytes(size) if size < BODY else bytes(100)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def _png(width: int, height: int, colours: int = 2) -> bytes:
    """A picture of one colour, and as small as it gets."""
    channels = {0: 1, 2: 3, 6: 4}[colours]
    packing = zlib.compressobj(9)
    line = bytes(1 + width * channels)
    data = b"".join([packing.compress(line) for _ in range(height)] + [packing.flush()])

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _pictures() -> bytes:
    import base64

    text = base64.b64encode(_png(5000, 5000)).decode()
    return json.dumps([{"b64": text}] * 170).encode()


def _on_pictures() -> list[Attack]:
    from framework.core.images import read_image

    def read(data: bytes) -> object:
        return read_image(data, (32, 32, 3), None, ("PNG", "JPEG"))

    return [
        Attack("a PNG of 50 million pixels", lambda: _png(7071, 7071), read),
        Attack("a PNG of 39 million pixels", lambda: _png(6244, 6244), read, answered=True),
        Attack(
            "a PNG of 24 million in other colours", lambda: _png(4900, 4900, 6), read, answered=True
        ),
        Attack("a PNG that says 2^31 x 2^31", lambda: _lying_png(), read),
        Attack("a PNG cut off", lambda: _png(500, 500)[:-40], read),
    ]


def _lying_png() -> bytes:
    small = _png(4, 4)
    head = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 2, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return small[:16] + head + crc + small[33:]


def _on_files(folder: Path) -> list[Attack]:
    from framework.core.cost_matrix import CostMatrix
    from framework.core.files import read_json
    from framework.core.images import read_image
    from framework.data.reading import read_table
    from framework.experiment.predictions_file import read_predictions

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


def _on_archives(folder: Path) -> list[Attack]:
    """Files that unfold, lead elsewhere, or hold code."""
    import gzip
    import tarfile

    import h5py  # noqa: F401 -- what is loaded here is not counted
    import skops.io  # noqa: F401
    from readers import RUN

    from framework.core.archives import check_zip, unzipped
    from framework.core.errors import ArtifactError
    from framework.data.reading import read_table
    from framework.inference.members import EstimatorMember
    from framework.inference.network_file import check_network
    from framework.sagemaker.fetching import unpacked

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


if __name__ == "__main__":
    for row in attack_rows(short=False, seconds=60):
        print(row)
