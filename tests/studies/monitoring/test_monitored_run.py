import json

import numpy as np
import pytest

from framework import DataError, read_run
from framework.core.errors import ConfigError
from framework.studies.monitoring.monitored_run import Asked, monitor_run
from tests.studies.monitoring.conftest import DATA, TRUTHS


def test_dollars_are_those_of_the_runs_matrix(cancer_run, lines, truths, written):
    found = monitor_run(cancer_run, Asked(*written(lines, truths))).monitored
    costs = read_run(cancer_run).costs
    index = {"benign": 0, "malignant": 1}
    lost = [costs[index[y], index[one["decision"]]] for y, one in zip(TRUTHS, lines, strict=True)]
    assert found.figures.came_mean == pytest.approx(-np.mean(lost))
    p = np.array([[one["probabilities"][name] for name in index] for one in lines])
    promised = [(p[k] @ costs)[index[one["decision"]]] for k, one in enumerate(lines)]
    assert found.figures.promised == pytest.approx(-np.mean(promised))
    assert [week.start for week in found.weeks] == ["2026-01-05", "2026-01-12", "2026-01-19"]
    assert found.figures.known == 569


def test_outcomes_come_late_partly_and_more_than_once(cancer_run, lines, truths, written):
    wrong = {"benign": "malignant", "malignant": "benign"}
    some = [
        "p0," + wrong[TRUTHS[0]] + ",2026-01-06",
        *truths[:200],
        "p1,,2026-02-01",  # not known yet: tells nothing
        "p9999,benign,2026-02-01",
    ]
    found = monitor_run(cancer_run, Asked(*written(lines, some))).monitored
    assert found.figures.known == 200
    told = " ".join(found.sentences())
    assert "1 case came with outcomes that contradict each other (“p0”, say)" in told
    assert "1 outcome belong to no decision" in told
    corrected = monitor_run(cancer_run, Asked(*written(lines, truths[:200]))).monitored
    assert found.figures.came_mean == corrected.figures.came_mean


def test_the_last_outcome_by_its_time_is_taken_wherever_it_stands(
    cancer_run, lines, truths, written
):
    wrong = {"benign": "malignant", "malignant": "benign"}
    some = [*truths[:50], f"p3,{wrong[TRUTHS[3]]},2026-01-01"]
    found = monitor_run(cancer_run, Asked(*written(lines, some))).monitored
    right = monitor_run(cancer_run, Asked(*written(lines, truths[:50]))).monitored
    assert found.figures.came_mean == right.figures.came_mean


def test_without_outcomes_drift_and_class_mix_are_told(cancer_run, lines, written):
    found = monitor_run(cancer_run, Asked(*written(lines))).monitored
    assert found.figures.came is None
    assert found.alarm.raised is None
    assert found.verdict.startswith("No outcome is known yet")
    assert found.weeks[2].mix is None  # of nine cases
    shares = [week.mix.shares[1] for week in found.weeks[:2]]
    assert np.mean(shares) == pytest.approx(212 / 569, abs=0.15)


def test_outcomes_that_have_nothing_to_do_with_the_decisions_raise_an_alarm(
    cancer_run, lines, written
):
    outcomes = [f"p{k},{('benign', 'malignant')[k % 2]},2026-02-01" for k in range(300)]
    found = monitor_run(cancer_run, Asked(*written(lines, outcomes))).monitored
    assert found.alarm.raised == "2026-02-01"
    assert found.to_json()["alarm"]["at_least_dollars_per_case_more_lost"] > 0


def test_young_decisions_wait(cancer_run, lines, truths, written):
    """Ten days after a decision it counts: the last came on 2026-01-19, and outcomes two days later."""
    asked = Asked(*written(lines, truths), wait=10)
    found = monitor_run(cancer_run, asked).monitored
    assert found.figures.known == 6 * 40 + 1
    assert found.alarm.looks[0] == "2026-01-15"
    assert any("of the last 10 days wait" in note for note in found.notes)


def test_broken_lines_are_counted_and_left_out(cancer_run, lines, written):
    path, _ = written(lines)
    path.write_text(path.read_text() + '{"id": "p700", "ti')
    found = monitor_run(cancer_run, Asked(path)).monitored
    assert "1 line of the decisions was broken, and is left out" in found.notes


def test_a_decision_repeated_counts_once(cancer_run, lines, written):
    found = monitor_run(cancer_run, Asked(*written([*lines, lines[0]]))).monitored
    assert found.figures.n == 569
    assert any("1 decision came again under its id" in note for note in found.notes)


def test_cases_with_costs_of_their_own_are_left_out(cancer_run, lines, written):
    own = [{**one, "own_costs": True} for one in lines[:9]]
    found = monitor_run(cancer_run, Asked(*written([*own, *lines[9:]]))).monitored
    assert found.figures.n == 560
    with pytest.raises(DataError, match="all cases were decided by cost matrices of requests"):
        monitor_run(cancer_run, Asked(*written(own)))


def test_files_of_a_folder_are_read_together(cancer_run, lines, tmp_path):
    for k in range(3):
        part = tmp_path / "log" / f"2026/{k}"
        part.mkdir(parents=True)
        rows = lines[k::3]
        (part / "a.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in rows))
    assert monitor_run(cancer_run, Asked(tmp_path / "log")).monitored.figures.n == 569


def test_columns_of_the_inputs_tell_which_has_drifted(cancer_run, lines, written, tmp_path):
    names = [name.replace(" ", "_") for name in DATA.feature_names]
    moved = DATA.data.copy()
    moved[280:, 3] *= 2  # from the second week on
    rows = [f"p{k}," + ",".join(map(str, row)) for k, row in enumerate(moved)]
    table = tmp_path / "inputs.csv"
    table.write_text("\n".join([",".join(["id", *names]), *rows]))
    asked = Asked(*written(lines), inputs=table)
    found = monitor_run(cancer_run, asked).inputs
    assert found.against == "the first week"
    assert found.columns[names[3]][0] is None
    far = {name: drifts[1].p_value for name, drifts in found.columns.items()}
    assert min(far, key=far.get) == names[3]
    assert far[names[3]] < 1e-20
    before = tmp_path / "training.csv"
    before.write_text("\n".join([",".join(["id", *names]), *rows[:280]]))
    again = monitor_run(cancer_run, Asked(*written(lines), inputs=table, reference=before)).inputs
    assert again.columns[names[3]][0].p_value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"probabilities": {"benign": 1.0}}, "expected those of the run: benign, malignant"),
        ({"probabilities": {"benign": 0.9, "malignant": 0.9}}, "do not sum to 1"),
        ({"decision": "wait"}, "which the run does not know; expected one of benign, malignant"),
        ({"time": "soon"}, '"time": expected a time as 2026-01-31T12:30:00Z'),
        ({"id": 7}, '"id": expected text, received 7'),
    ],
)
def test_a_line_that_is_no_decision_of_the_run_is_refused(cancer_run, lines, written, change, told):
    path, _ = written([{**lines[0], **change}])
    with pytest.raises(DataError, match=told):
        monitor_run(cancer_run, Asked(path))


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        (["p0,benin,2026-01-07"], "“benin” is no label; expected one of benign, malignant"),
        (["p0,benign,soon"], '"time": expected when the outcome came'),
    ],
)
def test_outcomes_that_are_none_are_refused(cancer_run, lines, written, outcomes, told):
    with pytest.raises(DataError, match=told):
        monitor_run(cancer_run, Asked(*written(lines, outcomes)))


def test_what_is_not_there_is_told(cancer_run, lines, written, tmp_path):
    with pytest.raises(DataError, match="expected a file of decisions"):
        monitor_run(cancer_run, Asked(tmp_path / "none.jsonl"))
    path, _ = written(lines)
    table = tmp_path / "t.csv"
    table.write_text("id,y\np0,benign\n")
    with pytest.raises(DataError, match="the outcomes: --outcome"):
        monitor_run(cancer_run, Asked(path, table))
    assert monitor_run(cancer_run, Asked(path, table, "y")).monitored.figures.known == 1
    with pytest.raises(DataError, match="give them with --inputs"):
        monitor_run(cancer_run, Asked(path, reference=table))
    with pytest.raises(ConfigError, match="level: expected a share"):
        Asked(path, level=5)
    with pytest.raises(ConfigError, match="wait: expected days"):
        Asked(path, wait=-1)
