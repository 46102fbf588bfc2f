"""The report of a run, written by a process that is loaded while TensorFlow is, and models train.

Loading the drawing library takes about a second, as long as drawing does.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def report_writer(wanted: bool) -> Iterator[Callable[[Path], None]]:
    """A function that writes the report of a run folder; unless ``wanted``, one that does not.

    Raises, as it is called, what ``framework.report.run.page.write_report`` raises.
    """
    if not wanted:
        yield lambda run_dir: None
        return
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )

    def write(run_dir: Path) -> None:
        process.communicate(f"{run_dir.resolve()}\n")
        if process.returncode:  # again here, where an error reaches the caller
            from framework.report.run.page import write_report

            write_report(run_dir)

    with process:  # at its end the input is closed, which ends the process
        yield write


def main() -> None:
    from framework.report.run.page import write_report

    if run_dir := sys.stdin.readline().rstrip("\n"):  # nothing: the run failed
        write_report(Path(run_dir))


if __name__ == "__main__":
    main()
