"""JSON from outside: what Python's reader lets through and nobody means."""

import json
import time

import pytest

from framework.core.json_text import DEEPEST, NotJsonError, parse_json


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not valid JSON at line 1, column 1"),
        ('{"a":\n 1,}', "is not valid JSON at line 2"),
        (b"\xff", "is not UTF-8 text (invalid start byte at byte 0)"),
        ("[NaN]", "holds NaN (in line 1 or below)"),
        ("[1,\n-Infinity]", "holds -Infinity (in line 2 or below)"),
        ("[1e400]", "holds the number 1e400, which is beyond float64"),
        (f"[{'9' * 100}.0e250]", "which is beyond float64"),
        ("1" * 101, "holds a number of more than 100 digits"),
        ("1" * 5000, "holds a number of more than 100 digits"),
        (f"0.{'1' * 101}", "holds a number of more than 100 digits"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', 'has the key "c" more than once in one object'),
        ("[" * 65 + "]" * 65, "is nested too deeply: expected at most 64"),
        ("[" * 2000 + "]" * 2000, "is nested too deeply"),
        ("[" * 200_000, "is nested too deeply"),
        ('{"a": ' * 65 + "1" + "}" * 65, "is nested too deeply"),
        ('["\\ud800"]', "holds \\ud800 alone, half of a surrogate pair"),
        ('{"\\udc00x": 1}', "holds \\udc00 alone"),
        ('["\ud800"]', "is not UTF-8 text"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_json_is_told(text, message):
    with pytest.raises(NotJsonError) as error:
        parse_json(text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, -2.5e-3, null, true, "\\u00e9"]}',
        '["\\ud83d\\ude00", "\\\\ud800"]',
        f'["{"1" * 5000}"]',
        "[" * DEEPEST + "]" * DEEPEST,
        '["' + "[{" * 200 + '\\"\\\\", "]"]',
        "[1e-300, 1e299]",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_json_is_read_as_python_reads_it(text):
    assert parse_json(text) == json.loads(text)
    assert parse_json(b"\xef\xbb\xbf" + text.encode()) == json.loads(text)


def test_not_finite_numbers_are_handed_on_to_who_names_their_cells():
    assert repr(parse_json("[NaN, -Infinity]", constants=True)) == "[nan, -inf]"


def test_equal_keys_are_found_in_a_time_that_grows_with_their_number_alone():
    """Of 400,000 keys: a search of each among all others would take a quarter of an hour."""
    keys = ", ".join(f'"k{k}": 0' for k in range(400_000))
    started = time.perf_counter()
    with pytest.raises(NotJsonError, match=r'the key "k7" more than once'):
        parse_json(f'{{{keys}, "k7": 1}}')
    assert time.perf_counter() - started < 60
