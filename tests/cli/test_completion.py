"""A shell completes what is installed, shipped and trained, besides files; as quickly as --help."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from framework.cli.main import main
from tests.conftest import ROOT


def completed(*words):
    """What is offered for the last of ``words``, a file of the shell's own apart."""
    *before, incomplete = words
    found = ShellComplete(main, {}, "fw", "_FW_COMPLETE").get_completions(before, incomplete)
    return [item.value for item in found if item.type == "plain"]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("run", "breast"), ["breast_cancer"]),
        (("sweep", "g"), ["german_credit", "gtsrb"]),
        (("sagemaker", "run", "street"), ["street_signs"]),
        (("matrix", "show", "--dataset", "breast"), ["breast_cancer"]),
        (("run", "breast_cancer", "--model", "log"), ["logistic"]),
        (("run", "x", "--loss", "expected"), ["expected_cost"]),
        (("run", "x", "--decision-rule", "minimu"), ["minimum_expected_cost"]),
        (("run", "x", "--decay", ""), ["none", "cosine"]),
        (("run", "x", "--augment", "s"), ["scale=", "shear=", "shift=", "strength="]),
        (("run", "x", "--threshold", ""), ["tuned", "natural_break"]),
        (("run", "x", "--cost-matrix", "med"), ["medical.json", "medical_ranges.json"]),
        (
            ("run", "breast_cancer", "--cost-matrix", ""),
            ["five_to_one.json", "medical.json", "medical_ranges.json", "three_actions.json"],
        ),
        (("sweep", "gtsrb", "--cost-matrix", ""), ["road_safety.json"]),
        (("matrix", "show", "med"), ["medical.json", "medical_ranges.json"]),
        (("evaluate", "x.csv", "--cost-matrix", "med"), ["medical.json", "medical_ranges.json"]),
        (("check", "street"), ["street_signs"]),
    ],
    ids=" ".join,
)
def test_names_are_completed(elsewhere, words, offered):
    assert completed(*words) == offered


def test_tables_and_matrices_in_the_folder_are_completed(elsewhere, tmp_path):
    for name in ("loans.csv", "logo.png", "losses.json"):
        (tmp_path / name).touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "old.parquet").touch()
    assert completed("run", "lo") == ["loans.csv", "losses.json"]
    assert completed("run", "data/") == ["data/old.parquet"]
    assert completed("run", "x", "--evaluation-matrix", "lo") == ["loans.csv", "losses.json"]


def test_models_of_the_run_in_the_line_are_completed(elsewhere, tmp_path):
    (tmp_path / "r").mkdir()
    models = [{"name": "built-in", "loss": "cross_entropy"}, {"name": "medical", "loss": "x"}]
    told = {"served": {"model": "medical"}, "models": models}
    (tmp_path / "r" / "metrics.json").write_text(json.dumps(told))
    assert completed("serve", "r", "--model", "") == ["built-in", "medical"]
    assert completed("explain", "r", "--model", "m") == ["medical"]
    assert completed("predict", "nowhere", "x.csv", "--model", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_page_says_how_to_switch_it_on(shell, monkeypatch, capsys):
    page = (ROOT / "docs" / "terminal.md").read_text(encoding="utf-8")
    (line,) = re.findall(rf"`([^`]*_FW_COMPLETE={shell}_source fw[^`]*)` \|$", page, re.MULTILINE)
    assert line.startswith("_FW" if shell == "fish" else 'eval "$(_FW')
    monkeypatch.setenv("_FW_COMPLETE", f"{shell}_source")
    with pytest.raises(SystemExit) as done:
        main(prog_name="fw")
    assert done.value.code == 0
    assert f"_FW_COMPLETE={shell}_complete" in capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_answered_without_tensorflow(shell, tmp_path):
    """The command as the scripts of docs/terminal.md call it."""
    env = {"_FW_COMPLETE": f"{shell}_complete", "COMP_WORDS": "fw run breast", "COMP_CWORD": "2"}
    if shell == "fish":
        env["COMP_CWORD"] = "breast"
    probe = (
        "import os, sys; os.environ |= %r\n"
        "from framework.cli.main import main\n"
        "try: main(prog_name='fw')\n"
        "except SystemExit: print('loaded:', 'tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe % env],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert "breast_cancer" in done.stdout
    assert "loaded: False" in done.stdout


BASH = """
compopt() { :; }  # bash refuses it outside of a completion
eval "$(_FW_COMPLETE=bash_source fw)"
COMP_WORDS=(fw run %s) COMP_CWORD=2
_fw_completion fw
echo "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [("breast", "breast_cancer"), ("lo", "loans.csv"), ("nothing_like_it", "")],
)
def test_bash_fills_in_names_and_tables(typed, offered, tmp_path):
    (tmp_path / "loans.csv").touch()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", BASH % typed],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
    )
    assert done.stdout == f"{offered}\n"
