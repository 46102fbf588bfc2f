import hashlib
import json
import os

import pytest

from framework.core.errors import ArtifactError
from framework.core.folder_format import FORMAT, check_format, write_format


def test_what_is_written_is_known(tmp_path):
    write_format(tmp_path, "sweep", "1.2.3")
    written = json.loads((tmp_path / "run.json").read_text())
    assert written == {"format": FORMAT, "kind": "sweep", "framework": "1.2.3", "files": {}}
    check_format(tmp_path)


@pytest.fixture
def run(tmp_path):
    """Files, a page with a plot, and a folder with a run.json of its own."""
    for name in ("metrics.json", "predictions/a.csv", "report.html", "plots/costs.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    inner = tmp_path / "models" / "a"
    inner.mkdir(parents=True)
    (inner / "model.keras").write_text("weights")
    write_format(inner, "model", "1.2.3")
    write_format(tmp_path, "run", "1.2.3")
    return tmp_path


def test_digests_are_of_what_cannot_be_made_again(run):
    files = json.loads((run / "run.json").read_text())["files"]
    assert list(files) == ["metrics.json", "models/a/run.json", "predictions/a.csv"]
    assert files["metrics.json"] == hashlib.sha256(b"metrics.json").hexdigest()
    inner = json.loads((run / "models/a/run.json").read_text())["files"]
    assert list(inner) == ["model.keras"]


def test_a_changed_file_is_told_where_it_is_asked_for(run):
    check_format(run, "")
    (run / "predictions/a.csv").write_text("predictions/b.csv")
    (run / "report.html").write_text("another")
    check_format(run)
    check_format(run, "metrics.json", "models/")
    with pytest.raises(ArtifactError, match=r"a\.csv is not as it was written: its SHA-256 begins"):
        check_format(run, "metrics.json", "predictions/")


def test_a_missing_file_is_told(run):
    (run / "models/a/run.json").unlink()
    with pytest.raises(ArtifactError, match=r"models/a/run\.json is missing; run\.json says"):
        check_format(run, "models/a/")


@pytest.mark.parametrize("name", ["../outside", "/dev/zero", "predictions/../../outside"])
def test_a_file_outside_is_not_read(name, tmp_path):
    (tmp_path / "outside").write_text("x")
    folder = tmp_path / "run"
    (folder / "predictions").mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"format": 1, "files": {name: "0"}}))
    with pytest.raises(ArtifactError, match="which is not in its folder"):
        check_format(folder, "")


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "metrics.json")
    (tmp_path / "run.json").write_text('{"format": 1, "files": {"metrics.json": "0"}}')
    with pytest.raises(ArtifactError, match=r"metrics\.json is missing"):
        check_format(tmp_path, "")


def test_a_folder_without_digests_is_one_of_before_them(run):
    (run / "run.json").write_text('{"format": 1, "kind": "run", "framework": "0.1.0"}')
    (run / "metrics.json").write_text("another")
    check_format(run, "")


def test_digests_that_are_none_are_refused(tmp_path):
    (tmp_path / "run.json").write_text('{"format": 1, "files": ["metrics.json"]}')
    with pytest.raises(ArtifactError, match='expected "files" to be an object'):
        check_format(tmp_path)


def test_a_folder_that_says_nothing_is_an_old_one(tmp_path):
    check_format(tmp_path)


def test_a_newer_format_is_refused_in_a_sentence(tmp_path):
    newer = {"format": FORMAT + 1, "kind": "run", "framework": "9.0.0"}
    (tmp_path / "run.json").write_text(json.dumps(newer))
    with pytest.raises(ArtifactError) as error:
        check_format(tmp_path)
    assert str(error.value) == (
        f"{tmp_path} is in format 2, written by version 9.0.0 of the framework; this one reads "
        "formats up to 1: install a newer framework"
    )


@pytest.mark.parametrize("content", ['{"format": "1"}', "{}", "[1]"])
def test_a_format_that_is_no_number_is_refused(content, tmp_path):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(ArtifactError, match=r'run\.json: expected "format" to be a whole number'):
        check_format(tmp_path)
