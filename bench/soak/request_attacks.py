"""Attacks on a server: bodies of requests."""

import json
import struct

from attack import BODY, Attack
from picture_attacks import png


def on_requests() -> list[Attack]:
    from matrix_readers import MATRIX
    from request_readers import asked_with

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


def _pictures() -> bytes:
    import base64

    text = base64.b64encode(png(5000, 5000)).decode()
    return json.dumps([{"b64": text}] * 170).encode()
