"""``-q`` and ``-v``, before a command and after it."""

import pytest

TABLE = "a,b,y\n" + "".join(f"{k % 7},{k % 11},{'yes' if k % 3 else 'no'}\n" for k in range(120))
RUN = ("run", "t.csv", "--target", "y", "--cost", "yes->no=5", "--cost", "no->yes=1")
# One loss, and so one graph.
QUICK = ("--epochs", "2", "--no-report", "--model", "logistic", "--loss", "cross_entropy")


@pytest.fixture
def told(cli, tmp_path):
    """``told(*words)``: what a command says on stdout, and on stderr."""
    (tmp_path / "t.csv").write_text(TABLE)

    def told(*words):
        done = cli(*words)
        assert done.exit_code == 0, done.output
        return done.stdout, done.stderr

    return told


def test_a_run_tells_how_it_understood_a_table_and_what_it_trained(told):
    _, err = told(*RUN, *QUICK)
    assert err.splitlines()[0].startswith("2 columns: 2 numbers")
    assert "trained" in err.splitlines()[-1]


@pytest.mark.parametrize("words", [("-q", *RUN), (*RUN, "-q"), (*RUN, "--quiet")])
def test_quiet_leaves_the_result_alone(told, words):
    out, err = told(*words, *QUICK)
    assert err == ""
    assert "Run folder: runs/t-" in out


@pytest.mark.parametrize("words", [("-v", *RUN), (*RUN, "--verbose")])
def test_verbose_tells_every_epoch_and_step(told, words):
    _, err = told(*words, *QUICK)
    assert "epoch 1 of 2: validation" in err
    assert "checking what was saved: 2 of 2" in err or "checking what was saved: 3 of 3" in err


def test_quiet_is_of_one_command_only_and_errors_are_always_told(cli, told):
    told("-q", *RUN, *QUICK)
    _, err = told(*RUN, *QUICK)
    assert "trained" in err
    done = cli("-q", "run", "brest_cancer")
    assert done.exit_code == 2
    assert "did you mean breast_cancer" in done.stderr


def test_what_is_not_looked_at_is_not_told_when_quiet(told, tmp_path):
    told(*RUN, *QUICK, "--out", "r")
    (tmp_path / "new.csv").write_text("a,b,note\n1,2,x\n")
    assert told("predict", "r", "new.csv")[1] == "Not features, ignored: note\n"
    assert told("predict", "-q", "r", "new.csv")[1] == ""
