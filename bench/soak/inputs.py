"""Inputs that are nearly right or meant ill, to everything that reads: what is no FrameworkError is a find.

    python bench/soak/inputs.py --seconds 300 --seed 1
    python bench/soak/inputs.py --seed 1 --only "a matrix as CSV" --number 1234     # one of them again

Each input is made from the seed, the reader's name and its number. How many of each are tried is told:
most go to readers of microseconds, for the others take milliseconds.
"""

import argparse
import json
import logging
import sys
import tempfile
import time
import traceback
import warnings
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

from attacks import attack_rows
from readers import Reader, readers
from rows import Row

from framework.core.errors import FrameworkError

INPUTS, SHORT_INPUTS = 1_000_000, 12_000
ATTACKS = 60.0  # seconds of the time that attacks may take
PIECE = 200  # inputs of a reader, one after another


class Finds:
    """What went wrong: the smallest input of each place in the source."""

    def __init__(self) -> None:
        self.smallest: dict[tuple[str, str], tuple[bytes, int]] = {}
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, reader: str, what: str, data: bytes, number: int) -> None:
        key = (reader, what)
        self.counts[key] += 1
        if key not in self.smallest or len(data) < len(self.smallest[key][0]):
            self.smallest[key] = (data, number)

    def lines(self, names: set[str], seed: int) -> tuple[str, ...]:
        return tuple(
            f"{reader}: {what} ({self.counts[reader, what]} times): {data[:200]!r}; "
            f"--seed {seed} --only {reader!r} --number {number}"
            for (reader, what), (data, number) in self.smallest.items()
            if reader in names
        )


def try_one(reader: Reader, seed: int, number: int, finds: Finds) -> bool:
    """Whether the input was one that must be refused."""
    random = Random((zlib.crc32(reader.name.encode()) << 64) + (seed << 40) + number)
    data, wrong = reader.input(random)
    try:
        reader.read(data)
    except FrameworkError as error:
        try:
            str(error).encode("utf-8")
        except UnicodeEncodeError:
            finds.add(reader.name, "a message that cannot be printed", data, number)
        return wrong is not None
    except AssertionError as error:
        finds.add(reader.name, f"accepted nonsense: {error or _place(error)}", data, number)
        return wrong is not None
    except Exception as error:
        finds.add(reader.name, f"traceback: {type(error).__name__} {_place(error)}", data, number)
        return wrong is not None
    if wrong is not None:
        finds.add(reader.name, f"accepted nonsense: {wrong}", data, number)
    return wrong is not None


def _place(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in last if "/framework/" in frame.filename] or last
    return f"at {Path(own[-1].filename).name}:{own[-1].lineno} in {own[-1].name}"


def soak(seconds: float, seed: int, *, short: bool) -> list[Row]:
    """Rows of the table: each group of readers, what must be refused, and the attacks."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("error", RuntimeWarning)
    started, finds = time.monotonic(), Finds()
    total = SHORT_INPUTS if short else INPUTS
    attacks = attack_rows(short=short, seconds=min(ATTACKS, seconds / 3))
    tried: Counter[str] = Counter()
    spent: dict[str, float] = defaultdict(float)
    nonsense = 0
    with tempfile.TemporaryDirectory(dir=_fast()) as folder:
        every = readers(Path(folder))
        left = {reader.name: round(total * reader.share) for reader in every}
        alone = [reader for reader in every if reader.share == 0]
        for number, reader in enumerate(alone):
            nonsense += try_one(reader, seed, number, finds)
            tried[reader.group] += 1
        # In turns, so that whatever the time allows is some of each.
        while any(left.values()) and time.monotonic() - started < seconds:
            for reader in every:
                began, piece = time.perf_counter(), _piece(left[reader.name], reader, total)
                first = round(total * reader.share) - left[reader.name]
                for number in range(first, first + piece):
                    nonsense += try_one(reader, seed, number, finds)
                left[reader.name] -= piece
                tried[reader.group] += piece
                spent[reader.name] += time.perf_counter() - began
    for name, of in sorted(spent.items(), key=lambda item: -item[1])[:8]:
        print(f"inputs: {name}: {of:.1f} s", file=sys.stderr)
    return [*_rows(every, tried, nonsense, finds, seed, total), *attacks]


def _piece(left: int, reader: Reader, total: int) -> int:
    return min(left, max(1, round(PIECE * reader.share * 20)))


def _fast() -> str | None:
    """Files that are only read once need no disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _rows(
    every: list[Reader], tried: Counter, nonsense: int, finds: Finds, seed: int, total: int
) -> list[Row]:
    rows = []
    for group in dict.fromkeys(reader.group for reader in every):
        names = {reader.name for reader in every if reader.group == group}
        bad = sum(n for (name, what), n in finds.counts.items() if name in names)
        found = finds.lines(names, seed)
        what = f"inputs to readers: {group}"
        rows.append(Row(what, tried[group], f"{bad} tracebacks or accepted", "0", bad == 0, found))
    all_tried, bad = sum(tried.values()), sum(finds.counts.values())
    asked = f"0 of {total:,}"
    enough = all_tried >= 0.99 * total
    rows.append(
        Row(
            "inputs to readers, all",
            all_tried,
            f"{bad} tracebacks or accepted",
            asked,
            enough and not bad,
        )
    )
    accepted = sum(n for (_, what), n in finds.counts.items() if what.startswith("accepted"))
    rows.append(
        Row("nonsense that must be refused", nonsense, f"{accepted} accepted", "0", accepted == 0)
    )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=360.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", help="the name of a reader")
    parser.add_argument("--number", type=int, help="of an input of it")
    given = parser.parse_args()
    if given.number is not None:
        return _again(given.only, given.seed, given.number)
    rows = soak(given.seconds, given.seed, short=given.short)
    for row in rows:
        print(
            f"{row.what} | {row.tried:,} | {row.measured} | {row.asked} | {'yes' if row.ok else 'NO'}"
        )
        for line in row.found:
            print(f"    {line}")
    return 0 if all(row.ok for row in rows) else 1


def _again(name: str, seed: int, number: int) -> int:
    """One input once more, with its traceback."""
    with tempfile.TemporaryDirectory() as folder:
        reader = next(one for one in readers(Path(folder)) if one.name == name)
        random = Random((zlib.crc32(name.encode()) << 64) + (seed << 40) + number)
        data, wrong = reader.input(random)
        print(f"{data!r}\nto be refused: {wrong}")
        print(json.dumps({"accepted": reader.read(data) is None}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
