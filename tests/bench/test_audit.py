"""What `make audit` makes of the answers of databases, in the words of pip-audit 2.10."""

import json

import pytest
from audit import answer_of, judged, pinned, without_digest

# What pip-audit printed of two old packages, descriptions left out.
FOUND = {
    "dependencies": [
        {
            "name": "flask",
            "version": "0.5",
            "vulns": [{"id": "PYSEC-2019-179", "fix_versions": ["1.0"]}],
        },
        {"name": "six", "version": "1.17.0", "vulns": []},
        {
            "name": "own",
            "skip_reason": "Dependency not found on PyPI and could not be audited: own (1.0)",
        },
    ]
}
NONE = {
    "dependencies": [
        {"name": name, "skip_reason": f"{name} not found"} for name in ("flask", "six")
    ]
}
OFFLINE = "Traceback\n  File\nrequests.exceptions.ConnectionError: Failed to resolve the host\n"


def test_lines_are_read_as_pip_reads_them():
    text = "# a comment\nPy_Serializable==2.2.0 --hash=sha256:ab\nsix==1.17.0\n"
    assert pinned(text) == {"py-serializable": ("2.2.0", "sha256:ab"), "six": ("1.17.0", "")}


def test_a_pin_without_its_digest_is_told():
    pins = "a==1\nb==2\nc==3\nd==4\n"
    hashes = "A==1 --hash=sha256:0\nb==1 --hash=sha256:0\nc==3\n"
    assert without_digest(pins, hashes) == ["b 2", "c 3", "d 4"]


def test_known_faults_are_told():
    lines, code = judged(["flask", "six"], [answer_of("pypi", json.dumps(FOUND), "")])
    assert lines[:2] == [
        "pypi: 2 of 2 packages looked up",
        "flask: PYSEC-2019-179 (mended in 1.0)",
    ]
    assert lines[2].startswith("1 known faults in the 2 looked up. Not looked up: Python itself")
    assert code == 1


@pytest.mark.parametrize(
    ("said", "failed", "told"),
    [
        (
            "",
            OFFLINE,
            "nothing from it: requests.exceptions.ConnectionError: Failed to resolve the host",
        ),
        (json.dumps(NONE), "", "nothing from it: flask not found"),
        ("", "", "nothing from it: no answer"),
    ],
)
def test_a_database_that_says_nothing_is_not_taken_for_one_that_knows_of_nothing(
    said, failed, told
):
    lines, code = judged(["flask", "six"], [answer_of("pypi", said, failed)])
    assert lines[0] == f"pypi: 0 of 2 packages looked up; {told}"
    assert lines[1] == "NOT LOOKED UP in any database: 2 of 2 packages (flask, six)"
    assert lines[2].startswith("Nothing was looked up. Not looked up: Python")
    assert code == 2


def test_one_database_is_enough():
    answers = [answer_of("pypi", json.dumps(FOUND), ""), answer_of("osv", "", OFFLINE)]
    lines, code = judged(["six"], answers)
    assert not any("NOT LOOKED UP" in line for line in lines)
    assert code == 1  # of flask, which is in the files that were looked up


def test_packages_that_only_some_know_are_named():
    lines, code = judged(
        ["six", "own"],
        [answer_of("pypi", json.dumps({"dependencies": FOUND["dependencies"][1:]}), "")],
    )
    assert lines[1] == "NOT LOOKED UP in any database: 1 of 2 packages (own)"
    assert code == 2
