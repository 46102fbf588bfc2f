import json
import re
from dataclasses import replace

import numpy as np
import pytest

from framework.experiment.stored_runs.stored_run import read_run
from framework.report.run.movable import MAX_CASES, panel
from framework.report.run.packed import unpacked
from tests.report.conftest import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_script_and_data_are_small(run_dirs, kind):
    html = (run_dirs[kind] / "report.html").read_text(encoding="utf-8")
    data, script = re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL)
    assert len(data) <= 2**20
    assert len(script) <= 60 * 1024
    assert len(script.strip().splitlines()) <= 400
    assert max(map(len, script.splitlines())) <= 120


@pytest.mark.parametrize("kind", KINDS)
def test_what_differs_from_the_reports_table_is_said(run_dirs, kind):
    run = read_run(run_dirs[kind])
    notes = " ".join(panel(run).notes)
    for model in run.models:
        # Two trainings' mean, or a rule that is not the cheapest decision.
        if model.rule == "argmax" and not np.array_equal(
            model.decisions, run.expected_dollars(model).argmax(axis=1)
        ):
            assert f"“{model.name}” (in the run it decides by argmax)" in notes
    assert "bits" not in notes


def many_cases(run, n):
    """``run``, as if it had ``n`` test cases: its own again and again."""
    again = np.resize(np.arange(len(run.y_true)), n)
    models = tuple(
        replace(model, **{name: getattr(model, name)[again] for name in ("stated", "decisions")})
        for model in run.models
    )
    columns = {name: of[again] for name, of in run.columns.items()}
    return replace(run, y_true=run.y_true[again], models=models, columns=columns)


def test_of_many_cases_a_sample_of_each_class_is_kept_and_said(run_dirs):
    run = many_cases(read_run(run_dirs["two"]), 50_000)
    found = panel(run)
    counts = found.data["counts"]
    assert MAX_CASES - 2 <= sum(counts) <= MAX_CASES
    assert counts[0] / sum(counts) == pytest.approx((run.y_true == 0).mean(), abs=1e-3)
    assert any("of the 50,000 test cases, a random sample of each class" in n for n in found.notes)
    assert len(json.dumps(found.data)) <= 2**20


def test_more_classes_or_models_leave_room_for_fewer_cases(run_dirs):
    found = panel(many_cases(read_run(run_dirs["many"]), 20_000))
    assert len(json.dumps(found.data)) <= 2**20
    assert found.data["width"] == 2
    assert 1000 < sum(found.data["counts"]) < 20_000


def test_probabilities_are_the_stated_ones_class_by_class(run_dirs):
    run = read_run(run_dirs["three"])
    data = panel(run).data
    order = np.argsort(run.y_true, kind="stable")
    for model, told in zip(run.models, data["models"], strict=True):
        kept = unpacked(told["probabilities"], data["width"]).reshape(-1, 3)
        assert np.allclose(kept, model.stated[order], rtol=1e-5, atol=0)


def test_shares_are_those_of_the_test_part_and_stated_ones_of_the_training_part(run_dirs):
    data = panel(read_run(run_dirs["scarce"])).data
    run = read_run(run_dirs["scarce"])
    assert data["start"] == (np.bincount(run.y_true, minlength=16) / len(run.y_true)).tolist()
    training = np.array(run.metrics["training_part"]["class_counts"])
    assert data["stated"] == pytest.approx(training / training.sum())
    assert not data["given"]


def test_a_run_for_another_mix_starts_from_that(run_dirs):
    run = read_run(run_dirs["two"])
    mix = {"training": {"no": 0.5, "yes": 0.5}, "target": {"no": 0.99, "yes": 0.01}}
    data = panel(replace(run, metrics={**run.metrics, "prevalence": mix})).data
    assert data["given"]
    assert data["start"] == data["stated"] == [0.99, 0.01]
