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
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from random import Random

from attacks import attack_rows
from reader import Reader
from readers import readers
from rows import Row

from framework.core.errors import FrameworkError

INPUTS, SHORT_INPUTS = 1_000_000, 12_000
ATTACKS = 90.0  # seconds of the time that attacks may take
PIECE = 4000  # inputs in a turn, of all readers
WORKERS = 2


class Finds:
    """What went wrong: the smallest input of each place in the source."""

    def __init__(self) -> None:
        self.smallest: dict[tuple[str, str], tuple[bytes, int]] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.tried: Counter[str] = Counter()  # by reader
        self.spent: Counter[str] = Counter()  # seconds, by reader
        self.groups: dict[str, str] = {}  # of the readers
        self.nonsense = 0  # inputs that must be refused

    def join(self, other: "Finds") -> None:
        """Add what another worker found."""
        for key, (data, number) in other.smallest.items():
            if key not in self.smallest or len(data) < len(self.smallest[key][0]):
                self.smallest[key] = (data, number)
        for own, added in (
            (self.counts, other.counts),
            (self.tried, other.tried),
            (self.spent, other.spent),
        ):
            own.update(added)
        self.groups |= other.groups
        self.nonsense += other.nonsense

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
    until = max(started + seconds, time.monotonic() + seconds / 2)
    with ProcessPoolExecutor(WORKERS) as pool:
        shares = [pool.submit(_share, k, total, until, seed) for k in range(WORKERS)]
        for share in shares:
            finds.join(share.result())
    for name, of in sorted(finds.spent.items(), key=lambda item: -item[1])[:8]:
        print(f"inputs: {name}: {finds.tried[name]:,} in {of:.1f} s", file=sys.stderr)
    # However slow the machine: the short form is no test of that.
    return [*_rows(finds, seed, 1 if short else round(0.99 * INPUTS)), *attacks]


def _share(worker: int, total: int, until: float, seed: int) -> Finds:
    """What one of the WORKERS has found: of each reader the numbers that are its own."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("error", RuntimeWarning)
    finds = Finds()
    with tempfile.TemporaryDirectory(dir=_fast()) as folder:
        every = readers(Path(folder))
        numbers = {}
        for k, reader in enumerate(every):
            finds.groups[reader.name] = reader.group
            alone = [k] if worker == 0 else []  # whose one input is always the same
            most = round(total * reader.share)
            numbers[reader.name] = iter(range(worker, most, WORKERS) if reader.share else alone)
        # In turns, so that whatever the time allows is some of each.
        while numbers and time.monotonic() < until:
            for reader in every:
                began, piece = time.process_time(), max(1, round(PIECE * reader.share))
                some = list(islice(numbers.get(reader.name, ()), piece))
                finds.nonsense += sum(try_one(reader, seed, number, finds) for number in some)
                finds.tried[reader.name] += len(some)
                finds.spent[reader.name] += time.process_time() - began
                if not some:
                    numbers.pop(reader.name, None)
    return finds


def _fast() -> str | None:
    """Files that are only read once need no disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _rows(finds: Finds, seed: int, least: int) -> list[Row]:
    rows = []
    for group in dict.fromkeys(finds.groups.values()):
        names = {name for name, its in finds.groups.items() if its == group}
        bad = sum(n for (name, _), n in finds.counts.items() if name in names)
        found, tried = finds.lines(names, seed), sum(finds.tried[name] for name in names)
        what = f"inputs to readers: {group}"
        rows.append(Row(what, tried, f"{bad} tracebacks or accepted", "0", bad == 0, found))
    all_tried, bad = sum(finds.tried.values()), sum(finds.counts.values())
    rows.append(
        Row(
            "inputs to readers, all",
            all_tried,
            f"{bad} tracebacks or accepted",
            f"0 of {least:,} at least",
            all_tried >= least and not bad,
        )
    )
    accepted = sum(n for (_, what), n in finds.counts.items() if what.startswith("accepted"))
    rows.append(
        Row(
            "nonsense that must be refused",
            finds.nonsense,
            f"{accepted} accepted",
            "0",
            accepted == 0,
        )
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
