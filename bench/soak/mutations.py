"""Inputs that are nearly right: bytes and JSON values of a corpus, changed at random and repeatably."""

import json
import math
from random import Random

# What has broken readers before, or reads like something that it is not.
BITS = [
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b'"',
    b"'",
    b"\\",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b";",
    b"\t",
    b"\n",
]
BITS += [
    b"\r",
    b"\r\n",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-0",
    b"1_0",
    b"true",
    b"null",
    b"0x10",
    b"1e-12",
]
BITS += [
    b"9" * 30,
    b"9" * 400,
    b"\\ud800",
    b"\\u0000",
    b"[" * 70,
    b"[" * 2000,
    b"=cmd()",
    b"%s%n",
    b"../",
]
BITS += [
    b"<script>alert(1)</script>",
    "\u202e".encode(),
    "\U0001f600".encode(),
    "\u0661\u0662".encode(),
]
NO_NUMBERS = [True, False, "1_0", math.nan, math.inf, -math.inf, 10**400]
WORDS = [
    "",
    " ",
    "nan",
    "\x00",
    "a" * 300,
    "../../etc/passwd",
    "<b>x</b>",
    "\u202e",
    "null",
    "__class__",
]
VALUES = [
    None,
    True,
    0,
    -1,
    1,
    0.5,
    -0.0,
    1e-12,
    1e300,
    -1e300,
    10**30,
    2**63,
    5e-324,
    [],
    {},
    [[]],
    "x",
]
VALUES += [[0, 1], [1, 2, 3], {"column": "a"}, {"column": "a", "factor": 1e300}, "benign", *WORDS]


def of_bytes(data: bytes, random: Random) -> bytes:
    """``data`` with one to four changes of bits, bytes and pieces."""
    for _ in range(random.choice((1, 1, 2, 4))):
        at, kind = random.randrange(len(data) + 1), random.randrange(8)
        upto = at + random.choice((1, 2, 8, 64))
        if kind == 0 and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + data[upto:]
        elif kind == 2:
            data = data[:at] + data[at:upto] * 2 + data[upto:]
        elif kind == 3:
            data = data[:at] + random.randbytes(random.choice((1, 4))) + data[upto:]
        elif kind == 4:
            data = data[:at]
        elif kind == 5 and len(data) > 4:  # a number of a header
            size = random.choice((2**31 - 1, 2**32 - 1, 0, 65535, 2**20))
            data = data[:at] + size.to_bytes(4, random.choice(("little", "big"))) + data[at + 4 :]
        else:
            data = data[:at] + random.choice(BITS) + data[at:]
    return data


def places(value: object, path: tuple = ()) -> list[tuple]:
    """The paths to all values within a JSON value, itself left out."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = []
    for key, one in inner:
        found += [(*path, key), *places(one, (*path, key))]
    return found


def of_json(text: str, paths: list[tuple], random: Random) -> tuple[str, str | None]:
    """``text`` with a value of it changed, and why a strict reader must refuse it, or None."""
    value = json.loads(text)
    *above, last = random.choice(paths)
    inside = value
    for key in above:
        inside = inside[key]
    old, kind = inside[last], random.randrange(10)
    is_number = isinstance(old, (int, float)) and not isinstance(old, bool)
    if kind < 3 and is_number:
        inside[last] = random.choice(NO_NUMBERS)
        return json.dumps(value), f"{inside[last]!r:.20} for a number"
    if kind == 3:
        if isinstance(inside, dict):
            inside[random.choice(WORDS)] = inside.pop(last)
        else:
            inside.append(old)
    elif kind == 4:
        del inside[last]
    elif kind == 5:
        inside[last] = "\ud800" if random.random() < 0.5 else [old]
        if isinstance(inside[last], str):
            return json.dumps(value), "half of a surrogate pair"
    elif kind == 6:
        at = text.index("{") if "{" in text else -1
        if at >= 0:
            return text[: at + 1] + '"k": 0, "k": 0, ' + text[at + 1 :], "a key twice"
    elif kind == 7 and random.random() < 0.3:
        inside[last] = "@deep@"
        depth = random.choice((70, 900, 2000))
        deep = "[" * depth + "]" * depth
        return json.dumps(value).replace('"@deep@"', deep), "nested too deeply"
    elif kind == 8 and is_number:
        inside[last] = random.choice((old * 1e-30, -old, old * 1e20, old + 1, int(old)))
    else:
        inside[last] = random.choice(VALUES)
    return json.dumps(value), None
