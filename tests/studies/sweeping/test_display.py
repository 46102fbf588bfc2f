"""A sweep shows what it recommends and which model lost least where."""

from pathlib import Path

from framework.core.files import read_json
from framework.studies.sweeping.axis import Axis
from framework.studies.sweeping.run import SweepResult
from tests.conftest import OLD_SWEEP


def test_a_sweep_is_a_few_lines_and_tables_in_a_notebook(notebook):
    data = read_json(OLD_SWEEP / "sweep.json")
    axis = Axis("ratio", "fn:fp", "", None, None)
    result = SweepResult(axis, (), data, Path("runs/sweep"))
    lines = repr(result).splitlines()
    assert len(lines) <= 10
    assert f"“{data['recommended']}”" in lines[1]
    assert lines[-1] == "Sweep folder: runs/sweep"
    page = notebook.shown(result)["text/html"]
    assert page.count("<svg") == len(data["present"]["rows"])
    for segment in data["segments"]:
        assert segment["model"] in page
