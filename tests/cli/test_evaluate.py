import json

import numpy as np
import pytest
from click.testing import CliRunner

from framework import evaluate
from framework.cli.main import main

COSTS = {"no": {"yes": 1, "refer": 0.5}, "yes": {"no": 5, "refer": 0.5}}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """scores.csv and costs.csv in the working directory; the cases' truths and probabilities."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    y = np.where(rng.random(60) < 0.3, "yes", "no")
    p = np.round(np.clip(np.where(y == "yes", 0.7, 0.2) + rng.normal(0, 0.1, 60), 0, 1), 3)
    rows = [
        f"{i},{truth},{1 - score:.3f},{score:.3f},{'yes' if score > 0.5 else 'no'},{i // 3}"
        for i, (truth, score) in enumerate(zip(y, p, strict=True))
    ]
    (tmp_path / "scores.csv").write_text("\n".join(["id,y,p_no,p_yes,said,who", *rows]))
    (tmp_path / "costs.csv").write_text(";no;yes;refer\nno;0;1;0,5\nyes;5;0;0,5\n")
    return y, p


def told(*words):
    done = CliRunner().invoke(
        main, ["evaluate", "scores.csv", "--cost-matrix", "costs.csv", *words]
    )
    return done.exit_code, done.output


def test_probabilities_are_decided_and_judged(files):
    y, p = files
    code, text = told("--truth", "y", "--probabilities", "p_*", "--json")
    assert code == 0
    found = evaluate(y, np.column_stack([1 - p, p]), cost_matrix=COSTS)
    assert json.loads(text)["confusion_matrix"] == found.outcome.confusion_matrix.tolist()
    assert json.loads(text)["dollars_per_case"] == pytest.approx(found.dollars_per_case)
    code, text = told("--truth", "y", "--probabilities", "p_*")
    assert "these decisions" in text
    assert "Confusion matrix" in text


def test_of_two_classes_one_column_will_do(files, tmp_path):
    scores = tmp_path / "scores.csv"
    both = told("--truth", "y", "--probabilities", "p_*", "--json")
    scores.write_text(scores.read_text().replace("p_no", "other"))
    one = told("--truth", "y", "--probabilities", "p_*", "--json")
    assert json.loads(one[1])["confusion_matrix"] == json.loads(both[1])["confusion_matrix"]


def test_decisions_are_judged_and_groups_count_as_one(files):
    y, p = files
    code, text = told("--truth", "y", "--decision", "said", "--groups", "who", "--json")
    found = evaluate(
        y, np.where(p > 0.5, "yes", "no"), cost_matrix=COSTS, groups=np.arange(60) // 3
    )
    assert (code, json.loads(text)) == (0, found.to_json() | {"cost_matrix": "costs"})


@pytest.mark.parametrize("answers", [("--probabilities", "p_*"), ("--decision", "said")])
def test_costs_may_be_stated_in_place_of_a_matrix(files, tmp_path, answers):
    (tmp_path / "costs.csv").write_text(";no;yes\nno;0;1\nyes;5;0\n")
    words = ("--truth", "y", *answers, "--json")
    by_file = json.loads(told(*words)[1])
    stated = ("--cost", "yes->no=5", "--cost", "no->yes=1")
    done = CliRunner().invoke(main, ["evaluate", "scores.csv", *stated, *words])
    assert json.loads(done.output) == by_file | {"cost_matrix": "stated costs"}


def test_a_label_without_a_case_is_known_by_its_probabilities(files, tmp_path):
    scores = tmp_path / "scores.csv"
    header, *rows = scores.read_text().splitlines()
    scores.write_text("\n".join([header + ",p_maybe", *(row + ",0" for row in rows)]))
    words = ("--truth", "y", "--probabilities", "p_*", "--json", "--cost", "*->*=1")
    done = CliRunner().invoke(main, ["evaluate", "scores.csv", *words])
    assert np.shape(json.loads(done.output)["confusion_matrix"]) == (3, 3)


@pytest.mark.parametrize("words", [(), ("--cost-matrix", "costs.csv", "--cost", "*->*=1")])
def test_costs_are_asked_for_once(files, words):
    answers = ("--truth", "y", "--decision", "said")
    done = CliRunner().invoke(main, ["evaluate", "scores.csv", *words, *answers])
    assert done.exit_code == 2
    assert "either --cost-matrix FILE or --cost TRUE->PREDICTED=COST" in done.output


def test_costs_of_the_case_find_their_columns_in_the_file(files, tmp_path):
    y, p = files
    cells = [[0, 1], [{"column": "who", "factor": 2}, 0]]
    matrix = {"name": "m", "labels": ["no", "yes"], "costs": cells}
    (tmp_path / "costs.csv").unlink()
    (tmp_path / "m.json").write_text(json.dumps(matrix))
    words = ["evaluate", "scores.csv", "--cost-matrix", "m.json", "--truth", "y"]
    done = CliRunner().invoke(main, [*words, "--decision", "said", "--json"])
    lost = np.where(y == "yes", 2 * (np.arange(60) // 3), 1)[np.where(p > 0.5, "yes", "no") != y]
    assert json.loads(done.output)["dollars_total"] == pytest.approx(-lost.sum())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--truth", "y"), "expected either --probabilities PATTERN or --decision COLUMN"),
        (
            ("--truth", "z", "--decision", "said"),
            "lacks 1 of 2 columns: z; instead it has: id, y, p_no",
        ),
        (("--truth", "y", "--decision", "id"), 'decisions: case 0 (counting from 0) has "0"'),
        (("--truth", "y", "--probabilities", "p"), "has no * for the label"),
        (("--truth", "y", "--probabilities", "q_*"), "are none; expected one for each label"),
        (("--truth", "y", "--probabilities", "*"), "are none; expected one for each label"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(files, words, sentence):
    code, text = told(*words)
    assert code == 2
    assert sentence in text
    assert "Traceback" not in text


def test_a_missing_file_is_told(files):
    done = CliRunner().invoke(
        main,
        ["evaluate", "no.csv", "--cost-matrix", "costs.csv", "--truth", "y", "--decision", "d"],
    )
    assert (done.exit_code, done.output) == (2, "Error: no.csv: no such file\n")


def test_answers_in_many_files_are_judged_together(files, tmp_path):
    words = ("--truth", "y", "--probabilities", "p_*", "--groups", "who", "--json")
    whole = told(*words)
    header, *rows = (tmp_path / "scores.csv").read_text().splitlines()
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "1.csv").write_text("\n".join([header, *rows[:20]]))
    (folder / "2.csv").write_text("\n".join([header, *rows[20:]]))
    for place in (folder, folder / "*.csv"):
        done = CliRunner().invoke(
            main, ["evaluate", str(place), "--cost-matrix", "costs.csv", *words]
        )
        assert (done.exit_code, done.output) == whole
    (folder / "3.csv").write_text("id,y\n1,no\n")
    done = CliRunner().invoke(main, ["evaluate", str(folder), "--cost-matrix", "costs.csv", *words])
    assert done.exit_code == 2
    assert "3.csv: the table lacks 1 of 2 columns: who" in done.output
