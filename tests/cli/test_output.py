"""stdout is the command's: plugins that print, exit or fail, installed, in processes of their own."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import framework.cli

HEAD = """
import atexit, ctypes, os, sys
from framework import DatasetSpec, DecisionRuleSpec, hookimpl
from tests.conftest import blobs
"""
LOUD = """
def loud(place):
    print("print", place)
    os.write(1, f"descriptor {place}\\n".encode())
    ctypes.CDLL(None).printf(f"C {place}\\n".encode())
    os.system(f"echo program {place}")
"""
OFFERS = """
@hookimpl
def fw_register_datasets():
    return [DatasetSpec("theirs", ("no", "yes"), load, default_model="logistic")]

@hookimpl
def fw_register_decision_rules():
    return [DecisionRuleSpec("their_rule", rule)]
"""
NOISY = f"""{HEAD}{LOUD}
loud("import")

def load():
    loud("load")
    return blobs()

def rule(p, costs):
    loud("rule")
    return (p @ costs).argmin(axis=1)

@hookimpl
def fw_run_finished(config, result):
    loud("finished")
{OFFERS}
"""


@pytest.fixture
def fw(tmp_path):
    """The command in a process that finds the plugin of this source installed."""

    def fw(source, *words):
        installed = tmp_path / "site" / "fw_theirs-1.0.dist-info"
        installed.mkdir(parents=True)
        (installed / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: fw-theirs\nVersion: 1.0\n"
        )
        (installed / "entry_points.txt").write_text("[fw]\ntheirs = fw_theirs\n")
        (tmp_path / "site" / "fw_theirs.py").write_text(source)
        (tmp_path / "costs.csv").write_text(",no,yes\nno,0,1\nyes,5,0\n")
        places = json.dumps([str(tmp_path / "site"), *sys.path])
        code = f"import sys; sys.path[:] = {places}\nfrom framework.cli.main import main"
        code += "\nmain(prog_name='fw')"
        return subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=tmp_path
        )

    return fw


RUN = ("run", "theirs", "--cost-matrix", "costs.csv", "--epochs", "1", "--no-report")


@pytest.mark.slow
def test_what_a_plugin_prints_is_not_in_the_result(fw):
    done = fw(NOISY, *RUN, "--json", "--decision-rule", "their_rule", "--out", "run")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["dataset"] == "theirs"
    for place in ("import", "load", "rule", "finished"):
        for way in ("print", "descriptor", "C", "program"):
            assert f"{way} {place}" in done.stderr, (way, place)


@pytest.mark.slow
def test_nor_in_that_of_a_command_that_lists(fw):
    done = fw(NOISY, "plugins", "--json")
    assert "theirs" in [offer["name"] for offer in json.loads(done.stdout)["offers"]]
    assert "print import" in done.stderr


@pytest.mark.slow
def test_nor_in_what_a_shell_completes(fw, monkeypatch):
    monkeypatch.setenv("_FW_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "fw run thei")
    monkeypatch.setenv("COMP_CWORD", "2")
    done = fw(NOISY, "run")
    assert done.stdout.splitlines() == ["file,thei", "plain,theirs"]


@pytest.mark.slow
@pytest.mark.parametrize("raised", ["sys.exit(0)", "raise SystemExit"])
def test_an_exit_in_load_is_the_plugins_failure(fw, raised):
    source = f"{HEAD}\ndef load():\n    {raised}\n\nrule = print\n{OFFERS}"
    done = fw(source, *RUN, "--json", "--out", "run")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        'Error: dataset "theirs" (fw-theirs 1.0) failed to load: SystemExit'
    )


@pytest.mark.slow
def test_an_exit_in_a_rule_is_the_plugins_failure(fw):
    source = f"{HEAD}\nload = blobs\n\ndef rule(p, costs):\n    sys.exit(0)\n{OFFERS}"
    done = fw(source, *RUN, "--decision-rule", "their_rule", "--out", "run")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'the decision rule "their_rule" failed for' in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_write_their_result_by_say():
    """What they wrote to stdout itself would come on stderr, as what plugins print does."""
    for path in Path(framework.cli.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            direct = isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.stdout"
            if isinstance(node, ast.Call) and path.name != "output.py":
                called, given = ast.unparse(node.func), {keyword.arg for keyword in node.keywords}
                direct = called in ("print", "click.echo", "click.secho") and "err" not in given
            assert not direct, f"{path}, line {node.lineno}: use say, or results()"
