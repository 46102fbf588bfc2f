"""A process that writes is known by its number, its host and when it was started."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from framework.core.writing_process import Writer

TELLING = """
import json
from framework.core.writing_process import Writer
print(json.dumps(Writer.this().to_json()), flush=True)
input()
"""


def test_this_process_lives():
    this = Writer.this()
    assert this.pid == os.getpid()
    assert this.lives
    assert not this.is_elsewhere
    assert Writer.of_json(this.to_json()) == this


def test_another_process_lives_until_it_ends():
    other = subprocess.Popen(
        [sys.executable, "-c", TELLING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    writer = Writer.of_json(json.loads(other.stdout.readline()))
    assert writer.pid == other.pid
    assert writer.lives
    other.communicate("\n")
    assert not writer.lives


def test_a_later_process_of_the_same_number_is_another_one():
    assert not replace(Writer.this(), started="5c3461f2 1").lives


def test_a_process_that_has_ended_and_is_not_asked_for_does_not_live():
    ended = os.fork()
    if ended == 0:
        os._exit(0)
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    assert not replace(Writer.this(), pid=ended, started="").lives
    os.waitpid(ended, 0)


def test_of_another_host_it_is_taken_to_live():
    writer = replace(Writer.this(), host="another", pid=4_000_000)
    assert writer.is_elsewhere
    assert writer.lives
    assert str(writer) == "process 4000000 on another"


@pytest.mark.parametrize(
    "data", [None, [], {}, {"pid": 0, "host": "a", "started": ""}, {"pid": "1", "host": "a"}]
)
def test_what_is_no_writer_is_none(data):
    assert Writer.of_json(data) is None


def test_a_number_that_none_can_have_does_not_live():
    assert not replace(Writer.this(), pid=10**30).lives
