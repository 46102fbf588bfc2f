"""Every command that is printed runs as it stands: in reports, in messages, in README and docs.

docs/sagemaker.md has a test of its own (tests/sagemaker/test_docs.py).
"""

import ast
import csv
import html
import json
import re
import shlex
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from framework.cli.main import main
from framework.cli.options import config_of
from framework.config.settings import SETTINGS
from framework.experiment.loading.checked_dataset import load_dataset
from tests.conftest import ROOT, SHARED
from tests.pages import BLOCKS, DOCS, commands
from tests.pictures import write_skin

RUN = "runs/breast_cancer-20260101-120000"
GERMAN = SHARED / "data" / "german_credit"
# Parsed, with all their settings, but not run: what they start is tested elsewhere.
NOT_RUN = {
    "serve": "never ends",
    "sagemaker": "tests/sagemaker/test_docs.py runs them",
    "--sagemaker": "likewise",
    "runs/street_signs-20260101-120000": "what a run of minutes leaves",
    "tickets": "tests/cli/test_new.py installs that plugin and runs it",
    "wine": "likewise",
    "--known-failure": "exits with 1; tests/cli/test_check.py",
    "--seeds": "tests/plugins/test_breast_cancer.py",
}
# Runs and sweeps of these likewise.
SLOW = {"street_signs": "minutes", "gtsrb": "minutes, and the photographs"}
# Said after what a page prints, which is parsed and checked as it stands: the same command, sooner
# done. What runs of full length find is tested elsewhere (tests/cli/test_run.py, test_sweep.py).
SHORTER = {
    "run": ("--epochs", "2", "--no-report"),
    "sweep": ("--epochs", "2", "--points", "3", "--no-report"),
}
# And of a search: as many families as there is time for, which is the first
# (tests/experiment/fitting/test_pools.py has all of them).
SHORTER_SEARCH = ("--time-budget", "0.001s")


# Options of pip and docker, which the framework calls, and names of colours on a page.
OF_OTHERS = {
    "--build-arg",
    "--faint",
    "--find-links",
    "--grid",
    "--editable",
    "--ignore-installed",
    "--inference-id",
    "--ink",
    "--no-build-isolation",
    "--pipeline-name",
    "--platform",
    "--upgrade",
    "--no-deps",
    "--no-index",
    "--password-stdin",
    "--prefix",
    "--quiet",
    "--retries",
    "--timeout",
    "--username",
}


# In the order of the pages: what one command leaves, the next may need. Comments are cut off.
COMMANDS = list(
    dict.fromkeys(
        tuple(shlex.split(line, comments=True)) for block in BLOCKS for line in commands(block)
    )
)


def parsed(words):
    """The command that ``words`` call, with its parameters; fails as the command line would."""
    command, context, (name, *rest) = main, None, words
    while isinstance(command, click.Group):
        context = command.make_context(name, list(rest), parent=context)
        name, *rest = rest
        command = command.get_command(context, name)
        assert command is not None, name
    return command, command.make_context(name, rest, parent=context).params


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with what the pages speak of: a run, copies of it, new cases, and files they print."""
    from framework import Registry, RunConfig

    folder = tmp_path_factory.mktemp("reader")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for sample in (DOCS / "samples").iterdir():
            shutil.copy(sample, sample.name)
        (mine,) = [block.code for block in BLOCKS if '"name": "mine"' in block.code]
        Path("mine.json").write_text(mine)
        for block in BLOCKS:
            if block.title:
                Path(block.title).write_text(block.code)
        done = CliRunner().invoke(
            main,
            [
                "run",
                "breast_cancer",
                "--cost-matrix",
                "medical.json",
                "--out",
                RUN,
                *SHORTER["run"],
            ],
        )
        assert done.exit_code == 0, done.output
        train = ["run", "breast_cancer", "--cost-matrix", "with_referral.json"]
        done = CliRunner().invoke(main, [*train, "--out", "runs/with_referral", *SHORTER["run"]])
        assert done.exit_code == 0, done.output
        for name in ("breast_cancer-1", "breast_cancer-2", "a", "b", "c"):
            shutil.copytree(RUN, f"runs/{name}")
        dataset = load_dataset(
            RunConfig(dataset="breast_cancer"), Registry().offer("dataset", "breast_cancer")
        )
        with open("new_cases.csv", "w", newline="") as file:
            csv.writer(file).writerows([dataset.feature_names, *dataset.X[:40].tolist()])
        shutil.copy("new_cases.csv", "new_patients.csv")
        Path("cases").mkdir()
        for month in range(2):
            with Path(f"cases/{month}.csv").open("w", newline="") as file:
                rows = slice(100 * month, 100 * month + 100)
                truths = [dataset.labels[k] for k in dataset.y[rows]]
                cells = zip(truths, *dataset.X[rows].T.tolist(), strict=True)
                csv.writer(file).writerows([["diagnosis", *dataset.feature_names], *cells])
        write_skin(Path())
        scores = ["y,p_low,p_normal,p_urgent,decided", "low,.9,.1,0,low", "normal,.4,.5,.1,normal"]
        Path("scores.csv").write_text("\n".join([*scores, "urgent,.1,.3,.6,normal\n"]))
        yield folder


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=shlex.join)
def test_a_command_of_the_pages_runs_as_printed(words, place, monkeypatch):
    monkeypatch.chdir(place)
    *words, written = words if ">" in words else (*words, None)
    words = [word for word in words if word != ">"]
    command, parameters = parsed(words)
    if command.name in ("run", "sweep") and parameters.get("dataset") != "wine":
        # A sweep means something else by these two.
        given = {*SETTINGS, "config"} - (
            {"scale", "prevalence"} if command.name == "sweep" else set()
        )
        config_of({name: parameters.get(name) for name in given})
    if any(word in NOT_RUN for word in words):
        return
    if command.name in ("run", "sweep") and any(word in SLOW for word in words):
        return
    if "german_credit" in words:
        if not GERMAN.is_dir():
            pytest.skip("the data of German credit are not here")
        words = [str(GERMAN) if word == "DIR" else word for word in words]
    shorter = (*SHORTER.get(command.name, ()), *(SHORTER_SEARCH if "auto" in words else ()))
    done = CliRunner().invoke(main, [*words[1:], *shorter])
    assert done.exit_code == 0, done.output
    if written and not Path(written).exists():  # what the reader has put in stays
        Path(written).write_text(done.stdout)


def test_commands_of_the_pages_are_given_options_that_they_have():
    """Sooner told than by running them."""
    wrong = []
    for words in COMMANDS:
        # Those of another command; tests/sagemaker/test_docs.py tries it.
        if "--sagemaker" in words:
            continue
        command, rest = main, list(words[1:])
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            name = rest.pop(0)
            command = command.get_command(click.Context(command), name) or pytest.fail(
                f"{shlex.join(words)}: no command {name}"
            )
        known = {"--help", *(o for p in command.params for o in (*p.opts, *p.secondary_opts))}
        given = (word.partition("=")[0] for word in rest if re.match("--[a-z]", word))
        wrong += [f"{shlex.join(words)}: {option}" for option in given if option not in known]
    assert COMMANDS
    assert not wrong, "\n".join(wrong)


SENTENCES = [block for block in BLOCKS if re.match(r"\d+ columns: ", block.code)]


@pytest.mark.parametrize("block", SENTENCES, ids=str)
def test_a_sentence_on_columns_is_what_the_command_before_it_says(block, place, monkeypatch):
    monkeypatch.chdir(place)
    before = [other for other in BLOCKS if other.page == block.page and other.line < block.line]
    runs = [line for other in before for line in commands(other) if line.startswith("fw run t")]
    words = shlex.split(runs[-1], comments=True)[1:]
    done = CliRunner().invoke(main, [*words, *SHORTER["run"], "--out", f"runs/{block.line}"])
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines()[0] == " ".join(block.code.split())


def command_in(page):
    text = html.unescape(page.read_text(encoding="utf-8"))
    return shlex.split(re.search(r"<code>(fw .*?)</code>", text, re.DOTALL)[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        (
            *("--no-references", "--model-parameter", "units=4", "--model", "mlp"),
            *("--no-stratify", "--threshold", "tuned", "--l2", "0.01"),
            *("--cost-matrix", "medical.json"),
        ),
        (
            *("--strategy", "auto", "--loss", "cross_entropy", "--l2", "0.1", "--folds", "3"),
            *SHORTER_SEARCH,
        ),
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_command_of_a_report_gives_the_same_figures(arguments, place, monkeypatch):
    monkeypatch.chdir(place)
    shutil.copy("mine.json", "my costs.json")
    out = Path("runs") / arguments[0].strip("-")
    given = ["run", "breast_cancer", "--cost-matrix", "my costs.json", "--epochs", "3", *arguments]
    done = CliRunner().invoke(main, [*given, "--out", str(out)])
    assert done.exit_code == 0, done.output
    words = command_in(out / "report.html")
    changed = ("--out", f"{out}-again", "--no-report", "--json")
    again = CliRunner().invoke(main, [*words[1:], *changed])
    assert again.exit_code == 0, again.output
    first = json.loads((out / "metrics.json").read_text())
    second = json.loads((Path(f"{out}-again") / "metrics.json").read_text())
    for told in (first, second):
        del told["run_dir"]
        for model in told["models"]:
            del model["train_seconds"]
    assert first == second


def test_the_commands_that_a_new_matrix_asks_for_run(place, monkeypatch):
    monkeypatch.chdir(place)
    told = CliRunner().invoke(main, ["matrix", "new", "breast_cancer", "--out", "my_own.json"])
    commands = re.findall(r"^  fw (.*)", told.output, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["matrix", "run"]
    for command in commands:
        words = shlex.split(command)
        done = CliRunner().invoke(main, [*words, *SHORTER.get(words[0], ())])
        assert done.exit_code == 0, done.output


def test_the_command_of_a_sweeps_report_gives_the_same_figures(place, monkeypatch):
    monkeypatch.chdir(place)
    given = ["sweep", "breast_cancer", "--points", "3", "--epochs", "3"]
    given += ["--scale", "cell=malignant->benign:x0.1..x10", "--no-stratify"]
    done = CliRunner().invoke(main, [*given, "--out", "runs/sweep"])
    assert done.exit_code == 0, done.output
    words = command_in(Path("runs/sweep/report.html"))
    again = CliRunner().invoke(main, [*words[1:], "--out", "runs/sweep-again", "--no-report"])
    assert again.exit_code == 0, again.output
    first, second = (
        json.loads(Path(f"runs/{name}/sweep.json").read_text()) for name in ("sweep", "sweep-again")
    )
    for told in (first, second):
        del told["run_dir"], told["train_seconds"]
    assert first == second


def options():
    """All options of all commands, and all commands by their words."""
    found, names = set(), set()

    def walk(command, path):
        names.add(" ".join(path))
        for parameter in command.params:
            found.update((*parameter.opts, *parameter.secondary_opts))
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*path, name))

    walk(main, ("fw",))
    return found | {"--help", "--version"}, names


def messages():
    """(file, line, text) of every text in the framework's code, docstrings left out."""
    for path in sorted((ROOT / "framework").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and id(node) not in docs:
                yield path.relative_to(ROOT), node.lineno, text


def test_messages_name_commands_and_options_that_there_are():
    known, names = options()
    known |= OF_OTHERS
    wrong = []
    for path, line, text in messages():
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+[a-z]", text):
            if option not in known:
                wrong.append(f"{path}:{line}: {option}")
        for word in re.findall(r"\bfw ([a-z]+)\b", text):
            if f"fw {word}" not in names:
                wrong.append(f"{path}:{line}: fw {word}")
    assert not wrong, "\n".join(wrong)
