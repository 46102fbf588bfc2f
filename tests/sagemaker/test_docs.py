"""docs/sagemaker.md says what the code does: its commands run, its policy allows every request."""

import json
import re
import shlex
from importlib.util import find_spec

from click.testing import CliRunner

from framework.cli.main import main

from ..conftest import ROOT
from .conftest import check, requests

PAGE = (ROOT / "docs" / "sagemaker.md").read_text()


def test_every_command_on_the_page_is_one(account):
    matrix = {"name": "mine", "labels": ["benign", "malignant"], "costs": [[0, 1], [7, 0]]}
    (account / "mine.json").write_text(json.dumps(matrix))
    (account / "new.csv").write_text("id,outcome,x\n1,benign,2\n")
    (account / "new_cases").mkdir()
    (account / "new_cases" / "1.csv").write_text("x\n1\n")
    (account / "plugins").symlink_to(ROOT / "plugins")
    (account / "loans.json").write_text(
        json.dumps({"name": "loans", "labels": ["good", "bad"], "costs": [[0, 1], [7, 0]]})
    )
    (account / "loans.csv").write_text("income,status\n1,good\n2,bad\n")
    (account / "clean.py").write_text("")
    for name in ("costs.csv", "equal.csv"):
        (account / name).write_text("case,predicted\n1,benign\n")
    text = PAGE.replace("\\\n", " ")
    commands = [
        shlex.split(line)[2:] for line in text.splitlines() if re.match(" {4,}fw sagemaker ", line)
    ]
    assert len(commands) > 15
    for arguments in commands:
        if arguments[0] == "pipeline" and find_spec("sagemaker") is None:
            continue
        if arguments[0] == "push":
            arguments += ["--account", "123456789012"]
        if arguments[0] == "compare" and arguments[1].endswith(".csv"):
            continue  # asks nobody; tests/sagemaker/test_variants.py runs it
        assert requests(*arguments), arguments


def test_every_sweep_on_the_page_is_one(account):
    text = PAGE.replace("\\\n", " ")
    commands = [shlex.split(line.strip())[1:] for line in re.findall(" {4,}fw sweep .*", text)]
    assert len(commands) >= 2
    for arguments in commands:
        done = CliRunner().invoke(main, [*arguments, "--dry-run"])
        assert done.exit_code == 0, done.output
        for step in json.loads(done.stdout):
            check(step["service"], step["operation"], step["parameters"])
