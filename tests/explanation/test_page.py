"""The pages in a real browser, and the command."""

import json
import shutil

import pytest
from click.testing import CliRunner

from framework import RunConfig, explain, run
from framework.cli.main import main
from tests.report import test_browser


@pytest.mark.skipif(test_browser.CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("kind", ["loans_dir", "shapes_dir"])
def test_it_fits_and_nothing_goes_wrong(kind, width, request, offered, tmp_path):
    run_dir = request.getfixturevalue(kind)
    explain(run_dir, repeats=2, pictures=2, registry=offered)
    shutil.copy(run_dir / "importance.html", tmp_path / "report.html")
    told, console = test_browser.measured(tmp_path, width, tmp_path)
    assert console == []
    assert told["sticking_out"] == []
    assert told["scrollWidth"] <= told["width"]
    assert told["silent"] == told["flat"] == told["mute_images"] == 0
    assert told["title"]


@pytest.mark.usefixtures("elsewhere")
def test_the_command():
    run(RunConfig(dataset="breast_cancer", cost_matrix="medical.json", epochs=1, out="r"))
    command = CliRunner()
    printed = command.invoke(main, ["explain", "r", "--repeats", "2", "--top", "3"])
    assert printed.exit_code == 0, printed.output
    assert "Dollars lost per case on 143 test cases" in printed.output
    assert "2 shuffles, seed 0" in printed.output
    arguments = ["explain", "r", "--repeats", "2", "--model", "medical", "--json"]
    told = json.loads(command.invoke(main, arguments).stdout)
    assert told["models"] == ["medical"]
    assert sum(not entry["family"] for entry in told["features"]) == 30
    refused = command.invoke(main, ["explain", "r", "--model", "other"])
    assert refused.exit_code == 2
    assert 'has no model "other"' in refused.output
