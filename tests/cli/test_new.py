"""``fw new``, and docs/plugins.md: what is written or printed there is installed and run."""

import re
import shlex
import tomllib

import pytest

from framework.cli.main import main
from tests.clean_environment import CleanEnvironment
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")


def block(before):
    """The block of code after the words ``before``."""
    text = PAGE.split(before, 1)[1]
    found = re.match(r"\n\n((?:    .*\n|\n)+)", text)[1]
    return re.sub("^    ", "", found, flags=re.MULTILINE).strip() + "\n"


def commands(text):
    lines = re.findall(r"^(?:    )?((?:fw|pip) .*)$", text, re.MULTILINE)
    return [tuple(shlex.split(line, comments=True)) for line in lines]


def lines_of(code):
    return [line for line in code.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    environment = CleanEnvironment(tmp_path_factory.mktemp("clean"))
    environment.install(*environment.build(ROOT))
    return environment


def test_the_commands_that_begin_the_page_run_as_printed(clean):
    told = {words: clean.run(*words) for words in commands(PAGE.split("## The shortest")[0])}
    assert [words[1] for words in told] == ["new", "install", "check", "run"]
    checked = told["fw", "check", "tickets"]
    assert checked.splitlines()[-1] == "tickets: 10 ok"
    assert "built-in + decision" in told["fw", "run", "tickets"]
    quick = "light or labels or matrices or finite"
    tests = clean.run("python", "-m", "pytest", "-q", "fw-tickets/tests", "-k", quick)
    assert "4 passed, 6 deselected" in tests


def test_the_shortest_plugin_runs_from_its_wheel(clean):
    code, toml = block("a dataset, whole:"), block("in the folder `fw-wine`:")
    assert len(lines_of(code)) <= 15
    assert len(lines_of(toml)) <= 8
    assert tomllib.loads(toml)["project"]["entry-points"]["fw"] == {"wine": "fw_wine"}
    folder = clean.work / "fw-wine"
    folder.mkdir()
    (folder / "fw_wine.py").write_text(code)
    (folder / "pyproject.toml").write_text(toml)
    assert any(wheel.name.startswith("fw_wine-1.0-") for wheel in clean.build(folder))
    for words in commands(block("\nThen")):
        told = clean.run(*words)
    assert "built-in + decision" in told
    assert (clean.packages / "fw_wine.py").is_file()


@pytest.mark.parametrize("kind", ["model", "loss", "decision-rule"])
def test_what_is_written_passes_its_check_once_it_is_installed(clean, kind):
    name = f"my_{kind.replace('-', '_')}"
    told = clean.run("fw", "new", kind, name)
    printed = commands(told.replace("\n  ", "\n"))
    assert [words[:2] for words in printed] == [("pip", "install"), ("fw", "check")]
    for words in printed:
        told = clean.run(*words)
    assert re.fullmatch(rf"{name}: \d+ ok", told.splitlines()[-1])


def test_nothing_is_overwritten(cli, tmp_path):
    assert cli("new", "model", "mine").exit_code == 0
    module = tmp_path / "fw-mine" / "fw_mine.py"
    module.write_text("# my work\n")
    done = cli("new", "model", "mine")
    assert done.exit_code == 2
    assert "fw-mine exists already; name another folder with --out" in done.stderr
    assert module.read_text() == "# my work\n"
    assert cli("new", "model", "mine", "--out", "elsewhere/mine").exit_code == 0
    assert (tmp_path / "elsewhere" / "mine" / "fw_mine.py").is_file()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Wine", "expected a name of lower-case letters, digits and underscores"),
        ("class", "no word of Python's own, received 'class'"),
        ("../wine", "received '../wine'"),
        ("mlp", 'the name "mlp" is taken by a model of cost-matrix-framework'),
        ("breast_cancer", "is taken by a dataset of fw-breast-cancer"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused(cli, tmp_path, name, told):
    done = cli("new", "dataset", name)
    assert done.exit_code == 2
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_module_that_is_there_already_is_not_hidden(cli, tmp_path, monkeypatch):
    (tmp_path / "fw_there.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    done = cli("new", "loss", "there")
    assert "a module fw_there is installed already" in done.stderr


def test_an_unknown_kind_is_told_with_those_that_there_are(cli):
    done = cli("new", "observer", "mine")
    assert done.exit_code == 2
    assert "'dataset', 'model', 'loss', 'decision-rule'" in done.stderr
    assert "new" in main.commands
