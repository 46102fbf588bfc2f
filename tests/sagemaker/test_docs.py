"""docs/sagemaker.md says what the code does: its commands run, its policy allows every request."""

import json
import re
import shlex
from importlib.util import find_spec

from ..conftest import ROOT
from .conftest import requests

PAGE = (ROOT / "docs" / "sagemaker.md").read_text()


def test_every_command_on_the_page_is_one(account):
    matrix = {"name": "mine", "labels": ["benign", "malignant"], "costs": [[0, 1], [7, 0]]}
    (account / "mine.json").write_text(json.dumps(matrix))
    (account / "new.csv").write_text("id,outcome,x\n1,benign,2\n")
    (account / "new_cases").mkdir()
    (account / "new_cases" / "1.csv").write_text("x\n1\n")
    (account / "plugins").symlink_to(ROOT / "plugins")
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
        assert requests(*arguments), arguments
