"""The report of a run, written by a process that is loaded while TensorFlow is, and models train.

Loading the drawing library takes about a second, as long as drawing does.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
        bufsize=0,
    )

    def write(run_dir: Path) -> None:
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended before
            process.stdin.write(os.fsencode(run_dir.resolve()) + b"\n")
        if process.wait():  # again here, where an error reaches the caller
            from framework.report.run.page import write_report

            write_report(run_dir)

    with process:  # at its end the input is closed, which ends the process
        yield write


def main() -> None:
    gc.disable()  # the process ends before garbage matters
    from framework.report.run.page import write_report

    if run_dir := sys.stdin.buffer.readline().rstrip(b"\n"):  # nothing: the run failed
        threading.Thread(target=_end_with_the_run, daemon=True).start()
        write_report(Path(os.fsdecode(run_dir)))


def _end_with_the_run() -> None:
    """Who has started this process is gone when the input is closed, and another may write there."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
