import json

import pytest

from framework.core.errors import ArtifactError
from framework.core.folder_format import FORMAT, check_format, write_format


def test_what_is_written_is_known(tmp_path):
    write_format(tmp_path, "sweep", "1.2.3")
    written = json.loads((tmp_path / "run.json").read_text())
    assert written == {"format": FORMAT, "kind": "sweep", "framework": "1.2.3"}
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
