"""Whose stdout is."""

import subprocess
import sys

import pytest

from framework.core.stdout import kept_for_results, results

PROGRAM = """
import ctypes, os, sys
from framework.core.stdout import kept_for_results, results
print("before")
try:
    with kept_for_results():
        print("print")
        os.write(1, b"descriptor\\n")
        ctypes.CDLL(None).printf(b"C\\n")
        print("result", file=results())
        {then}
except ValueError:
    pass
print("after")
"""


def output(then):
    command = [sys.executable, "-c", PROGRAM.format(then=then)]
    return subprocess.run(command, text=True, capture_output=True)


@pytest.mark.parametrize("then", ["pass", "raise ValueError"])
def test_results_are_alone_on_stdout(then):
    done = output(then)
    assert done.stdout == "before\nresult\nafter\n"
    assert sorted(done.stderr.split()) == ["C", "descriptor", "print"]


def test_without_a_stderr_there_is_nowhere_else_to_write():
    command = [sys.executable, "-c", PROGRAM.format(then="pass")]
    done = subprocess.run(
        ["sh", "-c", '"$@" 2>&-', "sh", *command], stdout=subprocess.PIPE, text=True
    )
    assert done.returncode == 0
    assert "result\n" in done.stdout


def test_a_stream_that_is_not_the_process_own_is_kept_too(capsys):
    with kept_for_results():
        print("print")
        print("result", file=results())
    assert capsys.readouterr() == ("result\n", "print\n")
    print("after")
    assert capsys.readouterr().out == "after\n"
