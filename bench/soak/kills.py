"""Part of `make soak`: runs that are killed or hindered at random points, and the same command again.

    python bench/soak/kills.py --seconds 320 --seed 1

A small run or sweep is killed (or told to stop, or its disk is full, files may not be large, descriptors
are short) at a random point of claiming, training, checkpointing, writing or reporting; the same command
is started again, and again killed. In the end it must have left what an unbroken run leaves, bit by bit:
metrics, predictions, weights, plots. Between, nothing half-written may be in the run's place, and nothing
that was saved is trained again.
"""

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from kill_attempts import Job, own_disk
from kill_scenarios import SCENARIOS, warm_up
from rows import Row

KILLS, SHORT_KILLS = 200, 6
# What each process takes turns with, and how often.
WORKERS = (("table", 0.5), ("sweep", 0.5)), (("trees", 0.7), ("pictures", 0.3))
OF_A_JOB = 20.0  # seconds
KILLED, HINDERED = ("kill", "stop"), ("disk", "large", "files")


def soak(seconds: float, seed: int, *, short: bool) -> list[Row]:
    """Rows of what was survived; ends about ``seconds`` after it has begun."""
    until, wanted = time.monotonic() + seconds - OF_A_JOB, SHORT_KILLS if short else KILLS
    # Two runs share two cores.
    os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")
    warm_up()
    with tempfile.TemporaryDirectory() as place:
        each = -(-wanted // len(WORKERS))
        pipes = [_start(Path(place), seed, each, until, n) for n in range(len(WORKERS))]
        told = [job for pipe in pipes for job in _told(pipe)]
    # However slow the machine: the short form is no test of that.
    return list(_rows(told, 1 if short else wanted))


def _start(place: Path, seed: int, wanted: int, until: float, number: int) -> int:
    """A process that goes through jobs; where it tells of each, a line of JSON."""
    end, begin = os.pipe()
    if os.fork():
        os.close(begin)
        return end
    code = 1
    try:
        with os.fdopen(begin, "w") as pipe:
            for job in _jobs(place / str(number), seed, wanted, until, number):
                pipe.write(json.dumps(job) + "\n")
                pipe.flush()
        code = 0
    finally:
        os._exit(code)  # what the process above it has begun is not this one's to end


def _jobs(
    place: Path, seed: int, wanted: int, until: float, number: int
) -> Iterator[dict[str, Any]]:
    place.mkdir()
    fills = own_disk(place)
    shares = dict(WORKERS[number])
    scenarios = [one for one in SCENARIOS if one.name in shares]
    jobs = [Job(scenario, place, fills) for scenario in scenarios]
    yield from (job.reference() for job in jobs)
    done, turn = 0, 0
    while done < wanted and time.monotonic() < until:
        rng = np.random.default_rng([seed, number, turn])
        job = jobs[rng.choice(len(jobs), p=[shares[one.name] for one in scenarios])]
        found = job.killed(rng, wanted - done)
        yield {**found, "repeat": f"seed {seed}, process {number}, run {turn}"}
        done, turn = done + len(found["faults"]), turn + 1


def _told(pipe: int) -> Iterator[dict[str, Any]]:
    with os.fdopen(pipe) as lines:
        for line in lines:
            yield json.loads(line)
    os.wait()


def _rows(told: list[dict[str, Any]], least: int) -> Iterator[Row]:
    faults = [fault for job in told for fault in job["faults"]]
    kinds = Counter(fault["kind"] for fault in faults)
    phases = Counter(fault["phase"] for fault in faults)
    found = tuple(
        f"{job['scenario']}: {failure} ({'; '.join(fault['said'] for fault in job['faults'])}; "
        f"{job['repeat']})"
        for job in told
        for failure in job["failures"]
    )
    bad = sum(len(job["faults"]) or 1 for job in told if job["failures"])
    told_phases = ", ".join(f"{number} in {phase}" for phase, number in phases.items())
    what = "runs and sweeps of tables and pictures killed, and hindered; the same command again"
    yield Row(
        f"{what} ({told_phases})",
        len(faults),
        f"{len(faults) - bad} of {len(faults)} went on, nothing trained twice, the same bits",
        f"all of {least} at least",
        not found and len(faults) >= least,
        found,
    )
    of_kinds = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    work, again = (sum(job[name] for job in told) for name in ("work", "lost"))
    yield Row(
        f"epochs and fits of these runs ({of_kinds})",
        work,
        f"{again} lost in a training that was in work",
        "none of what was saved",
        not found,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=320.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args()
    for row in soak(given.seconds, given.seed, short=given.short):
        print(row.what, row.tried, row.measured, row.asked, row.ok, *row.found, sep="\n  ")
