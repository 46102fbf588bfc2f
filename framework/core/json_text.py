"""JSON as it comes from outside: one reader for files, requests and hyperparameters.

Strict where Python's is lenient (RFC 8259, section 4 and 6, and RFC 7493, "I-JSON"): UTF-8; no NaN, no
infinity, no number that overflows into one; each key of an object once; no half of a surrogate pair,
which no file and no terminal can be given. Depth and digits are limited, and all is found out in a time
that grows with the length of the text alone.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

from framework.core.plain_numbers import finite

DEEPEST = 64  # lists and objects in one another; a report's deepest has nine
MOST_DIGITS = 100  # in a row: of a float64 17 count
SHOWN = 40  # characters of what is told

_MANY_DIGITS = re.compile(rb"(?<![0-9])[0-9]{%d}" % (MOST_DIGITS + 1))
# With no more digits than that, an exponent below 200 cannot overflow.
_LARGE_EXPONENT = re.compile(rb"[eE]\+?(?:[0-9]{4}|[2-9][0-9]{2})")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b'[]{}"'))


class NotJsonError(ValueError):
    """A text is no JSON, or more of it than is read; whoever asked tells whose it is.

    ``malformed``: it does not even look like JSON.
    """

    malformed = False


class MalformedJsonError(NotJsonError):
    """A text that is written in another way."""

    malformed = True


def parse_json(text: bytes | str, *, constants: bool = False) -> Any:
    """The value that ``text`` holds: a BOM before it is taken for none.

    ``constants`` lets NaN and Infinity through, for a reader that names the cell of each number that is
    not finite.

    Raises
    ------
    NotJsonError
        In a sentence that begins after the name of the text: "is not valid JSON at line 3, ...".

    Examples
    --------
    >>> parse_json('{"costs": [[0, 1], [5.0, 0]]}')
    {'costs': [[0, 1], [5.0, 0]]}
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    # A function of ours for each number takes time: only where one of them may be too large.
    many, large = _MANY_DIGITS.search(raw), _LARGE_EXPONENT.search(raw)
    try:
        value = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_each_key_once,
            parse_constant=None if constants else partial(_no_number, raw),
            parse_int=_whole_number if many else None,
            parse_float=_finite_float if many or large else None,
        )
    except json.JSONDecodeError as error:
        raise MalformedJsonError(
            f"is not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except UnicodeDecodeError as error:
        raise NotJsonError(f"is not UTF-8 text ({error.reason} at byte {error.start})") from None
    except RecursionError:
        raise NotJsonError(_TOO_DEEP) from None
    if raw.count(b"[") + raw.count(b"{") > DEEPEST:
        _check_depth(raw)
    if _SURROGATE.search(raw):
        _check_characters(value)
    return value


_TOO_DEEP = f"is nested too deeply: expected at most {DEEPEST} lists and objects in one another"


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two equal keys the first would be lost silently."""
    data = dict(pairs)
    if len(data) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise NotJsonError(f"has the key {_short(key)} more than once in one object")
            seen.add(key)
    return data


def _no_number(raw: bytes, word: str) -> Any:
    line = raw.count(b"\n", 0, raw.find(word.encode())) + 1  # of the first, which text may hold too
    raise NotJsonError(
        f"holds {word} (in line {line} or below), which is no number; expected finite numbers"
    )


def _whole_number(text: str) -> int:
    _check_digits(text)
    return int(text)


def _finite_float(text: str) -> float:
    _check_digits(text)
    number = finite(float(text))
    if number is None:
        raise NotJsonError(f"holds the number {text[:SHOWN]}, which is beyond float64")
    return number


def _check_digits(number: str) -> None:
    if len(number) > MOST_DIGITS and _MANY_DIGITS.search(number.encode()):
        raise NotJsonError(f"holds a number of more than {MOST_DIGITS} digits in a row")


def _check_depth(raw: bytes) -> None:
    """Of a valid text; each pass takes away what is innermost, a level of all branches."""
    brackets = raw.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, delete=_OTHERS)
    if b'"' in brackets:
        brackets = re.sub(rb'"[^"]*"', b"", brackets)
    brackets = brackets.translate(_BRACKETS)
    for _ in range(DEEPEST):
        if not brackets:
            return
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise NotJsonError(_TOO_DEEP)


def _check_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        lone = error.object[error.start]
        raise NotJsonError(
            f"holds \\u{ord(lone):04x} alone, half of a surrogate pair, which is no character"
        ) from None


def _short(key: str) -> str:
    shown = key if len(key) <= SHOWN else f"{key[: SHOWN - 3]}..."
    return json.dumps(shown)
