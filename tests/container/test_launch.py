"""``fw sagemaker`` on the real image: a plugin installed on top, and a job in a container here."""

import json
import subprocess
import sys

import pytest

from framework.inference.folders import find_model
from framework.sagemaker.launching.image import on_top

from ..sagemaker import throwaway
from .conftest import docker

pytestmark = pytest.mark.container


def test_a_job_runs_here_and_its_run_is_fetched(image, tmp_path):
    throwaway.write_source(tmp_path / "coins")
    run_here(tmp_path, image, "--plugin", "coins")


def test_a_plugin_is_installed_on_top_of_the_image(image, tmp_path):
    if docker("info", "--format", "{{.Driver}}") == "vfs":
        pytest.skip("vfs copies the whole image for every layer: six minutes instead of one")
    throwaway.write_source(tmp_path / "coins")
    tag = "cost-matrix-framework-coins:test"
    # As fw sagemaker build --with coins does, without building the image below again.
    on_top(image, tag, ["coins"], tmp_path).run()
    run_here(tmp_path, tag, "--plugins-in-image")
    docker("rmi", "--force", tag)


def run_here(folder, image, *plugins):
    (folder / "mint.json").write_text(json.dumps(throwaway.MATRIX))
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-c",
                "from framework.cli.main import main; main()",
                "sagemaker",
                "run",
            ),
            *("coins", "--cost-matrix", "mint.json", "--local", "--json", "--epochs", "3"),
            *("--image", image, "--out", "here", *plugins),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [model["name"] for model in told["models"]] == [
        "built-in",
        "built-in + decision",
        "mint",
    ]
    assert told["versions"]["plugins"] == {"fw-coins": "1.0"}
    assert told["run_dir"] == "here"
    assert (find_model(folder / "here", "mint") / "model.keras").is_file()
    assert (folder / "here" / "report.html").is_file()
