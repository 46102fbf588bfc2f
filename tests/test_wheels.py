"""What is published: the wheels of the framework and its plugins, installed where no source is."""

import json
import zipfile

import pytest

from tests.clean_environment import CleanEnvironment
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

SOURCES = [ROOT, *sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))]
DATASETS = {"fw-breast-cancer", "fw-german-credit", "fw-street-signs"}
NAMES = {"cost-matrix-framework", "fw-backbones", "fw-mlflow", *DATASETS}
# Two rows of german.data, one of each class, as UCI publishes them.
LOANS = (
    "A11 6 A34 A43 1169 A65 A75 4 A93 A101 4 A121 67 A143 A152 2 A173 1 A192 A201 1",
    "A12 48 A32 A43 5951 A61 A73 2 A92 A101 2 A121 22 A143 A152 1 A173 1 A191 A201 2",
)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    environment = CleanEnvironment(tmp_path_factory.mktemp("clean"))
    environment.install(*environment.build(*SOURCES))
    return environment


def files(environment, name):
    (wheel,) = environment.wheels.glob(f"{name.replace('-', '_')}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {info.filename: archive.read(info).decode() for info in archive.infolist()}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_distribution_carries_the_licence(clean, name):
    inside = files(clean, name)
    (licence,) = [text for file, text in inside.items() if file.endswith("/licenses/LICENSE")]
    assert licence == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    (metadata,) = [text for file, text in inside.items() if file.endswith("/METADATA")]
    assert "License-Expression: Apache-2.0" in metadata


def test_the_framework_is_typed_for_its_users_and_has_its_files(clean):
    inside = files(clean, "cost-matrix-framework")
    assert {"framework/py.typed", "framework/__init__.pyi"} <= set(inside)
    source = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "framework").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert source <= set(inside)


def test_each_plugin_has_its_matrices(clean):
    for source in SOURCES[1:]:
        inside = files(clean, f"fw-{source.name}")
        matrices = {str(path.relative_to(source)) for path in source.rglob("*.json")}
        assert bool(matrices) is (f"fw-{source.name}".replace("_", "-") in DATASETS)
        assert matrices <= set(inside)


def test_all_are_found_where_they_are_installed(clean):
    home = clean.run("python", "-c", "import framework; print(framework.__file__)")
    assert home.startswith(str(clean.packages))
    told = json.loads(clean.run("fw", "plugins", "--json"))
    assert told["failures"] == []
    # That of MLflow listens to runs, and offers nothing.
    assert {offer["distribution"] for offer in told["offers"]} == NAMES - {"fw-mlflow"}


@pytest.mark.parametrize(
    "words",
    [
        ("breast_cancer", "--cost-matrix", "medical.json", "--epochs", "2"),
        ("german_credit", "--data", "loans", "--epochs", "2", "--no-report"),
        ("street_signs", "--model", "logistic", "--epochs", "1", "--no-report"),
    ],
    ids=lambda words: words[0],
)
def test_each_runs_from_its_wheel(clean, words):
    loans = clean.work / "loans" / "german.data"
    loans.parent.mkdir(exist_ok=True)
    loans.write_text("".join(f"{row}\n" for row in LOANS * 40))
    told = json.loads(clean.run("fw", "run", *words, "--out", f"runs/{words[0]}", "--json"))
    assert told["served"]["model"]
    assert (clean.work / "runs" / words[0] / "report.html").exists() == ("--no-report" not in words)
