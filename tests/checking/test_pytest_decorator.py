"""The decorator, in a pytest of its own: a test a check, known failures expected, strictly."""

import os
import subprocess
import sys

import pytest

from framework import ConfigError, parametrize_with_plugin_checks
from tests.checking.conftest import BAD
from tests.conftest import ROOT

FILE = """
from framework import parametrize_with_plugin_checks
from tests.checking.conftest import BAD

@parametrize_with_plugin_checks({name!r}, registry=BAD, known_failures={known})
def test_rule(check):
    check()
"""


def outcome(folder, name, known):
    file = folder / "test_it.py"
    file.write_text(FILE.format(name=name, known=known))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rfxX", "-p", "no:cacheprovider", "-c", os.devnull, file],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.mark.slow
def test_each_check_is_a_test(tmp_path):
    assert "7 passed" in outcome(tmp_path, "good_rule", {})


@pytest.mark.slow
def test_a_failure_is_told_with_its_sentence(tmp_path):
    told = outcome(tmp_path, "inputs_left_alone", {})
    assert "1 failed, 6 passed" in told
    assert "FAILED test_it.py::test_rule[inputs_left_alone]" in told
    assert "changes the arrays that it is given" in told


@pytest.mark.slow
def test_a_known_failure_is_expected_with_its_reason(tmp_path):
    told = outcome(tmp_path, "inputs_left_alone", {"inputs left alone": "callers copy"})
    assert "6 passed, 1 xfailed" in told
    assert "callers copy" in told


@pytest.mark.slow
def test_a_known_failure_that_passes_fails_the_test(tmp_path):
    told = outcome(tmp_path, "good_rule", {"deterministic": "to be mended"})
    assert "1 failed, 6 passed" in told
    assert "[XPASS(strict)] to be mended" in told


@parametrize_with_plugin_checks(
    "loads", registry=BAD, known_failures={"loads": "is bad on purpose"}
)
def test_what_cannot_be_checked_is_skipped(check, request):
    if "loads" in request.node.name or "light" in request.node.name:
        return check()
    with pytest.raises(
        pytest.skip.Exception, match=r"as another check says|ships no cost matrices"
    ):
        check()


def test_a_known_failure_must_name_a_check():
    with pytest.raises(ConfigError, match='is called "speed"'):
        parametrize_with_plugin_checks("argmax", known_failures={"speed": "slow"})
