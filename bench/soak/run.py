"""Tries all over again whether something is lost, or somebody gets in: kills, inputs, requests, figures.

    python bench/soak/run.py                      # 15 minutes
    python bench/soak/run.py --short              # 2 minutes, part of `make slow-test`
    python bench/soak/run.py --only figures --seed 7

The parts run one after another, each within its share of the time, on this machine alone. The table
goes to stdout, what they say on the way and how to repeat each failure to stderr. Exit code 1 when a figure
was missed.
"""

import argparse
import os
import sys
import time

from parts import HERE, PARTS, rows_of
from table import as_markdown, found_in, machine

SECONDS, SHORT_SECONDS = 15 * 60.0, 110.0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, help=f"of all parts (default: {SECONDS:.0f})")
    parser.add_argument(
        "--seed", type=int, default=1, help="of what is tried (default: %(default)s)"
    )
    parser.add_argument("--short", action="store_true", help=f"less of each; {SHORT_SECONDS:.0f} s")
    parser.add_argument("--only", choices=PARTS, action="append", help="may be repeated")
    given = parser.parse_args()
    names = [name for name in PARTS if given.only is None or name in given.only]
    missing = [name for name in names if not (HERE / f"{name}.py").exists()]
    if missing:
        parser.error(f"there is no {' and no '.join(f'bench/soak/{name}.py' for name in missing)}")
    # Who starts this from the folder of the source needs nothing installed but what it uses.
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(HERE.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    whole = given.seconds or (SHORT_SECONDS if given.short else SECONDS)
    started, rows = time.monotonic(), []
    for name in names:
        seconds = whole * PARTS[name] / sum(PARTS[part] for part in names)
        print(f"soak: {name}, {seconds:.0f} s, seed {given.seed}", file=sys.stderr, flush=True)
        rows += rows_of(name, seconds, given.seed, short=given.short)
    print(f"{machine()}; {time.monotonic() - started:.0f} s, seed {given.seed}:\n")
    print(as_markdown(rows), flush=True)
    for line in found_in(rows):
        print(line, file=sys.stderr)
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
