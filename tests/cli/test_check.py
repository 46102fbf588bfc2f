"""``fw check``: a line a check, and the exit code."""

import json


def test_a_line_a_check_and_a_sum(cli):
    done = cli("check", "argmax")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].split(maxsplit=1) == ["ok", "light import"]
    assert lines[-1] == "argmax: 7 ok"


def test_an_unexpected_pass_exits_with_1(cli):
    done = cli("check", "argmax", "--known-failure", "deterministic=ties, in 0.2")
    assert done.exit_code == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("unexpected pass")]
    assert line.endswith("deterministic: known to fail, it passes now: take it off (ties, in 0.2)")
    assert "6 ok, 1 unexpected pass" in done.stdout


def test_json_is_one_object(cli):
    done = cli("check", "argmax", "--kind", "decision-rule", "--json")
    told = json.loads(done.stdout)
    assert told["failed"] is False
    assert told["checks"][0] == {"check": "light import", "status": "ok", "reason": ""}


def test_mistakes_are_told_in_a_sentence(cli):
    done = cli("check", "argmx")
    assert done.exit_code == 2
    assert "did you mean argmax or margin?" in done.stderr
    done = cli("check", "argmax", "--known-failure", "deterministic")
    assert done.exit_code == 2
    assert "--known-failure: expected CHECK=REASON, received 'deterministic'" in done.stderr
    assert cli("check", "argmax", "--kind", "loss").exit_code == 2
