"""The pages in a real browser, and the command."""

import json
import shutil

import pytest
from click.testing import CliRunner

from framework import RunConfig, explain, run
from framework.cli.main import main
from tests.report import test_browser


@pytest.fixture(scope="module", params=["loans_dir", "shapes_dir"])
def page_dir(request, offered, tmp_path_factory):
    """A folder with the page of an explanation, under the name that the browser's probe loads."""
    folder = tmp_path_factory.mktemp("explained")
    run_dir = shutil.copytree(request.getfixturevalue(request.param), folder / "run")
    explain(run_dir, repeats=2, pictures=2, registry=offered)
    shutil.copy(run_dir / "importance.html", folder / "report.html")
    return folder


@pytest.mark.skipif(test_browser.CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_nothing_goes_wrong(page_dir, width, tmp_path):
    told, console = test_browser.measured(page_dir, width, tmp_path)
    assert console == []
    assert told["sticking_out"] == []
    assert told["scrollWidth"] <= told["width"]
    assert told["silent"] == told["flat"] == told["mute_images"] == 0
    assert told["title"]


@pytest.mark.usefixtures("elsewhere")
def test_the_command():
    settings = {"dataset": "breast_cancer", "cost_matrix": "medical.json", "report": False}
    run(RunConfig(**settings, epochs=1, out="r"))
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
