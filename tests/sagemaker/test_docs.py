"""docs/sagemaker.md says what the code does: its commands run, its policy allows every request."""

import inspect
import json
import re
import shlex
from pathlib import Path

import framework.sagemaker
from framework.sagemaker import waiting

from ..conftest import ROOT
from .conftest import requests

PAGE = (ROOT / "docs" / "sagemaker.md").read_text()
# IAM has other names for some requests.
ACTIONS = {"s3:ListObjectsV2": "s3:ListBucket", "s3:HeadObject": "s3:GetObject"}
CODE = re.compile(r'Call\(\s*"(\w+)",\s*"(\w+)"')


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
        if arguments[0] == "push":
            arguments += ["--account", "123456789012"]
        assert requests(*arguments), arguments


def test_the_policy_allows_every_request():
    folder = Path(inspect.getfile(framework.sagemaker)).parent
    needed = {
        f"{service}:{operation}"
        for file in folder.glob("*.py")
        for service, operation in CODE.findall(file.read_text())
    }
    needed |= {
        f"sagemaker:{kind.operation}"
        for kind in vars(waiting).values()
        if isinstance(kind, waiting.Watched)
    }
    assert len(needed) > 15
    policy = PAGE.partition("## What you yourself must be allowed")[2]
    start = policy.index("{")
    allowed, _ = json.JSONDecoder().raw_decode(policy[start:])
    actions = set()
    for statement in allowed["Statement"]:
        action = statement["Action"]
        actions |= {action} if isinstance(action, str) else set(action)
    needed = {ACTIONS.get(one, one) for one in needed}
    assert needed <= actions, needed - actions
