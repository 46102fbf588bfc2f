"""A bar on a terminal and in a notebook, plain lines for a command, nothing where nobody looks."""

import os
import pty
import subprocess
import sys

import pytest

from framework.core.steps import DETAILED, NORMAL, QUIET, counted
from framework.experiment.fitting.progress import Progress
from framework.report.progress import progress_in_python, progress_on_stderr

HALF = Progress("five", done=2, total=8, epoch=5, epochs=10, loss=0.25, in_work=4)
DONE = Progress("five", done=6, total=8, epoch=10, epochs=10, loss=0.125)


def work(shown):
    """Training and other steps, as a run tells them."""
    with shown as progress:
        progress(HALF)
        progress(DONE)
        list(counted(["a"], "judging"))


def test_a_command_says_plain_lines_where_there_is_no_terminal(capsys):
    work(progress_on_stderr(NORMAL))
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "trained 6 of 8: five, 10 epochs, loss 0.125\n"


def test_a_command_is_quiet_or_tells_every_epoch_and_step(capsys):
    work(progress_on_stderr(QUIET))
    assert capsys.readouterr().err == ""
    work(progress_on_stderr(DETAILED))
    assert capsys.readouterr().err.splitlines() == [
        "epoch 5 of 10: five, loss 0.25 (2 of 8 trained)",
        "epoch 10 of 10: five, loss 0.125 (6 of 8 trained)",
        "judging: 0 of 1",
        "judging: 1 of 1",
    ]


@pytest.mark.parametrize("progress", ["bar", None])
def test_python_says_nothing_where_nobody_looks(progress, capsys):
    work(progress_in_python(progress))
    assert capsys.readouterr() == ("", "")


def test_a_function_is_told_the_epochs_in_place_of_a_bar(capsys):
    told = []
    work(progress_in_python(told.append))
    assert told == [HALF, DONE]
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def pages(notebook, monkeypatch):
    """What the page of a notebook is sent, as if a kernel ran the cell."""
    sent = []
    monkeypatch.setattr(type(notebook), "_instance", notebook, raising=False)
    monkeypatch.setattr("IPython.get_ipython", lambda: notebook)
    notebook.kernel = object()
    monkeypatch.setattr(
        notebook.display_pub,
        "publish",
        lambda data, update=False, **_: sent.append((data["text/html"], update)),
    )
    return sent


def test_a_notebook_shows_one_bar_that_grows_and_goes(pages, monkeypatch):
    monkeypatch.setattr("framework.report.progress.SECONDS_BETWEEN_UPDATES", 0.0)
    work(progress_in_python("bar"))
    first, *later = pages
    assert first == ("<progress></progress> starting TensorFlow", False)
    assert all(update for _, update in later)
    assert later[0][0] == (
        '<progress value="4.000" max="8"></progress> five: epoch 5 of 10, loss 0.25'
    )
    assert later[-2][0] == '<progress value="1.000" max="1"></progress> judging'
    assert later[-1][0] == ""


def test_a_notebook_is_not_flooded_and_names_are_escaped(pages):
    with progress_in_python("bar") as progress:
        for epoch in range(1000):
            progress(Progress("<b>", 0, 8, epoch, 1000, 1.0))
        progress(Progress("<b>", 8, 8, 1000, 1000, 1.0))
    assert len(pages) < 100
    assert "&lt;b&gt;: epoch 1000 of 1000" in pages[-2][0]
    assert "<b>" not in pages[-2][0]


def test_a_terminal_shows_a_bar():
    """In a process whose stderr is a terminal."""
    code = (
        "from tests.report.test_progress import work\n"
        "from framework.report.progress import progress_in_python\n"
        "work(progress_in_python('bar'))"
    )
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-c", code], stderr=theirs, stdout=subprocess.PIPE, env=env, check=True
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "judging" in shown
    assert "100%" in shown
    assert done.stdout == b""
